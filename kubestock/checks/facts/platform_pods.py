"""Whether pods of the platform, such as Prometheus or an Ingress controller, can connect to a pod.

Such pods are often not in the manifests.
"""

import re
from collections.abc import Mapping
from itertools import islice

from kubestock.checks.facts.connections import endpoints, network_policies
from kubestock.checks.facts.hosts import known_namespaces
from kubestock.checks.facts.inventory import NAMESPACE_NAME, Inventory, Workload
from kubestock.checks.facts.ports import protocol
from kubestock.checks.facts.selectors import requirements
from kubestock.values import documents
from kubestock.values.documents import Document

SCRAPERS = re.compile(r"prometheus|opentelemetry|otel|alloy|grafana-agent|vmagent|victoria|telegraf|datadog|metrics")
"""Matches the image or the labels of pods that scrape metrics."""

GATEWAYS = re.compile(r"ingress|gateway|kong|traefik|haproxy|envoy|contour|nginx|istio|emissary|ambassador|caddy")
"""Matches the image or the labels of pods that serve Ingresses and routes."""

_FEW = 20


def policies_blocking_platform_pods(
    inventory: Inventory, workload: Workload, port: int, *, like: re.Pattern[str], transport: str = "TCP"
) -> list[Document]:
    """Return the policies that block connections from the platform's pods, or an empty list if one may permit them.

    Args:
        inventory: the objects.
        workload: the destination of the connections.
        port: the port at the destination.
        like: matches the image or the labels of the platform's pods, if they are in the manifests.
        transport: the protocol.
    """
    pods = inventory.derived(endpoints)[workload]
    isolating = inventory.derived(network_policies).isolating(pods, "Ingress")
    results = inventory.derived(_cached_results)
    for policy in isolating:
        for rule in documents.mappings(policy, "spec", "ingress"):
            if _permits_port(rule, workload, port, transport) and _may_admit(inventory, policy, rule, like, results):
                return []
    return isolating


def _cached_results(_: Inventory) -> dict[tuple[int, str], bool]:
    return {}


def _permits_port(rule: Document, workload: Workload, port: int, transport: str) -> bool:
    ports = documents.sequence(rule, "ports")
    return not ports or any(isinstance(each, Mapping) and _is_port(each, workload, port, transport) for each in ports)


def _is_port(rule: Document, workload: Workload, port: int, transport: str) -> bool:
    first = documents.at(rule, "port")
    if protocol(rule) != transport:
        return False
    if isinstance(first, str):
        named = [each for each in workload.ports if documents.text(each, "name") == first]
        return any(documents.whole(each, "containerPort") == port for each in named)
    last = documents.whole(rule, "endPort")
    return first is None or (isinstance(first, int) and first <= port <= (first if last is None else last))


def _may_admit(
    inventory: Inventory, policy: Document, rule: Document, like: re.Pattern[str], results: dict[tuple[int, str], bool]
) -> bool:
    key = (id(rule), like.pattern)
    if key not in results:
        peers = documents.sequence(rule, "from")
        results[key] = not peers or any(_may_be(inventory, policy, each, like) for each in peers)
    return results[key]


def _may_be(inventory: Inventory, policy: Document, peer: object, like: re.Pattern[str]) -> bool:
    if documents.at(peer, "ipBlock") is not None:
        return True
    chosen, selector = documents.at(peer, "namespaceSelector"), documents.at(peer, "podSelector")
    if chosen is None and selector is None:
        return False
    inside = [documents.namespace(policy)] if chosen is None else _named(chosen)
    if inside is None or not inventory.derived(known_namespaces).issuperset(inside):
        return True
    if not requirements(selector):
        return True  # it admits all pods in the namespace
    found = [each for namespace in inside for each in islice(inventory.selected(namespace, selector), _FEW)]
    return not found or any(_is_like(each, like) for each in found)


def _named(chosen: object) -> list[str] | None:
    for key, values in requirements(chosen):
        if key == NAMESPACE_NAME and None not in values:
            return [each for each in values if each is not None]
    return None


def _is_like(workload: Workload, like: re.Pattern[str]) -> bool:
    images = [documents.text(each, "image") for each in workload.containers]
    labels = [each for each in workload.labels.values() if isinstance(each, str)]
    return any(like.search(each.lower()) for each in (*images, *labels))

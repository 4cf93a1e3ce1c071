"""The clients that can reach a program: most programs trust any token, so network policies must protect them."""

from collections.abc import Iterator
from typing import Any

import pytest
import support
from support import Manifest, pick

GATEWAY, SCRAPER = "kong", "prometheus in observability-production"
CALLERS = {
    "ms-product": {GATEWAY, SCRAPER, "ms-inventory", "ms-supplier", "ms-order-management"},
    "ms-inventory": {GATEWAY, SCRAPER, "ms-product", "ms-supplier", "ms-order-management"},
    "ms-supplier": {GATEWAY, SCRAPER, "ms-inventory"},
    "ms-order-management": {GATEWAY, SCRAPER},
    "ms-identity": {GATEWAY, SCRAPER},
    "frontend": {GATEWAY},
}
UNUSED = {"ms-inventory": "ms-supplier: declared, never called", "ms-supplier": "ms-product: declared, never called"}
PRODUCT = "kubestock-production"


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def policies(production: list[Manifest], name: str) -> Iterator[Manifest]:
    """Every policy that selects the pods of a Deployment; policies are additive."""
    pods = pick(production, "Deployment", name)["spec"]["template"]["metadata"]["labels"]
    for each in production:
        if each["kind"] == "NetworkPolicy":
            selector = each["spec"]["podSelector"]
            assert set(selector) <= {"matchLabels"}
            if selector.get("matchLabels", {}).items() <= pods.items():
                yield each


def name_of(peer: dict[str, Any]) -> str:
    """Return the name of a peer if it is the pods of one workload in one namespace, or else the peer itself."""
    namespace = peer.get("namespaceSelector", {}).get("matchLabels", {}).get("kubernetes.io/metadata.name")
    labels = peer.get("podSelector", {}).get("matchLabels", {})
    if set(peer) == {"namespaceSelector", "podSelector"} and namespace == PRODUCT and "app" in labels:
        return str(labels["app"])
    if labels == {"app.kubernetes.io/name": "prometheus"} and namespace is not None:
        return f"prometheus in {namespace}"
    return repr(peer)


@pytest.mark.parametrize("name", list(CALLERS))
def test_only_gateway_scraper_and_declared_callers_reach_a_program(production: list[Manifest], name: str) -> None:
    container = pick(production, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]
    port = container["ports"][0]["containerPort"]
    rules = [rule for each in policies(production, name) for rule in each["spec"].get("ingress", [])]

    assert {name_of(peer) for rule in rules for peer in rule.get("from", [{"any": True}])} == CALLERS[name]
    port = pick(production, "Deployment", name)["spec"]["template"]["spec"]["containers"][0]["ports"][0][
        "containerPort"
    ]
    assert {(each["protocol"], each["port"]) for rule in rules for each in rule["ports"]} == {("TCP", port)}


@pytest.mark.parametrize("name", list(CALLERS))
def test_a_policy_denies_every_other_connection_to_a_program(production: list[Manifest], name: str) -> None:
    assert any("Ingress" in each["spec"]["policyTypes"] for each in policies(production, name))


def test_programs_can_be_reached_from_outside_the_cluster_only_through_the_gateway(production: list[Manifest]) -> None:
    published = [
        each["metadata"]["name"]
        for each in production
        if each["kind"] == "Service" and each["spec"].get("type", "ClusterIP") != "ClusterIP"
    ]

    assert published == ["kong"]


def test_a_declared_but_unused_call_is_marked(production: list[Manifest]) -> None:
    marked = {
        each["metadata"]["name"]: mark
        for each in production
        if each["kind"] == "NetworkPolicy"
        and (mark := each["metadata"].get("annotations", {}).get("kubestock/unused-call"))
    }

    assert marked == UNUSED

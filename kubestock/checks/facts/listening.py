"""The ports at which the programs of a pod listen, as far as the manifests say so.

Containers need not declare their ports: a Service or a probe can use a port number that no container declares.
See https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/#ports
"""

import re
from collections import Counter
from collections.abc import Iterator

from kubestock.checks.facts.environment import config_map_data, declared_variables
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.ports import target_of, target_port
from kubestock.values import documents
from kubestock.values.documents import Document

PROBES = ("readinessProbe", "livenessProbe", "startupProbe")
HANDLERS = ("httpGet", "tcpSocket", "grpc")
_NUMBER = re.compile(r"(?<![0-9.])(?:(?<=localhost:)|(?<![A-Za-z]:))[0-9]{2,5}(?![0-9])")
"""A number, but not a port after the name of another host."""


def answering_port(inventory: Inventory, workload: Workload, port: Document) -> int | None:
    """Return the number of the pods' port to which a Service port leads, or None if no program can listen there."""
    found, number = target_port(workload, port), documents.whole(target_of(port))
    if found is not None or number is None:
        return found
    return None if is_closed(inventory, workload, number) else number


def is_closed(inventory: Inventory, workload: Workload, number: int) -> bool:
    """Whether probably no program of a pod listens at a port number.

    This is assumed if the containers declare other ports with names, and if their arguments, environment variables,
    files and other probes do not contain the number. If no declared port has a name, nothing is assumed: the authors of
    such manifests often leave ports out.
    """
    declared = {documents.whole(each, "containerPort") for each in workload.ports}
    named = any(documents.text(each, "name") for each in workload.ports)
    if number in declared or not named:
        return False
    return number not in inventory.derived(_mentions).of(workload)


def handlers(container: Document) -> Iterator[tuple[str, str, Document]]:
    """Yield the probes of a container that connect to the pod itself: the probe, the type of handler, the handler."""
    for probe in PROBES:
        for kind in HANDLERS:
            handler = documents.mapping(container, probe, kind)
            if handler and not documents.text(handler, "host"):
                yield probe, kind, handler


class _Mentions:
    """The numbers in the settings of each workload's programs, read when they are first needed."""

    def __init__(self, inventory: Inventory) -> None:
        self._inventory = inventory
        self._of_workloads: dict[Workload, frozenset[int]] = {}
        self._of_maps: dict[tuple[str, str], frozenset[int]] = {}

    def of(self, workload: Workload) -> frozenset[int]:
        """Return the numbers in the settings of a workload; the port of probes is included if two probes use it."""
        if workload not in self._of_workloads:
            probed = Counter(
                documents.whole(handler, "port")
                for container in workload.containers
                for _, _, handler in handlers(container)
            )
            agreed = frozenset(number for number, times in probed.items() if times > 1 and number is not None)
            self._of_workloads[workload] = agreed.union(self._in_settings(workload), *self._in_config_maps(workload))
        return self._of_workloads[workload]

    def _in_settings(self, workload: Workload) -> frozenset[int]:
        texts: list[str] = []
        for container in workload.containers:
            texts += documents.texts(container, "args") + documents.texts(container, "command")
            texts += declared_variables(self._inventory, workload.namespace, container).values()
        return _numbers(" ".join(texts))

    def _in_config_maps(self, workload: Workload) -> Iterator[frozenset[int]]:
        for volume in documents.mappings(workload.spec, "volumes"):
            for source in (volume, *documents.mappings(volume, "projected", "sources")):
                yield self._map(workload.namespace, documents.text(source, "configMap", "name"))
        for container in workload.containers:
            for source in documents.mappings(container, "envFrom"):
                yield self._map(workload.namespace, documents.text(source, "configMapRef", "name"))

    def _map(self, namespace: str, name: str) -> frozenset[int]:
        key = (namespace, name)
        if key not in self._of_maps:
            self._of_maps[key] = _numbers(" ".join(config_map_data(self._inventory, namespace, name).values()))
        return self._of_maps[key]


def _mentions(inventory: Inventory) -> _Mentions:
    return _Mentions(inventory)


def _numbers(text: str) -> frozenset[int]:
    return frozenset(map(int, _NUMBER.findall(text)))

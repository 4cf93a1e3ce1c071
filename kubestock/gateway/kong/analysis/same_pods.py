"""Finds services that lead to the same pods."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from kubestock.gateway.kong.config.services import KongService

_CLUSTER = ".svc.cluster.local"


class SamePods:
    """Finds the services that may lead to the same pods as a given service, without comparing all pairs.

    Two services may share pods if a target has the same host, or if the known labels of their pods do not differ.

    Args:
        services: the services. The number of a service is its position.
    """

    def __init__(self, services: Sequence[KongService]) -> None:
        self._services = services
        self._by_host: dict[str, list[int]] = defaultdict(list)
        self._by_keys: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
        self._by_values: dict[tuple[str, frozenset[str], frozenset[str]], dict[tuple[str, ...], list[int]]] = {}
        for number, service in enumerate(services):
            for host in _hosts(service):
                self._by_host[host].append(number)
            if service.pods is not None:
                self._by_keys[service.pods.namespace, frozenset(service.pods.labels)].append(number)

    def of(self, number: int) -> set[int]:
        """Return the numbers of the services that may lead to the same pods, including this one."""
        service = self._services[number]
        found = {number, *(other for host in _hosts(service) for other in self._by_host[host])}
        return found if service.pods is None else found | set(self._by_labels(service.pods.namespace, number))

    def _by_labels(self, namespace: str, number: int) -> Iterator[int]:
        for within, keys in self._by_keys:
            if within != namespace:
                continue
            shared = keys & frozenset(self._labels(number))
            yield from self._grouped(namespace, keys, shared).get(self._values(number, shared), ())

    def _grouped(
        self, namespace: str, keys: frozenset[str], shared: frozenset[str]
    ) -> dict[tuple[str, ...], list[int]]:
        """Return the services whose labels have these keys, grouped by the values of the shared keys."""
        known = self._by_values.get((namespace, keys, shared))
        if known is None:
            known = self._by_values[namespace, keys, shared] = defaultdict(list)
            for each in self._by_keys[namespace, keys]:
                known[self._values(each, shared)].append(each)
        return known

    def _values(self, number: int, keys: Iterable[str]) -> tuple[str, ...]:
        labels = self._labels(number)
        return tuple(labels[key] for key in sorted(keys))

    def _labels(self, number: int) -> dict[str, str]:
        pods = self._services[number].pods
        return {} if pods is None else dict(pods.labels)


def _hosts(service: KongService) -> set[str]:
    targets = (each.target.rpartition(":")[0] for each in service.upstream.targets)
    return {each.removesuffix(_CLUSTER).removesuffix(".svc") for each in targets}

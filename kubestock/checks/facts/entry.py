"""What a route by which requests enter consists of."""

from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.values.documents import Document

ANY_METHOD = "any method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A route by which requests enter.

    Args:
        gateway: the reference of the workload or the Ingress that has it.
        hosts: to which requests are sent; none means any.
        path: as the gateway has it, a prefix or a pattern.
        methods: of the requests.
        targets: the references of the workloads to which it leads, or in words what is not among the manifests.
        requires: what a request must bring, in words; nothing means that anyone may enter.
    """

    gateway: str
    hosts: tuple[str, ...]
    path: str
    methods: tuple[str, ...]
    targets: tuple[str, ...]
    requires: tuple[str, ...]


def targets_of(inventory: Inventory, service: Document | None, shown: str) -> tuple[str, ...]:
    """Return the references of the workloads behind a Service, or how it is shown where there are none."""
    behind = [] if service is None else inventory.behind(service)
    return tuple(each.reference for each in behind) or (shown,)

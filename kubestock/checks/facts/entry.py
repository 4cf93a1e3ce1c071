"""A route for incoming requests."""

from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.values.documents import Document

ANY_METHOD = "any method"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A route for incoming requests.

    Args:
        gateway: the reference of the workload, Ingress or route object that defines it.
        hosts: the hosts of the requests; empty for any host.
        path: the path prefix or pattern, as the gateway defines it.
        methods: the methods of the requests.
        targets: the references of the workloads that receive the requests, or a description of a target that is not in
            the manifests.
        requires: descriptions of what a request must have, such as a token; empty if the route is open to any client.
    """

    gateway: str
    hosts: tuple[str, ...]
    path: str
    methods: tuple[str, ...]
    targets: tuple[str, ...]
    requires: tuple[str, ...]


def targets_of(inventory: Inventory, service: Document | None, description: str) -> tuple[str, ...]:
    """Return the references of the workloads behind a Service, or the description if there are none."""
    behind = [] if service is None else inventory.workloads_behind(service)
    return tuple(each.reference for each in behind) or (description,)

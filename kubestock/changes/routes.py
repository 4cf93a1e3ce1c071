"""Which routes for incoming requests a change adds, removes, redirects or makes accessible to other clients."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubestock.checks import Inventory
from kubestock.checks.facts.entries import entries
from kubestock.checks.facts.entry import Entry

_Route = tuple[str, tuple[str, ...], str]
"""The gateway, the hosts and the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """What a route requires of clients, and where it leads.

    Args:
        requires: what a request must have, in words; none means that the route allows anonymous access.
        targets: the references of workloads, or in words a target that is not in the manifests.
    """

    requires: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChange:
    """A route that changes.

    Args:
        gateway: the reference of the workload or the Ingress with the route.
        hosts: the hosts of the requests; none means any.
        path: the path in the configuration of the gateway.
        methods: the methods of the requests with the same change.
        before: the access before the change, or None if there was no such route.
        after: the access after the change, or None if there is no such route.
    """

    gateway: str
    hosts: tuple[str, ...]
    path: str
    methods: tuple[str, ...]
    before: Access | None
    after: Access | None

    @property
    def becomes_public(self) -> bool:
        """Whether the change makes the route accessible without authentication."""
        if self.after is None or self.after.requires:
            return False
        return self.before is None or bool(self.before.requires)


def route_changes(before: Inventory, after: Inventory) -> tuple[RouteChange, ...]:
    """Return the routes that change, first those that become public."""
    old, new = _accesses(entries(before)), _accesses(entries(after))
    alike: dict[tuple[_Route, Access | None, Access | None], list[str]] = {}
    for route, method in dict.fromkeys([*new, *old]):
        was, now = old.get((route, method)), new.get((route, method))
        if was != now:
            alike.setdefault((route, was, now), []).append(method)
    found = (
        RouteChange(gateway=gateway, hosts=hosts, path=path, methods=tuple(methods), before=was, after=now)
        for ((gateway, hosts, path), was, now), methods in alike.items()
    )
    return tuple(sorted(found, key=lambda each: (not each.becomes_public, each.gateway, each.hosts, each.path)))


def _accesses(found: Iterable[Entry]) -> dict[tuple[_Route, str], Access]:
    """Return the access of each route by method; if two routes match, the first is used."""
    known: dict[tuple[_Route, str], Access] = {}
    for each in found:
        for method in each.methods:
            access = Access(requires=each.requires, targets=each.targets)
            known.setdefault(((each.gateway, each.hosts, each.path), method), access)
    return known

"""Which routes by which requests enter a change opens, closes, leads elsewhere, or opens to others."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubestock.checks import Inventory
from kubestock.checks.facts.entries import entries
from kubestock.checks.facts.entry import Entry

_Route = tuple[str, tuple[str, ...], str]
"""Gateway, hosts and path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """Who may enter by a route, and where it leads.

    Args:
        requires: what a request must bring, in words; nothing means that anyone may enter.
        targets: the references of workloads, or in words what is not among the manifests.
    """

    requires: tuple[str, ...]
    targets: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RouteChange:
    """A route that changes.

    Args:
        gateway: the reference of the workload or the Ingress that has it.
        hosts: to which requests are sent; none means any.
        path: as the gateway has it.
        methods: of the requests of which all this is true.
        before: who might enter, or None if there was no such route.
        after: who may enter, or None if there is no such route any more.
    """

    gateway: str
    hosts: tuple[str, ...]
    path: str
    methods: tuple[str, ...]
    before: Access | None
    after: Access | None

    @property
    def becomes_public(self) -> bool:
        """Whether anyone may enter from then on."""
        if self.after is None or self.after.requires:
            return False
        return self.before is None or bool(self.before.requires)


def route_changes(before: Inventory, after: Inventory) -> tuple[RouteChange, ...]:
    """Return the routes that change, those that become public first."""
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
    """Return who may enter by each route with each method; the first that has both is the one that counts."""
    known: dict[tuple[_Route, str], Access] = {}
    for each in found:
        for method in each.methods:
            access = Access(requires=each.requires, targets=each.targets)
            known.setdefault(((each.gateway, each.hosts, each.path), method), access)
    return known

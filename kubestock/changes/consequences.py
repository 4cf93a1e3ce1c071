"""The consequences of all changes together: connections and routes that open or close, and what quotas leave."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubestock.changes.routes import RouteChange, route_changes
from kubestock.checks import Inventory
from kubestock.checks.facts.quotas import describe_amount, quota_usages
from kubestock.checks.facts.reach import PermittedConnection, permitted_connections
from kubestock.checks.finding import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How much of a resource a quota leaves when every workload rolls out at its largest size.

    Args:
        quota: the reference of the ResourceQuota.
        resource: the name of the resource in the quota.
        hard: the hard limit of the resource after the change.
        before: what was left; an empty string if the quota did not limit the resource.
        after: what is left; an empty string if the quota no longer limits it. A rollout stops if it is below zero.
    """

    quota: str
    resource: str
    hard: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """The consequences of all changes together.

    Args:
        opened: connections that network policies newly allow.
        closed: connections that they no longer allow.
        routes: the routes for incoming requests that change.
        room: what quotas leave, for resources where that changes.
    """

    opened: tuple[PermittedConnection, ...] = ()
    closed: tuple[PermittedConnection, ...] = ()
    routes: tuple[RouteChange, ...] = ()
    room: tuple[Left, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed or self.routes or self.room)


def consequences(before: Iterable[object], after: Iterable[object]) -> Consequences:
    """Return the consequences of all changes together.

    Args:
        before: manifests as YAML loads them.
        after: manifests as YAML loads them.
    """
    old, new = Inventory(before), Inventory(after)
    reached, reaching = permitted_connections(old), permitted_connections(new)
    return Consequences(
        opened=tuple(sorted(reaching - reached)),
        closed=tuple(sorted(reached - reaching)),
        routes=route_changes(old, new),
        room=_room(old, new),
    )


def _room(before: Inventory, after: Inventory) -> tuple[Left, ...]:
    old, new = (
        {(reference(each.quota), each.resource): each for each in quota_usages(inventory)}
        for inventory in (before, after)
    )
    found = []
    for quota, resource in dict.fromkeys([*new, *old]):
        was, now = old.get((quota, resource)), new.get((quota, resource))
        left = ["" if each is None else describe_amount(resource, each.remaining) for each in (was, now)]
        if left[0] != left[1]:
            hard = "" if now is None else describe_amount(resource, now.hard)
            found.append(Left(quota=quota, resource=resource, hard=hard, before=left[0], after=left[1]))
    return tuple(found)

"""What a change does as a whole: which connections and routes it opens and closes, and what the quotas leave."""

from collections.abc import Iterable
from dataclasses import dataclass

from kubestock.changes.routes import RouteChange, route_changes
from kubestock.checks import Inventory
from kubestock.checks.facts.quotas import rooms, shown_amount
from kubestock.checks.facts.reach import Reach, reach
from kubestock.checks.finding import reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How much a quota leaves of a resource, once every workload rolls out at its largest size.

    Args:
        quota: the reference of the ResourceQuota.
        resource: as the quota names it.
        hard: how much of it there may be, after the change.
        before: what was left; empty if the quota did not limit it.
        after: what is left; empty if the quota limits it no more. Less than nothing stops a rollout.
    """

    quota: str
    resource: str
    hard: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What a change does as a whole.

    Args:
        opened: connections that policies permit from then on.
        closed: connections that they permit no more.
        routes: by which requests enter, so far as they change.
        room: what is left of quotas where that changes.
    """

    opened: tuple[Reach, ...] = ()
    closed: tuple[Reach, ...] = ()
    routes: tuple[RouteChange, ...] = ()
    room: tuple[Left, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opened or self.closed or self.routes or self.room)


def consequences(before: Iterable[object], after: Iterable[object]) -> Consequences:
    """Return what a change does as a whole.

    Args:
        before: documents as YAML loads them.
        after: likewise.
    """
    old, new = Inventory(before), Inventory(after)
    reached, reaching = reach(old), reach(new)
    return Consequences(
        opened=tuple(sorted(reaching - reached)),
        closed=tuple(sorted(reached - reaching)),
        routes=route_changes(old, new),
        room=_room(old, new),
    )


def _room(before: Inventory, after: Inventory) -> tuple[Left, ...]:
    old, new = (
        {(reference(each.quota), each.resource): each for each in rooms(inventory)} for inventory in (before, after)
    )
    found = []
    for quota, resource in dict.fromkeys([*new, *old]):
        was, now = old.get((quota, resource)), new.get((quota, resource))
        left = ["" if each is None else shown_amount(resource, each.left) for each in (was, now)]
        if left[0] != left[1]:
            hard = "" if now is None else shown_amount(resource, now.hard)
            found.append(Left(quota=quota, resource=resource, hard=hard, before=left[0], after=left[1]))
    return tuple(found)

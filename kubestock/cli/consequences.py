"""The consequences of a change as a whole, as lines of text and as JSON."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from kubestock.changes.consequences import Consequences, Left
from kubestock.changes.routes import Access, RouteChange
from kubestock.checks.facts.reach import PermittedConnection, group_by_destination


def sections(found: Consequences) -> Iterator[tuple[str, list[str]]]:
    """Yield each heading with its lines, which begin with `+`, `-` or `~`."""
    connections = [("+", each) for each in _connections(found.opened)]
    connections += [("-", each) for each in _connections(found.closed)]
    if connections:
        yield "connections that are allowed (+) and denied (-)", [f"{mark} {each}" for mark, each in connections]
    if found.routes:
        yield "routes that are opened (+), closed (-) or changed (~)", [_route(each) for each in found.routes]
    if found.room:
        left = [f"~ {_left(each)}" for each in found.room]
        yield "left of quotas when every workload rolls out at its largest size", left


def consequences_as_json(found: Consequences) -> dict[str, Any]:
    """Return the fields; their names do not change between releases."""
    connections = {"opened": [*map(_reach, found.opened)], "closed": [*map(_reach, found.closed)]}
    routes = [{**asdict(each), "becomes_public": each.becomes_public} for each in found.routes]
    return {"connections": connections, "routes": routes, "room": [asdict(each) for each in found.room]}


def _connections(found: Iterable[PermittedConnection]) -> Iterator[str]:
    for destination, ports, sources in group_by_destination(found):
        yield f"{', '.join(sources)} → {destination} {', '.join(ports)}"


def _route(change: RouteChange) -> str:
    mark = "+" if change.before is None else "-" if change.after is None else "~"
    hosts = ", ".join(change.hosts) or "any host"
    shown = f"{mark} {change.gateway}: {', '.join(change.methods)} {hosts} {change.path}"
    was, now = change.before, change.after
    if was is None or now is None:
        only = now or was
        return shown if only is None else f"{shown} → {', '.join(only.targets)}, for {_who(only)}"
    if was.targets != now.targets:
        shown += f" → {', '.join(now.targets)} instead of {', '.join(was.targets)}"
    return f"{shown}, for {_who(now)}" + (f" instead of {_who(was)}" if was.requires != now.requires else "")


def _who(access: Access) -> str:
    return f"clients with {', '.join(access.requires)}" if access.requires else "any client"


def _left(room: Left) -> str:
    shown = f"{room.quota} {room.resource}: "
    if not room.after:
        return f"{shown}{room.before} → not limited"
    return f"{shown}{room.before or 'not limited'} → {room.after} of {room.hard}"


def _reach(each: PermittedConnection) -> dict[str, str]:
    return {"from": each.source, "to": each.destination, "port": each.port}

"""Ways around authentication: another route that asks the same pods for the same, and asks less of who calls."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.effective import Effective
from kubestock.gateway.kong.analysis.protection import Entry, entry
from kubestock.gateway.kong.analysis.reach import Reach, nested, reach
from kubestock.gateway.kong.analysis.same_pods import SamePods
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin

_FIX = (
    "say public=True and fix what it asks for: by RequestTransformer(replace=RequestReplacements(uri=…)), or by "
    "strip_path=False with exact=True or with a path below the protected one that does not strip its own either"
)
_KEEP_BOTH = "say strip_path=False of both where one path is below the other"


def refuse_bypasses(served: Sequence[Effective], consumers: Sequence[Consumer]) -> None:
    """Refuse a route that lets in more callers than another one, and can ask the same pods for the same.

    What counts is what the pods are asked for: with `strip_path`, /open/7 and /api/orders/7 are both /7 to them. A
    public route passes if it cannot reach what another one protects, or if it says `public=True` and reaches just
    what its author wrote: one path, or one below the protected path that neither strips.

    Of two routes that both ask who calls, one is a way around the other where one path holds the other, whatever their
    hosts: a separate path is a separate door. Two routes of one path that each name other methods are taken as meant.

    Raises:
        ConfigurationError: naming both routes and the mend.
    """
    for inner, outer in _weaker(served, consumers):
        if outer.entry.asked:
            _refuse_weaker(inner.route, inner.reach, outer.route, outer.reach)
        else:
            _refuse_public(inner.route, inner.reach, outer.route, outer.reach)


@dataclass(frozen=True, slots=True)
class _Way:
    """A route, who may enter by it, and what it can ask the pods for."""

    number: int
    route: Route
    entry: Entry
    reach: Reach


def _weaker(served: Sequence[Effective], consumers: Sequence[Consumer]) -> Iterator[tuple[_Way, _Way]]:
    """Yield each route that authenticates with each route to the same pods that allows other callers."""
    services = list({id(each.service): each.service for each in served}.values())
    numbers = {id(each): number for number, each in enumerate(services)}
    entries: dict[object, Entry] = {}
    inner: list[tuple[int, _Way]] = []
    outer: dict[int, dict[Entry, list[_Way]]] = defaultdict(lambda: defaultdict(list))
    for number, each in enumerate(served):
        key = tuple(map(_asked, each.plugins))
        if key not in entries:
            entries[key] = entry(each.plugins, consumers)
        reached = reach(each)
        if reached is not None:
            way, service = _Way(number, each.route, entries[key], reached), numbers[id(each.service)]
            inner.append((service, way))
            if reached.methods:
                outer[service][way.entry].append(way)
    same = SamePods(services)
    for service, way in inner:
        if way.entry.asked:
            groups = (group for other in same.of(service) for group in outer[other].items())
            others = [each for asked, group in groups if not asked.suffices_for(way.entry) for each in group]
            yield from ((way, each) for each in sorted(others, key=lambda each: each.number) if each is not way)


def _asked(plugin: Plugin) -> object:
    """Return all of a plugin that decides who may enter."""
    if isinstance(plugin, Acl):
        return (Acl, plugin.allow, plugin.deny)
    return type(plugin) if isinstance(plugin, Jwt | KeyAuth) else None


def _refuse_public(inner: Route, guarded: Reach, outer: Route, reached: Reach) -> None:
    left = _left_over(inner, outer) if reached.below else ""
    if left:
        raise ConfigurationError(
            f"route {outer.name} ({outer.path}) is public and leads {left} for {inner.path} to the pods that "
            f"route {inner.name} protects; authenticate {outer.name} too, or let {inner.name} {_mend(inner, outer)}"
        )
    if not guarded.methods & reached.methods or not guarded.meets(reached):
        return
    if not (outer.public and _is_meant(guarded, reached)):
        mend = "say public=True if that is meant" if _is_meant(guarded, reached) else _FIX
        raise ConfigurationError(
            f"route {outer.name} ({outer.path}) is public and can ask the pods for {reached}, which route "
            f"{inner.name} ({inner.path}) protects{_because(inner, outer)}; authenticate {outer.name} too, lead it to "
            f"the pods of another workload, or {mend}"
        )


def _refuse_weaker(inner: Route, guarded: Reach, outer: Route, reached: Reach) -> None:
    left = _left_over(inner, outer) if reached.below else ""
    if left:
        raise ConfigurationError(
            f"route {outer.name} ({outer.path}) lets in callers that route {inner.name} does not, and leads {left} for "
            f"{inner.path} to the same pods; ask the same of both, or let {inner.name} {_mend(inner, outer)}"
        )
    if not nested(inner, outer) or not guarded.methods & reached.methods or not guarded.meets(reached):
        return
    kept = guarded.keeps(inner) and reached.keeps(outer) and guarded.is_within(reached)
    apart = kept and outer.holds(inner)
    alone = ", ".join(sorted(set(outer.hosts) - set(inner.hosts)))
    if (not apart or alone) and not _is_meant(guarded, reached):
        because = f" (on {alone}, where {inner.name} takes nothing)" if apart else _because(inner, outer)
        mend = f"let {inner.name} answer for {alone}, too" if apart else _KEEP_BOTH
        raise ConfigurationError(
            f"route {outer.name} ({outer.path}) lets in callers that route {inner.name} ({inner.path}) does not, and "
            f"can ask the same pods for {reached}{because}; ask the same of both, or {mend}"
        )


def _is_meant(wider: Reach, narrower: Reach) -> bool:
    """Whether the narrower one is a part that its author wrote: one path, or all below one that neither strips."""
    return narrower.stated and narrower.is_within(wider) and (wider.stated or not narrower.below)


def _mend(inner: Route, outer: Route) -> str:
    return "name its methods" if inner.path == outer.path and inner.methods is None else "take every request"


def _because(inner: Route, outer: Route) -> str:
    if outer.headers:
        return f" (the client chooses {', '.join(outer.headers)})"
    if inner.strip_path or outer.strip_path:
        return " (strip_path takes the path of a route away)"
    read_alike = nested(inner, outer) and outer.path != inner.path and not inner.holds(outer)
    return " (to pods that ignore case, or decode %2F, more paths are that one)" if read_alike else ""


def _left_over(inner: Route, outer: Route) -> str:
    """Say which requests for the inner path the outer route takes, or nothing."""
    both_name_methods = inner.path == outer.path and inner.methods is not None and outer.methods is not None
    if not outer.holds(inner) or not set(inner.hosts) & set(outer.hosts) or both_name_methods:
        return ""
    if outer.headers:
        return f"requests with {', '.join(outer.headers)}"
    if inner.headers:
        return f"requests without {', '.join(inner.headers)}"
    if inner.methods is None:
        return ", ".join(each for each in outer.methods or () if each != "OPTIONS") if inner.path == outer.path else ""
    if outer.methods is None:
        return f"methods other than {', '.join(inner.methods)}"
    return ", ".join(each for each in outer.methods if each not in {*inner.methods, "OPTIONS"})

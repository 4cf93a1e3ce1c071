"""The paths that the pods of a route can get, which are often not those that clients request."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import ANY, Segments, covers, named_alike, overlaps
from kubestock.gateway.kong.plugins.base import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """The methods and paths that pods can get through a route: one path, or all paths below it.

    Paths are normalized in the most lenient way in which a program may read them. `explicit` is True if the author
    wrote the path, and False if it is what remained after a path was stripped. OPTIONS is never included, because
    authentication allows it for preflights.
    """

    methods: frozenset[str]
    segments: tuple[str, ...]
    below: bool
    explicit: bool

    def overlaps(self, other: "Reach") -> bool:
        """Whether some path is in both, for any method."""
        return self._overlaps(other) or other._overlaps(self)

    def is_within(self, other: "Reach") -> bool:
        """Whether it is a part of the paths of the other one, and not all of them."""
        whole = (self.segments, self.below) == (other.segments, other.below)
        return other._covers(self) and not whole

    def keeps(self, route: Route) -> bool:
        """Whether the pods get the path of the route itself."""
        return self.explicit and self.segments == route_segments(route)

    def _covers(self, other: "Reach") -> bool:
        deep = self.below or len(self.segments) == len(other.segments)
        return deep and covers(self.segments, other.segments)

    def _overlaps(self, other: "Reach") -> bool:
        deep = self.below or len(self.segments) == len(other.segments)
        return deep and overlaps(self.segments, other.segments)

    def __str__(self) -> str:
        path = "/" + "/".join("{…}" if each == ANY else each for each in self.segments)
        if not self.below:
            return path
        return f"{path} and all paths below it" if self.segments else "all paths"


def reach(route: Route, plugins: Sequence[Plugin], base: tuple[str, ...] = ()) -> Reach | None:
    """Return what the pods of a route can get, or None if the gateway answers every request itself.

    With `strip_path` Kong sends the rest of the path, and otherwise the whole path (path handling v0). A plugin that
    sets the path replaces it; with a template in it, any path is possible.

    Args:
        route: a route with one path.
        plugins: the plugins that act on its requests.
        base: the segments that the service puts in front of the path. Defaults to none.
    """
    if any(each.answers for each in plugins):
        return None
    methods, uri = frozenset(route.methods or http.METHODS), None
    for rewrite in (each.request_rewrite for each in plugins):
        methods = frozenset({rewrite.method}) if rewrite.method else methods
        uri = rewrite.uri or uri
    methods -= {"OPTIONS"}
    if uri and uri.startswith("/") and "$(" not in uri:
        return Reach(methods=methods, segments=request_paths.normalized_segments(uri), below=False, explicit=True)
    if uri:
        return Reach(methods=methods, segments=(), below=True, explicit=False)
    segments = () if route.strip_path else route_segments(route)
    return Reach(methods=methods, segments=(*base, *segments), below=not route.exact, explicit=not route.strip_path)


def nested(one: Route, other: Route) -> bool:
    """Whether one path covers or overlaps the other, when both are normalized leniently."""
    mine, others = route_segments(one), route_segments(other)
    above = overlaps(mine, others) and not (one.exact and len(mine) < len(others))
    return above or (overlaps(others, mine) and not (other.exact and len(others) < len(mine)))


def route_segments(route: Route) -> Segments:
    """Return the path of a route, normalized leniently, with `ANY` for each parameter."""
    return named_alike(request_paths.normalized_segments(route.path))

"""What a route can ask its pods for, which is not what clients ask the gateway for."""

from collections.abc import Sequence
from dataclasses import dataclass

from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.segments import ANY, Segments, covers, named_alike, overlaps
from kubestock.gateway.kong.plugins.base import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Methods, and one path of the pods or everything below it, as the least strict program reads it.

    `explicit` says that the author wrote that path; without it, it is what stripping left of another one.
    OPTIONS is in none: authentication lets it through, for the sake of preflights.
    """

    methods: frozenset[str]
    segments: tuple[str, ...]
    below: bool
    explicit: bool

    def overlaps(self, other: "Reach") -> bool:
        """Whether some path is in both, whatever the method."""
        return self._overlaps(other) or other._overlaps(self)

    def is_within(self, other: "Reach") -> bool:
        """Whether it is part of the other's paths, and not all of them."""
        whole = (self.segments, self.below) == (other.segments, other.below)
        return other._covers(self) and not whole

    def keeps(self, route: Route) -> bool:
        """Whether the pods are asked for the path of the route itself."""
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
        return f"{path} and everything below it" if self.segments else "everything"


def reach(route: Route, plugins: Sequence[Plugin], base: tuple[str, ...] = ()) -> Reach | None:
    """Return what the route can ask its pods for, or None if the gateway answers every request itself.

    Kong asks for the rest of the path where `strip_path` says so, and for the whole of it otherwise (path handling
    v0). A plugin that rewrites replaces either; a template in its URI may make anything of it.

    Args:
        route: of one path.
        plugins: that act on its requests.
        base: what the service puts before that path. Defaults to nothing.
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
    """Whether the path of one route holds or meets the other's, as the least strict program reads them."""
    mine, others = route_segments(one), route_segments(other)
    above = overlaps(mine, others) and not (one.exact and len(mine) < len(others))
    return above or (overlaps(others, mine) and not (other.exact and len(others) < len(mine)))


def route_segments(route: Route) -> Segments:
    """Return the path of a route as the least strict program reads it; its parameters are alike."""
    return named_alike(request_paths.normalized_segments(route.path))

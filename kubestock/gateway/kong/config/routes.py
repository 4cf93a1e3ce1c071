"""Which requests go to which service."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import host_patterns, http, route_checks
from kubestock.gateway.kong.config.entities import drop_empty, to_kong_fields
from kubestock.gateway.kong.config.segments import Segments, covers, expression, overlaps, rank, segments_of
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values import names
from kubestock.values.value import Value, require_unique

_KONG_FIELDS = frozenset(
    {
        *("name", "hosts", "methods", "headers", "protocols", "https_redirect_status_code", "strip_path"),
        *("preserve_host", "request_buffering", "response_buffering"),
    }
)
"""The fields that are written to Kong's file without a change."""


class Route(Value):
    """Requests for one path and everything below it; `/api/products` does not match `/api/productsfoo`.

    Kong would read a plain path as a prefix of text, so the path is written as a regular expression that ends at a
    segment, with a `regex_priority` by which the deeper path wins; of two that are as deep, the one with fewer
    parameters, and then the exact one.

    `/orders/{id}/items` has a parameter: one segment, whatever it is. What a program might decode to several segments
    or to another path, such as `%2F`, is none. A plugin finds it in `$(uri_captures["id"])`.

    A host `*.shop.example.com` stands for every host below that domain, and not for the domain. A route that names only
    whole hosts comes before one with a wildcard, whatever their paths, if both restrict methods and headers alike.

    Unlike Kong: `protocols` is ("https",), and plain HTTP is redirected with 308 where Kong answers 426.

    Args:
        path: begins with a slash; a segment matches whole, and `{name}` is any one segment.
        other_paths: that lead to the same, and are as deep, with as many parameters. All else of the route holds for
            each of them.
        hosts: full names in lower case, or `*.` and one.
        exact: requests for this path alone, without a trailing slash, and nothing below it. Such a route comes before
            those that also take what is below. No field of Kong's: the expression then ends with the path.
        methods: Defaults to all; a route that names some comes before one that does not.
        headers: values, each in full, one of which a request must carry; the client chooses them.
        read_timeout: milliseconds between two reads of an answer, for long polls and WebSockets. No field of Kong's:
            the file then has a service of its own for the route. Defaults to the service's.
        strip_path: the pods are asked for what follows the path; the whole of an exact one is taken away, and they
            are asked for `/`. False asks them for the path as it came, which a path with parameters needs, unless a
            plugin of the route writes another one.
        public: a route below a protected prefix, or to pods that another route protects, is meant to let everybody
            in. No field of Kong's.

    Raises:
        ConfigurationError: for paths, hosts, methods and headers that no request has, or that are there twice.

    See https://developer.konghq.com/gateway/entities/route/
    """

    kong_defaults: ClassVar[Mapping[str, Any]] = {"protocols": ("http", "https"), "https_redirect_status_code": 426}
    always_written: ClassVar[tuple[str, ...]] = ("protocols", "https_redirect_status_code", "strip_path")

    name: str
    path: str
    other_paths: Sequence[str] = ()
    exact: bool = False
    hosts: Sequence[str]
    methods: Sequence[str] | None = None
    headers: Mapping[str, Sequence[str]] | None = None
    protocols: Sequence[Literal["http", "https"]] = ("https",)
    https_redirect_status_code: Literal[426, 301, 302, 307, 308] = 308
    strip_path: bool = True
    preserve_host: bool = False
    request_buffering: bool = True
    response_buffering: bool = True
    read_timeout: int | None = None
    plugins: Sequence[Plugin] = ()
    public: bool = False

    def check(self) -> None:
        """Refuse paths, hosts, methods and headers that no request has."""
        names.dns_subdomain("name of the route", self.name)
        route_checks.check_paths(self.name, self.paths)
        if not self.hosts:
            raise ConfigurationError(f"hosts of route {self.name} must name a host, or it answers for every host")
        http.check_hosts(self.hosts)
        if self.methods is not None and (not self.methods or not set(self.methods) <= set(http.METHODS)):
            raise ConfigurationError(f"methods must be of {', '.join(http.METHODS)}, got {list(self.methods)}")
        require_unique("of methods", self.methods or ())
        if not self.protocols:
            raise ConfigurationError(f"protocols of route {self.name} must hold https, http or both, got none")
        require_unique("of protocols", self.protocols)
        if self.read_timeout is not None:
            http.check_range("read_timeout", self.read_timeout, 1, 2147483646)
        route_checks.check_headers(self.name, self.headers or {})
        if self.strip_path and not any(each.enabled and each.request_rewrite.uri for each in self.plugins):
            route_checks.check_no_parameters(self.name, self.path)

    @property
    def paths(self) -> tuple[str, ...]:
        """Every path that leads here."""
        return (self.path, *self.other_paths)

    @property
    def split_by_path(self) -> "tuple[Route, ...]":
        """The same route once for each of its paths, for rules that compare paths."""
        if not self.other_paths:
            return (self,)
        return tuple(replace(self, path=each, other_paths=()) for each in self.paths)

    @property
    def segments(self) -> Segments:
        """The parts of the path; parameters are alike."""
        return segments_of(self.path)

    @property
    def patterns(self) -> tuple[Segments, ...]:
        """The parts of each path."""
        return tuple(map(segments_of, self.paths))

    @property
    def regex_priority(self) -> int:
        """The depth of the path, then how many segments are no parameters, then whether it is exact."""
        return rank(self.segments) + self.exact

    @property
    def is_expression(self) -> bool:
        """Whether Kong is given a regular expression, which comes before every plain path."""
        return self.path != "/" or self.exact

    @property
    def restricts_hosts(self) -> bool:
        """Whether it answers for some hosts alone."""
        return bool(self.hosts)

    def shares_hosts(self, other: "Route") -> bool:
        """Whether both answer for some host; wildcards count."""
        return any(host_patterns.overlap(mine, theirs) for mine in self.hosts for theirs in other.hosts)

    @property
    def has_wildcard(self) -> bool:
        """Whether one of its hosts stands for many."""
        return any(map(host_patterns.is_wildcard, self.hosts))

    def covers(self, other: "Route") -> bool:
        """Whether every path of the other route is one of this route's, too."""
        return all(any(self._covers(mine, other, theirs) for mine in self.patterns) for theirs in other.patterns)

    def _covers(self, mine: Segments, other: "Route", theirs: Segments) -> bool:
        if self.exact and not (other.exact and len(mine) == len(theirs)):
            return False
        return covers(mine, theirs)

    def overlaps(self, other: "Route") -> bool:
        """Whether some path is one of both."""
        return any(self._overlaps(mine, other, theirs) for mine in self.patterns for theirs in other.patterns)

    def _overlaps(self, mine: Segments, other: "Route", theirs: Segments) -> bool:
        first = overlaps(mine, theirs) and not (self.exact and len(mine) < len(theirs))
        return first or (overlaps(theirs, mine) and not (other.exact and len(theirs) < len(mine)))

    def _expression(self, path: str) -> str:
        escaped = expression(path)
        if self.exact:
            return f"~{escaped}$"
        return "/" if path == "/" else f"~{escaped}(/|$)"

    def to_kong(self) -> dict[str, Any]:
        """Return the route as it stands in Kong's file."""
        said = {name: value for name, value in to_kong_fields(self).items() if name in _KONG_FIELDS}
        paths = [self._expression(each) for each in self.paths]
        plugins = [each.to_kong() for each in self.plugins]
        return drop_empty({**said, "paths": paths, "regex_priority": self.regex_priority, "plugins": plugins})

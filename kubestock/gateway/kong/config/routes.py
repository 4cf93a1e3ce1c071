"""Routes: which requests Kong sends to which service."""

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
    """Matches requests for one path and all paths below it: `/api/products` does not match `/api/productsfoo`.

    Kong treats a plain path as a text prefix, so Kong's file gets a regular expression that ends at a segment, and a
    `regex_priority`. Of several matching routes, the one with the most segments wins; then the one with fewer
    parameters; then the exact one.

    In `/orders/{id}/items`, `{id}` is a parameter: it matches any one segment. It does not match characters that a
    program might decode to another path, such as `%2F`. Plugins read it as `$(uri_captures["id"])`.

    A host `*.shop.example.com` matches every host below that domain, but not the domain itself. A route with only full
    host names wins over one with a wildcard, for any paths, if both restrict methods and headers in the same way.

    Unlike Kong: `protocols` is ("https",), and plain HTTP is redirected with `https_redirect_status_code` 308, while
    Kong answers 426.

    Args:
        name: the name in metrics and logs.
        path: the path, which begins with a slash. Only whole segments match; `{name}` matches any one segment.
        other_paths: more paths of the same route, with as many segments and parameters. Defaults to none.
        exact: match only this path without a trailing slash, and no path below it. Not a field of Kong: it changes the
            regular expression. Defaults to False.
        hosts: full host names in lower case, with an optional `*.` in front.
        methods: Defaults to all methods. A route with methods wins over one without.
        headers: header names with the accepted values; a request must carry one of the values of each header, in full.
            The client chooses headers, so they do not protect a route. Defaults to none.
        protocols: the protocols that the route serves. Defaults to https only.
        https_redirect_status_code: the status code of the redirect from http to https. Defaults to 308.
        strip_path: remove the path of the route before the request is sent to the pods; of an exact path, `/` remains.
            A path with parameters needs False, unless a plugin of the route writes the path. Defaults to True.
        preserve_host: send the client's Host header to the pods. Defaults to False.
        request_buffering: read the whole request body before sending it to the pods. Defaults to True.
        response_buffering: read the response from the pods as fast as they send it. Defaults to True.
        read_timeout: the longest time between two reads of a response, in milliseconds. Not a field of Kong's route:
            Kong's file gets another service for this route. Defaults to that of the service.
        plugins: the plugins for this route. Defaults to none.
        public: state that the route allows anonymous access on purpose, below a protected prefix or to pods that
            another route protects. Not a field of Kong. Defaults to False.

    Raises:
        ConfigurationError: if no request can have a path, host, method or header, or one of them is duplicated.

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
        """Check that requests can have the paths, hosts, methods and headers."""
        names.dns_subdomain("name of the route", self.name)
        route_checks.check_paths(self.name, self.paths)
        if not self.hosts:
            raise ConfigurationError(
                f"hosts of route {self.name} must contain at least one host, got none: the route would match every host"
            )
        http.check_hosts(self.hosts)
        if self.methods is not None and (not self.methods or not set(self.methods) <= set(http.METHODS)):
            raise ConfigurationError(
                f"methods of route {self.name} must be some of {', '.join(http.METHODS)}, got {list(self.methods)}"
            )
        require_unique("of methods", self.methods or ())
        if not self.protocols:
            raise ConfigurationError(f"protocols of route {self.name} must contain https, http or both, got none")
        require_unique("of protocols", self.protocols)
        if self.read_timeout is not None:
            http.check_range("read_timeout", self.read_timeout, 1, 2147483646)
        route_checks.check_headers(self.name, self.headers or {})
        if self.strip_path and not any(each.enabled and each.request_rewrite.uri for each in self.plugins):
            route_checks.check_no_parameters(self.name, self.path)

    @property
    def paths(self) -> tuple[str, ...]:
        """All its paths."""
        return (self.path, *self.other_paths)

    @property
    def split_by_path(self) -> "tuple[Route, ...]":
        """The same route once for each of its paths, for rules that compare paths."""
        if not self.other_paths:
            return (self,)
        return tuple(replace(self, path=each, other_paths=()) for each in self.paths)

    @property
    def segments(self) -> Segments:
        """The segments of the path. All parameters are equal."""
        return segments_of(self.path)

    @property
    def patterns(self) -> tuple[Segments, ...]:
        """The segments of each path."""
        return tuple(map(segments_of, self.paths))

    @property
    def regex_priority(self) -> int:
        """The priority in Kong: higher for more segments, then for fewer parameters, then for an exact path."""
        return rank(self.segments) + self.exact

    @property
    def is_expression(self) -> bool:
        """Whether Kong gets a regular expression, which wins over every plain path."""
        return self.path != "/" or self.exact

    @property
    def restricts_hosts(self) -> bool:
        """Whether the route matches only some hosts."""
        return bool(self.hosts)

    def shares_hosts(self, other: "Route") -> bool:
        """Whether some host matches both routes. Wildcards are considered."""
        return any(host_patterns.overlap(mine, theirs) for mine in self.hosts for theirs in other.hosts)

    @property
    def has_wildcard(self) -> bool:
        """Whether one of its hosts is a wildcard."""
        return any(map(host_patterns.is_wildcard, self.hosts))

    def covers(self, other: "Route") -> bool:
        """Whether every path that matches the other route also matches this route."""
        return all(any(self._covers(mine, other, theirs) for mine in self.patterns) for theirs in other.patterns)

    def _covers(self, mine: Segments, other: "Route", theirs: Segments) -> bool:
        if self.exact and not (other.exact and len(mine) == len(theirs)):
            return False
        return covers(mine, theirs)

    def overlaps(self, other: "Route") -> bool:
        """Whether some path matches both routes."""
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
        """Return the route as in Kong's file."""
        fields = {name: value for name, value in to_kong_fields(self).items() if name in _KONG_FIELDS}
        paths = [self._expression(each) for each in self.paths]
        plugins = [each.to_kong() for each in self.plugins]
        return drop_empty({**fields, "paths": paths, "regex_priority": self.regex_priority, "plugins": plugins})

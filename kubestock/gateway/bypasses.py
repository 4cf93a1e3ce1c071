"""Ways around authentication: a wider public route that takes what a protected one leaves over."""

from collections.abc import Sequence
from itertools import permutations

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.routes import Route, Service

Configured = tuple[Service, Route, tuple[Plugin, ...]]


def refuse_bypasses(configured: Sequence[Configured]) -> None:
    """Refuse a public route that leads requests for a protected path to the protected pods.

    A protected route that restricts methods or headers matches some requests for its path; Kong gives the
    others to the next wider route. That is harmless where it leads elsewhere, and a way around
    authentication where it leads to the same pods. Two routes of one path that each name their methods are
    taken as meant: reading may be public where writing is not.

    Raises:
        ConfigurationError: naming both routes and the mend.
    """
    for (_, inner, inside), (_, outer, outside) in _pairs(configured):
        if not _protected(inside) or _protected(outside) or not _is_within(inner, outer):
            continue
        left = _left_over(inner, outer)
        if left:
            raise ConfigurationError(
                f"route {outer.name} ({outer.path}) is public and leads {left} for {inner.path} to the pods that "
                f"route {inner.name} protects; authenticate {outer.name} too, or let {inner.name} take every request"
            )


def _pairs(configured: Sequence[Configured]) -> list[tuple[Configured, Configured]]:
    return [(one, other) for one, other in permutations(configured, 2) if _targets(one[0]) & _targets(other[0])]


def _targets(service: Service) -> set[str]:
    return {each.target for each in service.upstream.targets}


def _protected(plugins: Sequence[Plugin]) -> bool:
    return any(isinstance(each, Jwt | KeyAuth) for each in plugins)


def _is_within(inner: Route, outer: Route) -> bool:
    nested = inner.segments[: len(outer.segments)] == outer.segments
    explicit = inner.path == outer.path and outer.methods is not None
    return nested and not explicit and bool(set(inner.hosts) & set(outer.hosts))


def _left_over(inner: Route, outer: Route) -> str:
    """Say which requests for the inner path the outer route takes, or nothing."""
    if inner.headers:
        return f"requests without {', '.join(inner.headers)}"
    if inner.methods is None:
        return ""
    if outer.methods is None:
        return f"methods other than {', '.join(inner.methods)}"
    return ", ".join(each for each in outer.methods if each not in {*inner.methods, "OPTIONS"})

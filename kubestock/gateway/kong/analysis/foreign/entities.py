"""Entities of other Kong files, as the rules read them. They accept any values and are never written."""

from collections.abc import Iterable, Sequence

from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream

ANY_HOST = ("*",)


class ForeignRoute(Route):
    """A route with any paths and hosts.

    Args:
        priority: the `regex_priority` in the file.
        expressions: those of its paths that are regular expressions.
        approximate: whether its paths may match more or less than they say.
    """

    priority: int = 0
    expressions: Sequence[str] = ()
    approximate: bool = False

    def check(self) -> None:
        """Accept any values."""

    @property
    def regex_priority(self) -> int:
        """The priority in the file; for a plain path its length."""
        return self.priority if self.is_expression else len(self.path)

    @property
    def is_expression(self) -> bool:
        """Whether the path is a regular expression."""
        return self.path in self.expressions

    @property
    def restricts_hosts(self) -> bool:
        """Whether the route matches only some hosts."""
        return self.hosts != ANY_HOST


class ForeignTarget(Target):
    """A target with any host and port."""

    def check(self) -> None:
        """Accept any values."""


class ForeignUpstream(Upstream):
    """An upstream with any targets."""

    def check(self) -> None:
        """Accept any values."""


class ForeignService(KongService):
    """A service at any address.

    Args:
        path: the path that Kong puts in front of the path of a request. Defaults to none.
    """

    path: str = "/"

    def check(self) -> None:
        """Accept any values."""

    @property
    def base(self) -> tuple[str, ...]:
        """The segments of its path."""
        return request_paths.normalized_segments(self.path)


class ForeignConsumer(Consumer):
    """A consumer with credentials of any kind.

    Args:
        kinds: the kinds of its credentials.
    """

    kinds: Sequence[str] = ()

    def check(self) -> None:
        """Accept any values."""

    @property
    def credential_kinds(self) -> frozenset[str]:
        """The kinds of its credentials."""
        return frozenset(self.kinds)


def upstream(name: str, targets: Iterable[str]) -> ForeignUpstream:
    """Return an upstream with these targets, or with the host `name` if there are none."""
    found = tuple(ForeignTarget(target=each) for each in targets)
    return ForeignUpstream(name=name, targets=found or (ForeignTarget(target=f"{name}:80"),))

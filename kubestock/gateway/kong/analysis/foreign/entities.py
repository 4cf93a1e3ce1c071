"""Entities of anybody's file of Kong, as the rules read them: nothing of them is refused, and nothing is written."""

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
        priority: of its regular expressions.
        expressions: of its paths, those that are regular expressions.
        approximate: more or less may match than its paths say.
    """

    priority: int = 0
    expressions: Sequence[str] = ()
    approximate: bool = False

    def check(self) -> None:
        """Refuse nothing."""

    @property
    def regex_priority(self) -> int:
        """The priority that the file gives it; a plain path has its length."""
        return self.priority if self.is_expression else len(self.path)

    @property
    def is_expression(self) -> bool:
        """Whether the path is a regular expression."""
        return self.path in self.expressions

    @property
    def restricts_hosts(self) -> bool:
        """Whether it answers for some hosts alone."""
        return self.hosts != ANY_HOST


class ForeignTarget(Target):
    """Any target."""

    def check(self) -> None:
        """Refuse nothing."""


class ForeignUpstream(Upstream):
    """An upstream of any targets."""

    def check(self) -> None:
        """Refuse nothing."""


class ForeignService(KongService):
    """A service at any address.

    Args:
        path: that Kong puts before the path that it asks for. Defaults to none.
    """

    path: str = "/"

    def check(self) -> None:
        """Refuse nothing."""

    @property
    def base(self) -> tuple[str, ...]:
        """The segments of its path."""
        return request_paths.normalized_segments(self.path)


class ForeignConsumer(Consumer):
    """A consumer with credentials of any kind.

    Args:
        held: the kinds of its credentials.
    """

    held: Sequence[str] = ()

    def check(self) -> None:
        """Refuse nothing."""

    @property
    def credential_kinds(self) -> frozenset[str]:
        """The kinds of its credentials."""
        return frozenset(self.held)


def upstream(name: str, targets: Iterable[str]) -> ForeignUpstream:
    """Return an upstream of these targets, or of one host where there is none."""
    found = tuple(ForeignTarget(target=each) for each in targets)
    return ForeignUpstream(name=name, targets=found or (ForeignTarget(target=f"{name}:80"),))

"""Which clients the plugins on a route allow."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.plugins.base import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The kinds of credentials that are required, and the consumers that are then allowed.

    Without a kind of credential, any client is allowed.
    """

    credential_kinds: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()

    def suffices_for(self, other: "Access") -> bool:
        """Whether a client that is allowed here is also allowed there."""
        return other.credential_kinds <= self.credential_kinds and self.callers <= other.callers


_ANY_CLIENT = Access()


def access_for(plugins: Sequence[Plugin], consumers: Sequence[Consumer]) -> Access:
    """Return which clients these plugins allow."""
    kinds = frozenset(each.authenticates for each in plugins if each.authenticates is not None)
    if not kinds:
        return _ANY_CLIENT
    authorizing = [each for each in plugins if each.traits.requires_identity]
    admitted = [each.username for each in consumers if all(plugin.admits(each.groups) for plugin in authorizing)]
    with_credential = {each.username for each in consumers if kinds & each.credential_kinds}
    return Access(
        credential_kinds=kinds,
        callers=frozenset([*(each for each in admitted if each in with_credential), *_unknown_clients(kinds)]),
    )


def _unknown_clients(kinds: frozenset[str]) -> Iterator[str]:
    """Yield a name for all clients with a kind of credential that is not in Kong's file, such as ldap."""
    yield from (f"any holder of {kind}" for kind in sorted(kinds) if not kind.endswith(("_credentials", "_secrets")))

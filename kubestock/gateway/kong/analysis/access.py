"""Who may enter where some plugins act."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.plugins.base import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """The kinds of credentials that are required, and who then enters; without a kind, any client does."""

    credential_kinds: frozenset[str] = frozenset()
    callers: frozenset[str] = frozenset()

    def suffices_for(self, other: "Access") -> bool:
        """Whether a client that enters here could enter there, too."""
        return other.credential_kinds <= self.credential_kinds and self.callers <= other.callers


_ANY_CLIENT = Access()


def access_for(plugins: Sequence[Plugin], consumers: Sequence[Consumer]) -> Access:
    """Return who enters where these plugins act."""
    kinds = frozenset(each.authenticates for each in plugins if each.authenticates is not None)
    if not kinds:
        return _ANY_CLIENT
    deciding = [each for each in plugins if each.traits.requires_identity]
    admitted = [each.username for each in consumers if all(plugin.admits(each.groups) for plugin in deciding)]
    holding = {each.username for each in consumers if kinds & each.credential_kinds}
    return Access(
        credential_kinds=kinds, callers=frozenset([*(each for each in admitted if each in holding), *_unlisted(kinds)])
    )


def _unlisted(kinds: frozenset[str]) -> Iterator[str]:
    """Yield a name for whoever has a credential of a kind that no consumer holds, such as those of a directory."""
    yield from (f"any holder of {kind}" for kind in sorted(kinds) if not kind.endswith(("_credentials", "_secrets")))

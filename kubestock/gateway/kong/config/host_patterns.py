"""Hosts of routes, of which one that begins with `*.` stands for every host below a domain.

Files of others may also end a host with `.*`, or name any host by `*`.
"""

from collections.abc import Iterable


def is_wildcard(host: str) -> bool:
    """Whether it stands for many hosts."""
    return "*" in host


def covers(wider: str, narrower: str) -> bool:
    """Whether every host that the narrower one stands for is one of the wider one's."""
    if wider in ("*", narrower):
        return True
    below = wider.startswith("*.") and narrower.endswith(wider[1:])
    return below or (wider.endswith(".*") and narrower.startswith(wider[:-1]))


def overlap(one: str, other: str) -> bool:
    """Whether some host is one of both."""
    ends = {each.startswith("*") for each in (one, other)}
    return covers(one, other) or covers(other, one) or (is_wildcard(one) and is_wildcard(other) and len(ends) > 1)


def all_covered(narrower: Iterable[str], wider: Iterable[str]) -> bool:
    """Whether each of the narrower hosts is one of the wider ones, or below one of them."""
    return not not_covered(narrower, wider)


def not_covered(narrower: Iterable[str], wider: Iterable[str]) -> list[str]:
    """Return those of the hosts that none of the wider ones holds."""
    known = tuple(wider)
    return [each for each in narrower if not any(covers(mine, each) for mine in known)]

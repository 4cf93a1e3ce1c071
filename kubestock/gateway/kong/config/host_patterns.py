"""Compares the hosts of routes. A host `*.example.com` matches every host below that domain.

Files that this library did not write may also use `example.*`, or `*` for any host.
"""

from collections.abc import Iterable


def is_wildcard(host: str) -> bool:
    """Whether the host pattern matches more than one host."""
    return "*" in host


def covers(wider: str, narrower: str) -> bool:
    """Whether `wider` matches every host that `narrower` matches."""
    if wider in ("*", narrower):
        return True
    below = wider.startswith("*.") and narrower.endswith(wider[1:])
    return below or (wider.endswith(".*") and narrower.startswith(wider[:-1]))


def overlap(one: str, other: str) -> bool:
    """Whether some host matches both patterns."""
    ends = {each.startswith("*") for each in (one, other)}
    return covers(one, other) or covers(other, one) or (is_wildcard(one) and is_wildcard(other) and len(ends) > 1)


def all_covered(narrower: Iterable[str], wider: Iterable[str]) -> bool:
    """Whether each pattern of `narrower` is covered by one of `wider`."""
    return not not_covered(narrower, wider)


def not_covered(narrower: Iterable[str], wider: Iterable[str]) -> list[str]:
    """Return the patterns of `narrower` that no pattern of `wider` covers."""
    patterns = tuple(wider)
    return [each for each in narrower if not any(covers(mine, each) for mine in patterns)]

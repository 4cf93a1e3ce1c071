"""What an argument can be: what works, what nearly works, and what never does."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import Any, TypeVar

from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

T = TypeVar("T")

PATHS = ["", "/", ".", "..", "...", "..a", "a..", "/a", "a/", "a/b", "a//b", "./a", "../a", "a/..", "a/../b", "/a/../b"]
NAMES = ["a", "A", "0", "-", "_", "-a", "a-", "a.b", "a..b", "a-b", "a_b", "a b", "é", "a\n", "a\t", "default", "http"]
LENGTHS = [letter * length for letter in ("a", "é") for length in (15, 16, 63, 64, 253, 254, 300)]
KEYS = ["a/b", "a/b/c", "a.b/c", "A.b/c", "a b/c", "/a", "a/", "kubernetes.io/a", "example.com/" + "a" * 63]
AMOUNTS = [
    *("0", "00", "1", "-1", "+1", "1.5", ".5", "2.", "0m", "1m", "0.5m", "1500m", "64Mi", "1Gi", "1E", "1K", "many"),
    *("1e3", "1E3", "1e-3", "1e400", "8Ei", "9223372036854775807", "9223372036854775808", "1 Gi"),
]
PERCENTAGES = ["0%", "00%", "1%", "25%", "100%", "101%", "1000%", "999999999%", "9999999999%", "1.5%", "-1%", "%"]
RANGES = [
    *("0.0.0.0/0", "10.0.0.0/8", "10.1.0.0/16", "10.0.0.0", "10.0.0.1/8", "10.0.0.0/08", "10.0.0.0/255.0.0.0", "::/0"),
    *("fd00::/8", "FD00::/8", "::ffff:10.0.0.0/104", "::ffff:0:0/96", "fe80::/64", "10.0.0.0/33", "010.0.0.0/8", "/8"),
]
FIELDS = [
    *("metadata.name", "metadata.uid", "metadata.labels", "metadata.annotations", "spec.nodeName", "status.podIP"),
    *("metadata.labels['app']", "metadata.labels['a b']", "metadata.annotations['A.b/c']", "metadata.labels['']"),
    *("status.podIPs", "status.hostIP", "status.hostIPs", "spec.serviceAccountName", "limits.cpu", "limits.memory"),
    *("requests.ephemeral-storage", "limits.hugepages-2Mi", "limits.hugepages-big", "requests.gpu"),
]
WORDS = ["Localhost/", "Localhost/a", "Localhost/../a", "Unconfined", "NET_ADMIN", "CAP_NET_ADMIN", "Host", "X Y"]

texts = st.one_of(
    st.sampled_from([*PATHS, *NAMES, *LENGTHS, *KEYS, *AMOUNTS, *PERCENTAGES, *RANGES, *FIELDS, *WORDS]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=70),
)
"""Any text but lone surrogates, which no file can hold; and those that Kubernetes gives a meaning."""

likely_names = st.from_regex(r"[a-z]([-a-z0-9]{0,61}[a-z0-9])?", fullmatch=True)
"""What most objects, ports, groups and keys can be named."""

_EDGES = [0, 1, 2, 60, 100, 600, 1024, 1800, 3600, 65535, 2**31 - 1, 2**31, 2**32, 2**53, 2**63 - 1, 2**63]
numbers = st.one_of(st.sampled_from([*_EDGES, *(each + 1 for each in _EDGES), -1, -(2**31) - 1]), st.integers())

amounts = st.one_of(st.sampled_from(AMOUNTS), texts)
shares = st.one_of(st.sampled_from(PERCENTAGES), st.integers(-1, 5), numbers, texts)
maps = st.one_of(
    st.dictionaries(texts, texts, max_size=3),
    st.dictionaries(st.sampled_from(KEYS), st.text(max_size=5), max_size=2),
    st.builds(lambda size: {"a": "x" * size}, st.sampled_from([63, 64, 261119, 261120])),
)
"""Labels, annotations, headers and data, of any size."""


def sequences(each: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """A few of them, which may repeat."""
    return st.lists(each, max_size=3).map(tuple)


def maybe(each: st.SearchStrategy[T]) -> st.SearchStrategy[T | None]:
    return st.none() | each


@st.composite
def accepted(
    draw: st.DrawFn, make: Callable[..., T], base: Mapping[str, Any], spaces: Mapping[str, st.SearchStrategy[Any]]
) -> T:
    """Everything that `make` accepts: `base`, which works, with some of its arguments from their whole spaces.

    Where it refuses them, it gets `base` alone, so that no example is lost.
    """
    if isinstance(make, type) and issubclass(make, Value):
        known = {each.name for each in fields(make)}
        assert {*base, *spaces} <= known, f"{make.__name__} has no such argument"
    changed = draw(st.lists(st.sampled_from(sorted(spaces)), unique=True, max_size=3))
    try:
        return make(**{**base, **{name: draw(spaces[name]) for name in changed}})
    except ConfigurationError:
        return make(**base)

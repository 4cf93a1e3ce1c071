"""How the spaces of arguments are searched, and what is judged."""

import os
from collections.abc import Callable
from typing import Any

import cdk8s
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import Manifest, manifests
from validation.validator import Releases

from kubestock.errors import ConfigurationError

_MORE = os.environ.get("VALIDATION_EXAMPLES")
_EXAMPLES = 150
_SEARCH = settings(
    max_examples=int(_MORE or _EXAMPLES), derandomize=_MORE is None, suppress_health_check=list(HealthCheck)
)
"""The same examples every time, so that a change is judged by itself; VALIDATION_EXAMPLES=1000 searches further."""


def everything_accepted_is_valid(
    releases: Releases, space: st.SearchStrategy[Any], make: Callable[[cdk8s.Chart, Any], object]
) -> None:
    """Make objects in a chart from each value of a space, and ask every release about them."""
    accepted = []

    @_SEARCH
    @given(space)
    def holds(value: Any) -> None:
        found = objects(lambda chart: make(chart, value))
        accepted.append(bool(found))

        assert releases.refusals(found) == []

    holds()

    assert sum(accepted) > len(accepted) / 4, "so much is refused that little is judged: give values that work, too"


def objects(make: Callable[[cdk8s.Chart], object]) -> list[Manifest]:
    """The objects of a chart, or nothing where the arguments are refused."""
    chart = cdk8s.Chart(cdk8s.App(), "shop", namespace="shop")
    try:
        make(chart)
        return manifests(chart)
    except ConfigurationError:
        return []

"""Which namespace an object lives in."""

import cdk8s
from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.values.kinds import CLUSTER_SCOPED

__all__ = ["CLUSTER_SCOPED", "chart_namespace", "required_namespace"]


def unused_id(scope: Construct, id: str) -> str:
    """Return `id` if `scope` has no construct of that id.

    Raises:
        ConfigurationError: if it has one, or the id is empty: cdk8s would raise a JavaScript error.
    """
    if not isinstance(id, str) or not id:
        raise ConfigurationError(f"id must be a text that is not empty, got {id!r}")
    if scope.node.try_find_child(id) is not None:
        where = scope.node.path or "the app"
        raise ConfigurationError(f"id {id!r} is taken in {where!r}; give one of the two constructs another id")
    return id


def chart_namespace(scope: Construct) -> str | None:
    """Return the namespace of the chart that `scope` is in, or None."""
    return cdk8s.Chart.of(scope).namespace


def required_namespace(scope: Construct, what: str) -> str:
    """Return the namespace of the chart that `scope` is in.

    Raises:
        ConfigurationError: if the chart has none: network policies name their peers by namespace.
    """
    namespace = chart_namespace(scope)
    if namespace is None:
        raise ConfigurationError(
            f"{what} needs to know its namespace; give it to the chart: Chart(app, 'shop', namespace='shop')"
        )
    return namespace

"""Any value in any field of a microservice works or causes a clear error, never an error of jsii."""

import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import cdk8s
import pytest
from workload.samples import container, full_container, fullest, microservice, smallest

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Pods
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform

WRONG = (object(), 3.5, "x y", -1, None, ["a"], {"a": 1}, True, b"x")
Rebuild = Callable[[Any], Any]


def fields(value: Any, path: str) -> Iterator[tuple[str, Rebuild]]:
    """Yield every field below a value, with a function that replaces its value."""
    yield path, lambda new: new
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            for name, inner in fields(getattr(value, field.name), f"{path}.{field.name}"):
                yield name, _replacing(value, field.name, inner)
    elif isinstance(value, tuple):
        for position, each in enumerate(value):
            for name, inner in fields(each, f"{path}[{position}]"):
                yield name, _exchanging(value, position, inner)


def _replacing(value: Any, field: str, inner: Rebuild) -> Rebuild:
    return lambda new: dataclasses.replace(value, **{field: inner(new)})


def _exchanging(value: tuple[Any, ...], position: int, inner: Rebuild) -> Rebuild:
    return lambda new: (*value[:position], inner(new), *value[position + 1 :])


def arguments() -> dict[str, Any]:
    made = fullest(cdk8s.Chart(cdk8s.App(), "sample", namespace="shop"))
    return {
        "name": "orders",
        "platform": Platform(part_of="shop", environment="test", scraper=Pods(namespace="monitoring")),
        "container": full_container(),
        "pod": made.template.pod,
        "scaling": made.scaling,
        "rollout": made.rollout,
        "config": {"LOG_LEVEL": "info"},
    }


def test_the_arguments_that_are_broken_here_work(chart: cdk8s.Chart) -> None:
    assert Microservice(chart, "orders", **arguments()).name == "orders"


@pytest.mark.parametrize("argument", ["name", "platform", "container", "pod", "scaling", "rollout", "config"])
def test_any_value_in_any_field_works_or_causes_a_clear_error(argument: str) -> None:
    given = arguments()
    tried = 0
    for _, rebuild in fields(given[argument], argument):
        for wrong in WRONG:
            chart = cdk8s.Chart(cdk8s.App(), "chart", namespace="shop")
            tried += 1
            try:
                Microservice(chart, "orders", **{**given, argument: rebuild(wrong)})
                chart.to_json()
            except ConfigurationError:
                continue

    assert tried >= len(WRONG)


def test_refuses_an_id_that_is_taken(chart: cdk8s.Chart) -> None:
    smallest(chart)

    with pytest.raises(
        ConfigurationError, match="id 'worker' must be unique in 'shop', got it twice; give one of the two"
    ):
        microservice(chart, "worker")
    with pytest.raises(ConfigurationError, match="id must be a text that is not empty, got ''"):
        Microservice(chart, "", name="x", platform=Platform(part_of="a", environment="b"), container=container())

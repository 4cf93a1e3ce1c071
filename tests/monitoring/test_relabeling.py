"""A monitor drops only the series of single products and users from a scrape."""

import re
from typing import Any

import cdk8s
import pytest
from exposition import Answers, Series, backend, identity, labels_of, read, relabeled
from hour import BACKENDS, PREFIXES
from support import find, pick, production
from workload.samples import container

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Pods
from kubestock.monitoring.relabeling import KeepValues
from kubestock.monitoring.scraping import PodMonitor
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.ports import Port

LIMIT = 5000
IDS = [Answers("GET", f"/{number}", 200, 1) for number in range(400)]
LISTS = [Answers("GET", "/", status, 7) for status in (200, 401, 500)]
PROVIDER = [Answers("GET", path, 200, 7) for path in ("/suppliers", "/users/:userId")]


def written(service: str) -> Series:
    """Return the metrics of a program whose clients requested four hundred objects."""
    if service == "ms-identity":
        return read(identity([*IDS, *PROVIDER]))
    return read(backend(PREFIXES[service], [*IDS, *LISTS]))


def kept(service: str) -> Series:
    (endpoint,) = pick(production(), "PodMonitor", service)["spec"]["podMetricsEndpoints"]
    return relabeled(written(service), endpoint["metricRelabelings"])


@pytest.mark.parametrize("service", PREFIXES)
def test_a_program_exports_a_path_for_each_object_above_the_limit_of_a_scrape(service: str) -> None:
    assert len(written(service)) > LIMIT
    assert len(kept(service)) < LIMIT / 10


@pytest.mark.parametrize("service", BACKENDS)
def test_series_without_a_path_are_kept(service: str) -> None:
    without = {name for name in written(service) if not labels_of(name).keys() & {"route", "path"}}

    assert without
    assert without <= kept(service).keys()


@pytest.mark.parametrize("service", BACKENDS)
def test_all_series_of_a_path_are_kept_or_dropped_together(service: str) -> None:
    paths = {labels_of(name).get("route") or labels_of(name).get("path") for name in kept(service)} - {None}
    expected = {each.path for each in (PROVIDER if service == "ms-identity" else LISTS)}
    all_of_them = {
        name for name in written(service) if (labels_of(name).get("route") or labels_of(name).get("path")) in expected
    }

    assert paths == expected
    assert all_of_them <= kept(service).keys()


def test_a_value_is_matched_literally_and_completely() -> None:
    step = KeepValues(label="route", values=("/a.b", "/users/:id", "/(x)", "/stats"))

    assert all(re.fullmatch(step.regex, each) for each in (*step.values, ""))
    assert not any(re.fullmatch(step.regex, each) for each in ("/axb", "/x", "/stats/1", "/1", "stats"))


def test_every_port_of_a_workload_is_relabeled(chart: cdk8s.Chart) -> None:
    ports = (Port(8080, metrics_path="/metrics"), Port(9090, name="admin", metrics_path="/metrics"))
    platform = Platform(part_of="shop", environment="production", scraper=Pods(namespace="monitoring"))
    made = Microservice(chart, "orders", name="orders", platform=platform, container=container(ports=ports))
    PodMonitor(chart, "monitor", workload=made, keep=[KeepValues(label="route", values=("/",))])
    endpoints = find(chart, "PodMonitor", "orders")["spec"]["podMetricsEndpoints"]

    step = {"action": "keep", "regex": "|/", "sourceLabels": ["route"]}
    assert [each["metricRelabelings"] for each in endpoints] == [[step], [step]]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"label": "a-b"}, "label must be a valid label name, such as route, got 'a-b'"),
        ({"label": "endpoint"}, r"label must not be a label of the target .* so use exported_endpoint"),
        ({"values": ()}, "values of 'route' must be the values to keep, not empty and unique"),
        ({"values": ("/", "")}, "not empty and unique"),
        ({"values": ("/", "/")}, "not empty and unique"),
        ({"values": "/"}, "values must be"),
    ],
)
def test_refuses_a_step_that_would_drop_too_much(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        KeepValues(**{"label": "route", "values": ("/",), **wrong})

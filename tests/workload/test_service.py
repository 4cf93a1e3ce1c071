from typing import Any

import cdk8s
import pytest
from support import find
from workload.samples import container, microservice

from kubestock.errors import ConfigurationError
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.ports import Port
from kubestock.workload.probes import HttpGet
from kubestock.workload.service import Service

PORTS = (
    Port(8080, service_port=80),
    Port(9090, name="metrics", service_port=80),
    Port(5353, name="dns", service_port=80, protocol="UDP"),
)


def test_refuses_two_ports_under_one_number(chart: cdk8s.Chart) -> None:
    with pytest.raises(
        ConfigurationError, match=r"Service 'orders' must be unique, got 80/TCP for 'http' and 'metrics'; give"
    ):
        microservice(chart, main=container(ports=PORTS))


def test_two_ports_may_have_one_number_in_two_services_and_in_two_protocols(chart: cdk8s.Chart) -> None:
    services = (Service(ports=("http", "dns")), Service(name="orders-metrics", ports=("metrics",)))
    microservice(chart, main=container(ports=PORTS), services=services)
    found = [
        each["port"] for name in ("orders", "orders-metrics") for each in find(chart, "Service", name)["spec"]["ports"]
    ]

    assert found == [80, 80, 80]


def test_a_headless_service_has_the_port_numbers_of_the_pods(chart: cdk8s.Chart) -> None:
    microservice(chart, main=container(ports=PORTS), services=(Service(headless=True),))

    assert [each["port"] for each in find(chart, "Service", "orders")["spec"]["ports"]] == [8080, 9090, 5353]


def test_refuses_a_duplicated_port_of_a_service() -> None:
    with pytest.raises(ConfigurationError, match="port 'http' must be unique in ports of a Service"):
        Service(ports=("http", "http"))


def test_node_ports_are_fixed(chart: cdk8s.Chart) -> None:
    microservice(chart, services=(Service(type="NodePort", node_ports={"http": 30080}),))

    (port,) = find(chart, "Service", "orders")["spec"]["ports"]
    assert port["nodePort"] == 30080


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"type": "NodePort", "node_ports": {"http": 8080}}, r"node_ports\['http'\] must be from 30000 to 32767"),
        ({"node_ports": {"http": 30080}}, "node_ports require type NodePort or LoadBalancer"),
        ({"type": "NodePort", "node_ports": {"a": 30080, "b": 30080}}, "got 30080 twice"),
    ],
)
def test_refuses_node_ports_that_a_cluster_does_not_assign(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Service(**wrong)


def test_refuses_a_node_port_of_a_port_that_the_service_does_not_have(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"node_ports of Service 'orders' .*\(http\), got 'grpc'"):
        microservice(chart, services=(Service(type="NodePort", node_ports={"grpc": 30080}),))


def test_pods_behind_a_load_balancer_keep_serving_and_have_a_longer_grace_period(chart: cdk8s.Chart) -> None:
    balanced = Service(type="LoadBalancer", external_traffic_policy="Local", deregistration_seconds=90)
    microservice(chart, services=(balanced,))
    spec = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]

    assert spec["containers"][0]["lifecycle"]["preStop"] == {"exec": {"command": ["sleep", "90"]}}
    assert spec["terminationGracePeriodSeconds"] == 110


def test_refuses_a_hook_that_ends_before_the_load_balancer_does(chart: cdk8s.Chart) -> None:
    short = container(lifecycle=Lifecycle(pre_stop=HttpGet(path="/drain"), drain_seconds=20))

    with pytest.raises(ConfigurationError, match=r"pre_stop must take at least the deregistration_seconds .*\(90\)"):
        microservice(chart, main=short, services=(Service(type="LoadBalancer", deregistration_seconds=90),))


def test_the_kubelet_can_pause_for_an_image_without_a_shell(chart: cdk8s.Chart) -> None:
    microservice(chart, main=container(lifecycle=Lifecycle(native_sleep=True, drain_seconds=15)))
    (main,) = find(chart, "Deployment", "orders")["spec"]["template"]["spec"]["containers"]

    assert main["lifecycle"] == {"preStop": {"sleep": {"seconds": 15}}}


def test_refuses_a_native_sleep_with_a_hook() -> None:
    with pytest.raises(ConfigurationError, match="native_sleep must be given with drain_seconds and without pre_stop"):
        Lifecycle(native_sleep=True, pre_stop=HttpGet(path="/drain"))

import cdk8s
import pytest
from support import find
from workload.samples import container, microservice

from kubestock.errors import ConfigurationError
from kubestock.workload.ports import Port
from kubestock.workload.service import Service

PORTS = (Port(8080, service_port=80), Port(9090, "metrics", service_port=80), Port(5353, "dns", 80, "UDP"))


def test_refuses_two_ports_under_one_number(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"Service 'orders' must .* got 80/TCP for 'http' and 'metrics'; give"):
        microservice(chart, main=container(ports=PORTS))


def test_two_ports_may_have_one_number_in_two_services_and_in_two_protocols(chart: cdk8s.Chart) -> None:
    services = (Service(ports=("http", "dns")), Service(name="orders-metrics", ports=("metrics",)))
    microservice(chart, main=container(ports=PORTS), services=services)
    found = [
        each["port"] for name in ("orders", "orders-metrics") for each in find(chart, "Service", name)["spec"]["ports"]
    ]

    assert found == [80, 80, 80]


def test_a_headless_service_offers_the_numbers_of_the_pods(chart: cdk8s.Chart) -> None:
    microservice(chart, main=container(ports=PORTS), services=(Service(headless=True),))

    assert [each["port"] for each in find(chart, "Service", "orders")["spec"]["ports"]] == [8080, 9090, 5353]


def test_refuses_a_port_that_a_service_names_twice() -> None:
    with pytest.raises(ConfigurationError, match="port 'http' of a Service must be named once"):
        Service(ports=("http", "http"))

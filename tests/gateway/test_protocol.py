"""The gateway protocol: delivery works with any object that implements it."""

from dataclasses import dataclass

import cdk8s
import pytest
from kong_gateways import HOST, PLATFORM, gateway, smallest
from support import find

from kubestock.delivery import Expectation, SmokeTest
from kubestock.gateway import Gateway, GatewayRoute
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtLoadBalancer
from kubestock.kube.peers import Pods
from kubestock.workload.ports import Port

PODS = Pods(namespace="gateways")


@dataclass
class Shared:
    """A gateway that another team runs."""

    name: str = "shared"
    namespace: str = "gateways"
    hosts: tuple[str, ...] = (HOST,)
    routes: tuple[GatewayRoute, ...] = ()
    pods: Pods = PODS
    workload: None = None
    secure_port: Port | None = None
    proxy_protocol: bool = False
    status_port: Port | None = None


def test_kong_gateway_implements_the_protocol(chart: cdk8s.Chart) -> None:
    made: Gateway = smallest(chart)

    assert isinstance(made, Gateway)
    assert (made.hosts, [each.paths for each in made.routes]) == ((HOST,), [("/",)])
    assert made.secure_port is not None
    assert made.status_port is not None
    assert (made.secure_port.name, made.status_port.metrics_path) == ("proxy-tls", "/metrics")


def test_kong_behind_a_tls_load_balancer_has_no_secure_port(chart: cdk8s.Chart) -> None:
    runtime = Runtime(client_address=ClientAddress(trusted_proxies=("10.0.0.0/16",)))

    assert gateway(chart, tls=TlsAtLoadBalancer(), runtime=runtime).secure_port is None


def test_smoke_test_accepts_a_gateway_of_another_team(chart: cdk8s.Chart) -> None:
    given = {"gateway": Shared(), "host": HOST, "expectations": [Expectation(path="/")]}
    SmokeTest(chart, "smoke-test", platform=PLATFORM, **given)  # type: ignore[arg-type]  # of three types
    container = find(chart, "Job", "smoke-test")["spec"]["template"]["spec"]["containers"][0]

    assert "GATEWAY" not in {each["name"] for each in container["env"]}


@pytest.mark.parametrize("header", ["proxy_protocol", None])
def test_smoke_test_uses_the_proxy_protocol_if_the_gateway_expects_it(chart: cdk8s.Chart, header: str | None) -> None:
    address = None if header is None else ClientAddress(trusted_proxies=("10.0.0.0/16",), header="proxy_protocol")
    made = gateway(chart, runtime=Runtime(client_address=address))
    SmokeTest(chart, "smoke-test", platform=PLATFORM, gateway=made, host=HOST, expectations=[Expectation(path="/")])
    container = find(chart, "Job", "smoke-test")["spec"]["template"]["spec"]["containers"][0]

    assert ("PROXY_PROTOCOL" in {each["name"] for each in container["env"]}) == (header is not None)
    assert "${PROXY_PROTOCOL:+--haproxy-protocol}" in container["command"][2]

"""The `KONG_*` environment variables, and which proxy settings are rejected."""

from typing import Any

import cdk8s
import pytest
from kong_gateways import TLS, gateway
from support import find

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.runtime import FloodLimit, Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.workload.image import ContainerImage
from kubestock.workload.service import Service

BALANCER = ClientAddress(trusted_proxies=("10.0.0.0/16", "10.1.0.9"))
LOCAL = Service(type="LoadBalancer", external_traffic_policy="Local")


def variables(chart: cdk8s.Chart, **given: Any) -> dict[str, str]:
    gateway(chart, **given)
    (container,) = find(chart, "Deployment", "kong")["spec"]["template"]["spec"]["containers"]
    return {each["name"]: each["value"] for each in container["env"]}


def test_behind_a_load_balancer_that_terminates_tls_kong_listens_for_http_and_trusts_only_its_networks(
    chart: cdk8s.Chart,
) -> None:
    found = variables(chart, tls=TlsAtLoadBalancer(), runtime=Runtime(client_address=BALANCER))

    assert found["KONG_TRUSTED_IPS"] == "10.0.0.0/16,10.1.0.9"
    assert found["KONG_REAL_IP_HEADER"] == "X-Forwarded-For"
    assert found["KONG_REAL_IP_RECURSIVE"] == "on"
    assert found["KONG_PORT_MAPS"] == "80:8000"
    assert "ssl" not in found["KONG_PROXY_LISTEN"]
    assert not {"KONG_SSL_CERT", "KONG_SSL_CERT_KEY", "KONG_SSL_CIPHER_SUITE"} & found.keys()


def test_no_proxy_is_trusted_by_default(chart: cdk8s.Chart) -> None:
    found = variables(chart)

    assert not {"KONG_TRUSTED_IPS", "KONG_REAL_IP_HEADER", "KONG_REAL_IP_RECURSIVE"} & found.keys()


def test_both_ports_expect_the_proxy_protocol(chart: cdk8s.Chart) -> None:
    address = ClientAddress(trusted_proxies=("10.0.0.0/16",), header="proxy_protocol")
    found = variables(chart, runtime=Runtime(client_address=address), proxy=LOCAL)

    assert found["KONG_PROXY_LISTEN"].count("proxy_protocol") == 2
    assert found["KONG_REAL_IP_HEADER"] == "proxy_protocol"


def test_nginx_answers_floods_and_does_not_log_them(chart: cdk8s.Chart) -> None:
    limit = FloodLimit(per_second=20, burst=40, zone_megabytes=5)
    found = variables(chart, runtime=Runtime(flood_limit=limit))

    assert found["KONG_NGINX_HTTP_LIMIT_REQ_ZONE"] == "$binary_remote_addr zone=flood:5m rate=20r/s"
    assert found["KONG_NGINX_PROXY_LIMIT_REQ"] == "zone=flood burst=40 nodelay"
    assert found["KONG_NGINX_PROXY_LIMIT_REQ_STATUS"] == "429"
    assert found["KONG_NGINX_PROXY_LIMIT_REQ_LOG_LEVEL"] == "info"


@pytest.mark.parametrize(
    ("proxies", "message"),
    [
        ((), "must contain the networks of the load balancer"),
        (("balancer",), "must contain addresses or networks such as 10.0.0.0/16, .*, got 'balancer'"),
        (("10.0.0.1/16",), "has host bits set"),
        (("0.0.0.0/0",), "must not contain a network as large as 0.0.0.0/0"),
        (("10.0.0.0/8", "::/0"), "must not contain a network as large as ::/0"),
        (("0.0.0.0/1", "128.0.0.0/1"), "must not contain a network as large as 0.0.0.0/1"),
        (("10.0.0.0/7",), "must not contain a network as large as 10.0.0.0/7"),
        (("2000::/3",), "must not contain a network as large as 2000::/3"),
        (("::ffff:0:0/96",), "must not contain a network as large as ::ffff:0:0/96"),
    ],
)
def test_rejects_trusted_proxies_that_are_missing_invalid_or_too_many(proxies: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ClientAddress(trusted_proxies=proxies)


@pytest.mark.parametrize(
    ("tls", "address", "message"),
    [
        (TlsAtLoadBalancer(), None, "client_address must be given with TlsAtLoadBalancer"),
        (
            TlsAtLoadBalancer(),
            ClientAddress(trusted_proxies=("10.0.0.0/16",), header="proxy_protocol"),
            "header must not be 'proxy_protocol' with TlsAtLoadBalancer",
        ),
        (
            TLS,
            BALANCER,
            "header must not be 'X-Forwarded-For' with TlsAtGateway: a proxy that passes TLS through cannot",
        ),
    ],
)
def test_rejects_a_proxy_that_cannot_pass_on_the_client_address(
    chart: cdk8s.Chart, tls: TlsAtGateway | TlsAtLoadBalancer, address: ClientAddress | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        gateway(chart, tls=tls, runtime=Runtime(client_address=address), proxy=LOCAL)


def test_accepts_a_load_balancer_that_reencrypts(chart: cdk8s.Chart) -> None:
    address = ClientAddress(trusted_proxies=("10.0.0.0/16",), reencrypts=True)

    assert variables(chart, runtime=Runtime(client_address=address), proxy=LOCAL)["KONG_TRUSTED_IPS"] == "10.0.0.0/16"


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
def test_rejects_a_proxy_service_that_hides_the_client_address(chart: cdk8s.Chart, kind: Any) -> None:
    with pytest.raises(
        ConfigurationError, match="must preserve the client's address: set external_traffic_policy='Local'"
    ):
        gateway(chart, proxy=Service(type=kind))


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
@pytest.mark.parametrize(
    ("tls", "address"),
    [(TlsAtLoadBalancer(), BALANCER), (TLS, ClientAddress(trusted_proxies=("10.0.0.0/16",), header="proxy_protocol"))],
)
def test_rejects_trusting_every_node(
    chart: cdk8s.Chart, kind: Any, tls: TlsAtGateway | TlsAtLoadBalancer, address: ClientAddress
) -> None:
    with pytest.raises(
        ConfigurationError, match="a client that connects to a node's port is trusted like the load balancer"
    ):
        gateway(chart, tls=tls, runtime=Runtime(client_address=address), proxy=Service(type=kind))


def test_accepts_the_networks_of_a_load_balancer(chart: cdk8s.Chart) -> None:
    networks = ("10.0.0.0/8", "fd00::/16", "::ffff:10.0.0.0/104", "203.0.113.7")

    assert ClientAddress(trusted_proxies=networks).trusted_proxies == networks


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"per_second": 0}, "per_second must be at least 1"),
        ({"burst": 0}, "burst must be at least 1"),
        ({"zone_megabytes": 0}, "zone_megabytes must be at least 1"),
    ],
)
def test_rejects_a_flood_limit_that_nginx_rejects(wrong: dict[str, int], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        FloodLimit(**wrong)


@pytest.mark.parametrize(
    ("repository", "tag"),
    [
        ("docker.io/library/kong", "3.10.0"),
        ("docker.io/library/kong", "3.9"),
        ("docker.io/library/kong", "3.9.0.1"),
        ("docker.io/library/kong", "2.8.5"),
        ("docker.io/kong/kong-gateway", "3.9.1"),
    ],
)
def test_rejects_an_image_other_than_a_release_of_open_source_kong(repository: str, tag: str) -> None:
    with pytest.raises(ConfigurationError, match=f"open-source line 3.9, got {repository}:{tag}; use kong:3.9.3"):
        Runtime(image=ContainerImage(repository, tag=tag))


@pytest.mark.parametrize("tag", ["3.9.3", "3.9.1-ubuntu"])
def test_accepts_a_release_of_open_source_kong(tag: str) -> None:
    assert Runtime(image=ContainerImage("registry.example.com/kong", tag=tag)).image.tag == tag


@pytest.mark.parametrize("size", ["0", "10", "10g", "0m", "-1m", "99999999999m", "1.5m"])
def test_rejects_a_body_size_that_nginx_does_not_accept(size: str) -> None:
    with pytest.raises(ConfigurationError, match="max_body must be a size such as 512k or 10m, got"):
        Runtime(max_body=size)


def test_rejects_zero_workers(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="worker_processes must be at least 1"):
        Runtime(worker_processes=0)


def test_kong_closes_idle_connections_before_node_js_does() -> None:
    name = "KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT"

    assert 0 < int(Runtime().environment(TLS)[name]) < 5
    assert Runtime(upstream_idle_seconds=60).environment(TLS)[name] == "60"
    with pytest.raises(ConfigurationError, match="upstream_idle_seconds must be at least 1"):
        Runtime(upstream_idle_seconds=0)


def test_kong_does_not_cache_missing_dns_names_for_long() -> None:
    environment = Runtime().environment(TLS)
    asks_again_after = 30

    assert int(environment["KONG_DNS_NOT_FOUND_TTL"]) + int(environment["KONG_DNS_STALE_TTL"]) < asks_again_after


def test_a_flood_gets_the_content_type_of_other_errors() -> None:
    assert Runtime().environment(TLS)["KONG_NGINX_PROXY_ERROR_PAGE"] == "429 /kong_error_handler"


def test_headers_may_be_longer_than_the_default_of_nginx() -> None:
    assert Runtime().environment(TLS)["KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS"] == "4 8k"
    assert Runtime(header_kilobytes=32).environment(TLS)["KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS"] == "4 32k"


@pytest.mark.parametrize("kilobytes", [0, 129])
def test_rejects_header_sizes_out_of_range(kilobytes: int) -> None:
    with pytest.raises(ConfigurationError, match="header_kilobytes"):
        Runtime(header_kilobytes=kilobytes)


@pytest.mark.parametrize(
    ("proxy", "wait"),
    [(Service(type="ClusterIP"), 15), (Service(type="LoadBalancer", external_traffic_policy="Local"), 90)],
)
def test_a_terminating_pod_accepts_connections_as_long_as_the_proxy_service_sends_some(
    chart: cdk8s.Chart, proxy: Service, wait: int
) -> None:
    gateway(chart, proxy=proxy)
    pod = find(chart, "Deployment", "kong")["spec"]["template"]["spec"]
    command = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]

    assert command == ["kong", "quit", f"--wait={wait}", "--timeout=30"]
    assert pod["terminationGracePeriodSeconds"] == wait + 30 + 15


def test_a_proxy_with_fixed_node_ports_has_a_longer_drain_time(chart: cdk8s.Chart) -> None:
    ports = {"proxy": 30080, "proxy-tls": 30443}
    gateway(chart, proxy=Service(type="NodePort", node_ports=ports, external_traffic_policy="Local"))
    (container,) = (pod := find(chart, "Deployment", "kong")["spec"]["template"]["spec"])["containers"]
    service = find(chart, "Service", "kong")["spec"]

    assert {each["name"]: (each["port"], each["nodePort"]) for each in service["ports"]} == {
        "proxy": (80, 30080),
        "proxy-tls": (443, 30443),
    }
    assert (service["type"], service["externalTrafficPolicy"]) == ("NodePort", "Local")
    assert "--wait=90" in container["lifecycle"]["preStop"]["exec"]["command"]
    assert pod["terminationGracePeriodSeconds"] >= 90 + 30


def test_rejects_a_fixed_node_port_for_another_port_than_those_of_the_proxy(chart: cdk8s.Chart) -> None:
    status = Service(type="NodePort", node_ports={"status": 30100}, external_traffic_policy="Local")

    with pytest.raises(
        ConfigurationError,
        match=r"node_ports of Service 'kong' must name ports .*, got 'status'",
    ):
        gateway(chart, proxy=status)

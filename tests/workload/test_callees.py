"""Calls to services that are not workloads of the app, and the variables with their addresses."""

from typing import Any

import cdk8s
import pytest
from support import find
from workload.samples import DATABASE, container, microservice

from kubestock import INTERNET, ConfigurationError, ExternalService, IpBlocks, Microservice, Pods, Port
from kubestock.values import SecretRef
from kubestock.workload import ClusterService, EnvFrom

POSTGRES = ClusterService(host="orders-db", port=5432, peer=Pods(namespace="data", labels={"app": "postgres"}))


def egress(chart: cdk8s.Chart, name: str = "orders") -> list[dict[str, Any]]:
    """The rules after the one for DNS."""
    rules: list[dict[str, Any]] = find(chart, "NetworkPolicy", name)["spec"]["egress"]
    return rules[1:]


def variables(chart: cdk8s.Chart, name: str = "orders") -> dict[str, str]:
    env = find(chart, "Deployment", name)["spec"]["template"]["spec"]["containers"][0].get("env", [])
    return {each["name"]: each.get("value") for each in env}


def with_port(chart: cdk8s.Chart, port: Port) -> Microservice:
    return microservice(chart, "stock", main=container(ports=(port,)))


def test_a_service_of_the_cluster_is_reachable_only_at_its_pods(chart: cdk8s.Chart) -> None:
    microservice(chart).calls(POSTGRES, variable="DB_ADDRESS")

    (rule,) = egress(chart)
    assert variables(chart)["DB_ADDRESS"] == "orders-db:5432"
    assert rule["ports"] == [{"port": 5432, "protocol": "TCP"}]
    assert rule["to"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "data"}
    assert rule["to"][0]["podSelector"]["matchLabels"] == {"app": "postgres"}


def test_a_policy_names_the_port_behind_the_service(chart: cdk8s.Chart) -> None:
    vault = ClusterService(
        host="vault.vault", port=80, target_port=8200, scheme="http", peer=Pods(namespace="vault"), protocol="TCP"
    )
    microservice(chart).calls(vault, variable="VAULT_ADDR")

    (rule,) = egress(chart)
    assert variables(chart)["VAULT_ADDR"] == "http://vault.vault:80"
    assert rule["ports"] == [{"port": 8200, "protocol": "TCP"}]


def test_a_collector_is_reached_over_udp(chart: cdk8s.Chart) -> None:
    microservice(chart).calls(ClusterService(host="statsd", port=8125, peer=Pods(namespace="obs"), protocol="UDP"))

    assert egress(chart)[0]["ports"] == [{"port": 8125, "protocol": "UDP"}]


@pytest.mark.parametrize("host", ["orders-db", "db.data.svc", "db.data.svc.cluster.local", "db.internal", "nas.local"])
def test_refuses_an_external_service_that_is_not_on_the_internet(host: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"got '{host}'.*give ClusterService\(host='{host}', port=443"):
        ExternalService(host=host)


@pytest.mark.parametrize("host", ["db.example.com", "8.8.8.8"])
def test_accepts_a_name_of_the_internet(host: str) -> None:
    assert ExternalService(host=host).addresses == INTERNET


def test_accepts_a_name_without_a_dot_whose_addresses_are_known() -> None:
    assert ExternalService(host="orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",))).host == "orders-db"


def test_refuses_an_address_that_its_policy_would_block() -> None:
    with pytest.raises(ConfigurationError, match=r"addresses must contain the host 10\.0\.0\.5.*'10\.0\.0\.5/32'"):
        ExternalService(host="10.0.0.5")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"peer": INTERNET}, "peer of ClusterService 'db' must be in the cluster"),
        (
            {"scheme": "Not a scheme"},
            "scheme must be the scheme of a URL, such as http or postgresql, got 'Not a scheme'",
        ),
        ({"target_port": 70000}, "target_port must be a port from 1 to 65535, got 70000"),
        ({"host": "Orders_DB"}, "host 'Orders_DB'"),
    ],
)
def test_refuses_a_service_of_the_cluster_that_cannot_be_called(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        ClusterService(**{"host": "db", "port": 5432, "peer": Pods(namespace="data"), **wrong})


@pytest.mark.parametrize(
    ("port", "address"),
    [
        (Port(8080), "http://stock:8080"),
        (Port(8080, app_protocol="http"), "http://stock:8080"),
        (Port(8443, app_protocol="https"), "https://stock:8443"),
        (Port(8080, app_protocol="kubernetes.io/ws"), "ws://stock:8080"),
        (Port(9000, app_protocol="grpc"), "stock:9000"),
        (Port(9000, app_protocol="kubernetes.io/h2c"), "stock:9000"),
        (Port(9000, protocol="UDP"), "stock:9000"),
    ],
)
def test_an_address_has_the_default_form_of_the_protocol(chart: cdk8s.Chart, port: Port, address: str) -> None:
    microservice(chart).calls(with_port(chart, port), variable="STOCK")

    assert variables(chart)["STOCK"] == address
    assert find(chart, "Service", "stock")["spec"]["ports"][0].get("appProtocol") == port.app_protocol


def test_host_and_port_can_be_two_variables(chart: cdk8s.Chart) -> None:
    microservice(chart).calls(POSTGRES, variables={"DB_HOST": "{host}", "DB_PORT": "{port}"})

    assert variables(chart) == {"DB_HOST": "orders-db", "DB_PORT": "5432"}


def test_a_url_can_refer_to_credentials_in_variables_from_secrets(chart: cdk8s.Chart) -> None:
    env = {"DB_USER": DATABASE["DB_USER"], "DB_PASSWORD": SecretRef(name="pg")["password"]}
    orders = microservice(chart, main=container(env=env))
    orders.calls(POSTGRES, variables={"DB_URL": "postgres://$(DB_USER):$(DB_PASSWORD)@{host}:{port}/orders"})

    assert variables(chart)["DB_URL"] == "postgres://$(DB_USER):$(DB_PASSWORD)@orders-db:5432/orders"
    assert list(variables(chart)) == ["DB_USER", "DB_PASSWORD", "DB_URL"]


def test_a_url_may_refer_to_any_key_of_a_secret(chart: cdk8s.Chart) -> None:
    known = container()
    orders = microservice(
        chart, main=type(known)(**{**vars(known), "env_from": (EnvFrom(source=SecretRef(name="s")),)})
    )
    orders.calls(POSTGRES, variables={"DB_URL": "postgres://$(USER)@{host}"})

    assert variables(chart)["DB_URL"] == "postgres://$(USER)@orders-db"


def test_refuses_a_url_whose_credentials_are_not_set_and_changes_nothing(chart: cdk8s.Chart) -> None:
    orders = microservice(chart)

    with pytest.raises(
        ConfigurationError, match=r"'DB_URL' of 'orders' must refer .* got \$\(DB_PASSWORD\), which is not set"
    ):
        orders.calls(POSTGRES, variables={"DB_URL": "postgres://$(DB_PASSWORD)@{host}"})
    assert egress(chart) == []


@pytest.mark.parametrize(("form", "got"), [("postgres://db", "neither"), ("{host}/{name}", "{name}")])
def test_refuses_a_form_without_the_address(chart: cdk8s.Chart, form: str, got: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"form of variable 'DB_URL' must contain .*got {got}"):
        microservice(chart).calls(POSTGRES, variables={"DB_URL": form})


def test_a_repeated_call_changes_nothing(chart: cdk8s.Chart) -> None:
    orders, stock = microservice(chart), with_port(chart, Port(8080))
    for _ in range(2):
        orders.calls(stock, variable="STOCK_URL")
        orders.calls(POSTGRES, variable="DB")

    assert variables(chart) == {"STOCK_URL": "http://stock:8080", "DB": "orders-db:5432"}
    assert len(egress(chart)) == 2


def test_two_ports_of_one_callee_can_be_called(chart: cdk8s.Chart) -> None:
    stock = microservice(
        chart, "stock", main=container(ports=(Port(8080), Port(9000, name="grpc", app_protocol="grpc")))
    )
    orders = microservice(chart)
    orders.calls(stock, variable="STOCK_URL")
    orders.calls(stock, port="grpc", variable="STOCK_GRPC")

    assert variables(chart) == {"STOCK_URL": "http://stock:8080", "STOCK_GRPC": "stock:9000"}
    assert [rule["ports"][0]["port"] for rule in egress(chart)] == [8080, 9000]


def test_refuses_two_calls_that_set_one_variable_to_different_addresses(chart: cdk8s.Chart) -> None:
    orders = microservice(chart)
    orders.calls(POSTGRES, variable="DB")

    with pytest.raises(ConfigurationError, match="variable 'DB' of 'orders' must hold one address, got two calls"):
        orders.calls(ExternalService(host="db.example.com"), variable="DB")
    assert len(egress(chart)) == 1


def test_refuses_a_variable_that_both_arguments_name(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="variable 'DB' must be named once"):
        microservice(chart).calls(POSTGRES, variable="DB", variables={"DB": "{host}"})


def test_refuses_a_port_name_for_a_service_with_one_port(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"port must be left out where 'orders' calls 'orders-db'.*5432"):
        microservice(chart).calls(POSTGRES, port="http")

from typing import Any

import cdk8s
import cdk8s_plus_27
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import find
from workload.samples import container, microservice, smallest

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.workload.callees import ExternalService
from kubestock.workload.platform import Platform
from kubestock.workload.ports import Port


def policy(chart: cdk8s.Chart, name: str) -> dict[str, Any]:
    spec: dict[str, Any] = find(chart, "NetworkPolicy", name)["spec"]
    return spec


def variables(chart: cdk8s.Chart, name: str) -> dict[str, str]:
    env = find(chart, "Deployment", name)["spec"]["template"]["spec"]["containers"][0].get("env", [])
    return {each["name"]: each.get("value") for each in env}


def test_a_call_permits_only_that_port_at_both_ends_and_sets_the_address(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory", main=container(ports=(Port(3003),)))
    orders.calls(inventory, variable="INVENTORY_SERVICE_URL")

    (_, egress), (ingress,) = policy(chart, "orders")["egress"], policy(chart, "inventory")["ingress"]
    assert variables(chart, "orders") == {"INVENTORY_SERVICE_URL": "http://inventory:3003"}
    assert egress["ports"] == ingress["ports"] == [{"port": 3003, "protocol": "TCP"}]
    assert egress["to"][0]["podSelector"]["matchLabels"]["app"] == "inventory"
    assert ingress["from"][0]["podSelector"]["matchLabels"]["app"] == "orders"
    assert "ingress" not in policy(chart, "orders")


def test_services_may_call_each_other(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory")
    orders.calls(inventory, variable="INVENTORY_URL")
    inventory.calls(orders, variable="ORDERS_URL")

    assert variables(chart, "orders") == {"INVENTORY_URL": "http://inventory:8080"}
    assert variables(chart, "inventory") == {"ORDERS_URL": "http://orders:8080"}


def test_a_call_goes_through_the_port_of_the_service_to_the_port_of_the_pod(chart: cdk8s.Chart) -> None:
    web = microservice(chart, "web", main=container(ports=(Port(8080, service_port=80),)))
    microservice(chart).calls(web, variable="WEB_URL")

    assert variables(chart, "orders")["WEB_URL"] == "http://web:80"
    assert policy(chart, "web")["ingress"][0]["ports"] == [{"port": 8080, "protocol": "TCP"}]


def test_a_call_to_another_namespace_names_it(app: cdk8s.App, chart: cdk8s.Chart) -> None:
    other = microservice(cdk8s.Chart(app, "stock", namespace="stock"), "inventory")
    microservice(chart).calls(other, variable="INVENTORY_URL")

    selector = policy(chart, "orders")["egress"][1]["to"][0]["namespaceSelector"]
    assert variables(chart, "orders")["INVENTORY_URL"] == "http://inventory.stock:8080"
    assert selector == {"matchLabels": {"kubernetes.io/metadata.name": "stock"}}


def test_two_declared_calls_to_one_port_make_one_rule(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory")
    orders.calls(inventory, variable="INVENTORY_URL")
    orders.calls(inventory)

    assert len(policy(chart, "orders")["egress"]) == 2
    assert len(policy(chart, "inventory")["ingress"]) == 1
    assert len(policy(chart, "inventory")["ingress"][0]["from"]) == 1


def test_a_database_is_reachable_only_at_its_addresses(chart: cdk8s.Chart) -> None:
    database = ExternalService(host="database", port=5432, addresses=IpBlocks(ranges=("10.0.0.0/16",)))
    microservice(chart).calls(database)

    assert policy(chart, "orders")["egress"][1] == {
        "to": [{"ipBlock": {"cidr": "10.0.0.0/16"}}],
        "ports": [{"port": 5432, "protocol": "TCP"}],
    }


def test_a_host_name_permits_443_except_the_private_ranges(chart: cdk8s.Chart) -> None:
    microservice(chart).calls(ExternalService(host="api.example.com"), variable="API_URL")

    rule = policy(chart, "orders")["egress"][1]
    assert variables(chart, "orders")["API_URL"] == "https://api.example.com"
    assert rule["ports"] == [{"port": 443, "protocol": "TCP"}]
    assert "10.0.0.0/8" in rule["to"][0]["ipBlock"]["except"]


def test_the_scraper_reaches_the_port_that_serves_metrics_and_no_other(chart: cdk8s.Chart) -> None:
    platform = Platform(part_of="shop", environment="test", scraper=Pods(namespace="monitoring"))
    ports = (Port(8080), Port(9090, name="metrics", metrics_path="/metrics"))
    microservice(chart, platform=platform, main=container(ports=ports))

    (rule,) = policy(chart, "orders")["ingress"]
    assert rule["ports"] == [{"port": 9090, "protocol": "TCP"}]


def test_refuses_a_call_to_a_workload_without_a_port_and_changes_nothing(chart: cdk8s.Chart) -> None:
    orders, worker = microservice(chart), smallest(chart)
    before = [policy(chart, "orders"), policy(chart, "worker"), variables(chart, "orders")]

    with pytest.raises(ConfigurationError, match=r"container of .* must have at least one port, got none"):
        orders.calls(worker, variable="WORKER_URL")
    assert [policy(chart, "orders"), policy(chart, "worker"), variables(chart, "orders")] == before


def test_refuses_a_call_to_an_unknown_port(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory")

    with pytest.raises(ConfigurationError, match=r"container of .* must have port 'grpc', got http"):
        orders.calls(inventory, port="grpc")


def test_refuses_a_variable_that_is_set_already_and_changes_nothing(chart: cdk8s.Chart) -> None:
    inventory = microservice(chart, "inventory")
    orders = microservice(chart, main=container(env={"INVENTORY_URL": "x"}), config={"STOCK_URL": "y"})

    for variable in ("INVENTORY_URL", "STOCK_URL"):
        with pytest.raises(ConfigurationError, match=f"variable '{variable}' of 'orders' must be set once"):
            orders.calls(inventory, variable=variable)
    assert "ingress" not in policy(chart, "inventory")


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(edges=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12))
def test_exactly_the_declared_calls_are_permitted_at_both_ends(edges: list[tuple[int, int]]) -> None:
    chart = cdk8s.Chart(cdk8s.App(), "graph", namespace="graph")
    services = [microservice(chart, f"ms-{number}") for number in range(4)]
    for caller, callee in edges:
        services[caller].calls(services[callee])

    def opened(direction: str, side: str) -> set[tuple[str, str]]:
        return {
            (f"ms-{number}", peer["podSelector"]["matchLabels"]["app"])
            for number in range(4)
            for rule in policy(chart, f"ms-{number}").get(direction, [])
            for peer in rule[side]
            if peer["podSelector"]["matchLabels"].get("app")
        }

    declared = {(f"ms-{caller}", f"ms-{callee}") for caller, callee in edges}
    assert opened("egress", "to") == declared
    assert {(caller, callee) for callee, caller in opened("ingress", "from")} == declared


def test_cdk8s_plus_accepts_a_microservice_as_pod_selector_and_as_peer(chart: cdk8s.Chart) -> None:
    orders, inventory = microservice(chart), microservice(chart, "inventory")
    own = cdk8s_plus_27.NetworkPolicy(chart, "own", metadata=cdk8s.ApiObjectMetadata(name="own"), selector=orders)
    own.add_ingress_rule(inventory, [cdk8s_plus_27.NetworkPolicyPort.tcp(8080)])

    spec = policy(chart, "own")
    assert spec["podSelector"]["matchLabels"] == orders.labels.selector
    assert spec["ingress"][0]["from"][0]["podSelector"]["matchLabels"] == inventory.labels.selector

import pytest
from shop import Manifest, main, messages_of, pod, shop, the

ORDERS = "Deployment/shop/ms-orders"


def calling(address: str) -> list[Manifest]:
    chart = shop()
    main(chart, "ms-orders")["env"] = [{"name": "PEER", "value": address}]
    return chart


@pytest.mark.parametrize(
    "address",
    [
        "http://ms-inventory",
        "http://ms-inventory:80/api",
        "http://MS-Inventory.shop",
        "http://ms-inventory.shop.svc:80",
        "http://user@ms-inventory.shop.svc.cluster.local.:80/?a=b",
        "https://api.example.com",
        "http://localhost:9999",
        "http://127.0.0.1:9999",
        "http://[::1]:9999",
        "http://$(UNKNOWN):9999",
        "http://some words",
        "http://ms-inventory:port",
        "http://",
    ],
)
def test_permitted_calls_and_external_calls_have_no_finding(address: str) -> None:
    chart = calling(address)

    assert messages_of(chart, "call-blocked") == []
    assert messages_of(chart, "call-to-nothing") == []


def test_finds_a_call_to_a_service_that_does_not_exist() -> None:
    assert messages_of(calling("http://ms-inventroy:80"), "call-to-nothing") == [
        f"{ORDERS}: PEER calls 'ms-inventroy' in namespace 'shop', but the manifests have no such Service; "
        "correct the name, or declare the Service as provided"
    ]


@pytest.mark.parametrize(
    "address", ["http://ms-inventory:3003", "https://ms-inventory", "http://ms-inventory.shop.svc:8080"]
)
def test_finds_a_call_to_a_port_that_the_service_does_not_have(address: str) -> None:
    (message,) = messages_of(calling(address), "call-blocked")

    assert message.startswith(f"{ORDERS}: PEER calls port ")
    assert message.endswith(" of Service/shop/ms-inventory, which has 80 (TCP); correct the port")


def test_finds_a_call_that_egress_of_the_caller_blocks() -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "ms-orders")["egress"][0]["ports"] = [{"port": 80}]

    assert messages_of(chart, "call-blocked") == [
        f"{ORDERS}: INVENTORY_SERVICE_URL calls Deployment/shop/ms-inventory on TCP 3003, but egress is "
        "blocked by NetworkPolicy deny-all, dns, ms-orders; permit egress from ms-orders to the pods of "
        "ms-inventory on that port"
    ]


def test_finds_a_call_that_ingress_of_the_callee_blocks() -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"] = []

    assert messages_of(chart, "call-blocked") == [
        f"{ORDERS}: INVENTORY_SERVICE_URL calls Deployment/shop/ms-inventory on TCP 3003, but ingress is "
        "blocked by NetworkPolicy deny-all, ms-inventory; permit ingress to ms-inventory from the pods of "
        "ms-orders on that port"
    ]


def test_finds_a_call_whose_address_is_in_a_config_map() -> None:
    chart = shop()
    the(chart, "ConfigMap", "settings")["data"]["inventory-url"] = "http://ms-inventory:81"
    chosen = {"name": "settings", "key": "inventory-url"}
    main(chart, "ms-orders")["env"] = [{"name": "PEER", "valueFrom": {"configMapKeyRef": chosen}}]
    (message,) = messages_of(chart, "call-blocked")

    assert "PEER calls port 81 of Service/shop/ms-inventory, which has 80" in message


def test_a_namespace_selector_selects_by_the_labels_of_namespaces() -> None:
    chart = shop()
    policy = the(chart, "NetworkPolicy", "ms-inventory")
    policy["ingress"][0]["from"][0]["namespaceSelector"] = {"matchLabels": {"tier": "trusted"}}

    assert len(messages_of(chart, "call-blocked")) == 1

    for document in chart:
        if document["kind"] == "Namespace":
            document["metadata"]["labels"]["tier"] = "trusted"

    assert messages_of(chart, "call-blocked") == []


def test_a_headless_service_leads_to_the_port_of_the_pod() -> None:
    chart = calling("http://ms-inventory:3003")
    the(chart, "Service", "ms-inventory")["clusterIP"] = "None"

    assert messages_of(chart, "call-blocked") == []


def test_finds_a_call_to_a_headless_service_at_a_port_that_its_pods_do_not_have() -> None:
    chart = calling("http://ms-inventory:80")
    the(chart, "Service", "ms-inventory")["clusterIP"] = "None"

    assert messages_of(chart, "call-blocked") == [
        f"{ORDERS}: PEER calls port 80 of the headless Service/shop/ms-inventory, but the "
        "pods of Deployment/shop/ms-inventory do not have this port; call a port of the pods"
    ]


@pytest.mark.parametrize("cluster_ip", ["10.96.0.7", "None"])
@pytest.mark.parametrize("variable", ["INVENTORY_HOST", "POSTGRES_HOST", "inventory.host"])
def test_a_host_without_a_port_is_a_call_to_the_only_port_of_the_service(variable: str, cluster_ip: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["env"] = [{"name": variable, "value": "ms-inventory"}]
    the(chart, "Service", "ms-inventory")["clusterIP"] = cluster_ip
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"] = []

    (message,) = messages_of(chart, "call-blocked")
    assert f"{variable} calls Deployment/shop/ms-inventory on TCP 3003, but ingress is blocked" in message


def test_a_host_without_a_port_is_no_call_to_one_of_several_ports() -> None:
    chart = shop()
    main(chart, "ms-orders")["env"] = [{"name": "INVENTORY_HOST", "value": "ms-inventory"}]
    the(chart, "Service", "ms-inventory")["ports"].append({"name": "admin", "port": 9000})
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"] = []

    assert messages_of(chart, "call-blocked") == []


def test_finds_a_call_to_a_port_with_another_protocol() -> None:
    chart = calling("http://ms-inventory:80")
    the(chart, "Service", "ms-inventory")["ports"][0]["protocol"] = "UDP"
    (message,) = messages_of(chart, "call-blocked")

    assert message.endswith("which has 80 (UDP); correct the port")


def test_policies_do_not_apply_to_pods_on_the_network_of_the_host() -> None:
    chart = shop()
    pod(chart, "ms-orders")["hostNetwork"] = True
    the(chart, "NetworkPolicy", "ms-orders")["egress"] = []

    assert messages_of(chart, "call-blocked") == []


def test_an_external_name_service_is_outside_the_cluster() -> None:
    chart = calling("https://ms-inventory")
    the(chart, "Service", "ms-inventory")["type"] = "ExternalName"

    assert messages_of(chart, "call-blocked") == []


def test_the_own_address_of_a_program_is_not_a_call() -> None:
    assert messages_of(calling("http://ms-orders:80"), "call-blocked") == []


@pytest.mark.parametrize(
    ("ports", "missing"),
    [
        ([{"protocol": "UDP", "port": 53}], ["TCP"]),
        ([{"port": 53}], ["UDP"]),
        ([{"protocol": "UDP", "port": "dns"}, {"port": "dns-tcp"}], []),
        ([{"port": 443}], ["UDP", "TCP"]),
    ],
)
def test_finds_egress_without_dns(ports: list[Manifest], missing: list[str]) -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "dns")["egress"][0]["ports"] = ports

    assert [each for each in messages_of(chart, "dns-blocked") if each.startswith(ORDERS)] == [
        f"{ORDERS}: NetworkPolicy deny-all, dns, ms-orders blocks DNS over {protocol}; permit egress to port "
        "53, UDP and TCP, in the namespace kube-system"
        for protocol in missing
    ]


@pytest.mark.parametrize(
    ("block", "pods"),
    [({"cidr": "0.0.0.0/0"}, 0), ({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}, 3)],
    ids=["everything", "internet"],
)
def test_a_range_of_all_addresses_permits_dns_but_a_public_range_does_not(block: Manifest, pods: int) -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "dns")["egress"] = [{"to": [{"ipBlock": block}]}]

    assert len(messages_of(chart, "dns-blocked")) == 2 * pods


def test_dns_can_be_permitted_by_labels_that_the_manifests_set_on_its_namespace() -> None:
    chart = shop()
    peer = {"namespaceSelector": {"matchLabels": {"role": "system"}}}
    the(chart, "NetworkPolicy", "dns")["egress"][0]["to"] = [peer]

    assert messages_of(chart, "dns-blocked")

    identity = {"name": "kube-system", "labels": {"role": "system"}}
    chart.append({"apiVersion": "v1", "kind": "Namespace", "metadata": identity})

    assert messages_of(chart, "dns-blocked") == []


def test_a_pod_with_its_own_dns_config_needs_no_cluster_dns() -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "dns")["egress"] = []
    pod(chart, "ms-orders")["dnsPolicy"] = "None"

    assert not [each for each in messages_of(chart, "dns-blocked") if each.startswith(ORDERS)]

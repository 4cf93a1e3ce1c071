"""What a policy permits besides declared calls: DNS, the API server, and any traffic if a reason is given."""

from dataclasses import replace

import pytest
from support import find, manifests
from workload.samples import PLATFORM, container, microservice

from kubestock import Chart, ConfigurationError, Guardrails, IpBlocks, Microservice, Pods
from kubestock.checks import findings
from kubestock.kube import NODE_LOCAL_DNS, OPENSHIFT_DNS, ClusterDns
from kubestock.values import Off
from kubestock.workload import Pod, PodSecurity, RelatedObjects

TOKEN = Pod(security=PodSecurity(mount_api_token=True, reasons={"mount_api_token": "watches ConfigMaps"}))


def test_any_client_can_be_allowed_with_a_reason(chart: Chart) -> None:
    microservice(chart).allow_from_anywhere(reason="a public game server")
    policy = find(chart, "NetworkPolicy", "orders")

    assert policy["spec"]["ingress"] == [{"ports": [{"port": 8080, "protocol": "TCP"}]}]
    assert policy["metadata"]["annotations"] == {"kubestock/relaxed-ingress": "a public game server"}


def test_any_address_can_be_called_with_a_reason(chart: Chart) -> None:
    microservice(chart).calls_anywhere(reason="a crawler")
    policy = find(chart, "NetworkPolicy", "orders")

    assert policy["spec"]["egress"] == [{}]
    assert policy["metadata"]["annotations"] == {"kubestock/relaxed-egress": "a crawler"}


def test_refuses_to_permit_all_traffic_without_a_reason(chart: Chart) -> None:
    orders = microservice(chart)

    with pytest.raises(
        ConfigurationError, match="reason must say why the network policy of 'orders' permits all egress"
    ):
        orders.calls_anywhere(reason=" ")
    with pytest.raises(
        ConfigurationError, match="reason must say why the network policy of 'orders' permits all ingress"
    ):
        orders.allow_from_anywhere(reason="")


def test_refuses_to_permit_all_traffic_where_the_policy_is_left_out(chart: Chart) -> None:
    off = RelatedObjects(network_policy=Off("the mesh has policies"))
    orders = Microservice(chart, "orders", name="orders", platform=PLATFORM, container=container(), related_objects=off)

    with pytest.raises(ConfigurationError, match="'orders' must have a network policy, got none"):
        orders.calls_anywhere(reason="a crawler")


@pytest.mark.parametrize(
    ("dns", "address"),
    [
        (NODE_LOCAL_DNS, {"ipBlock": {"cidr": "169.254.20.10/32"}}),
        (ClusterDns(peers=(IpBlocks(ranges=("10.96.0.10/32",)),)), {"ipBlock": {"cidr": "10.96.0.10/32"}}),
    ],
)
def test_names_are_resolved_at_an_address(chart: Chart, dns: ClusterDns, address: dict[str, object]) -> None:
    Guardrails(chart, "guardrails", labels=PLATFORM.labels("shop"), dns=dns)
    microservice(chart, platform=replace(PLATFORM, dns=dns))

    for name in ("orders", "allow-dns"):
        (rule,) = find(chart, "NetworkPolicy", name)["spec"]["egress"]
        assert address in rule["to"]
        assert [each["port"] for each in rule["ports"]] == [53, 53]
    assert "dns-blocked" not in {each.rule for each in findings(manifests(chart))}


def test_names_are_resolved_on_openshift(chart: Chart) -> None:
    Guardrails(chart, "guardrails", labels=PLATFORM.labels("shop"), dns=OPENSHIFT_DNS)
    microservice(chart, platform=replace(PLATFORM, dns=OPENSHIFT_DNS))

    (rule,) = find(chart, "NetworkPolicy", "orders")["spec"]["egress"]
    assert rule["ports"] == [{"port": 5353, "protocol": "UDP"}, {"port": 5353, "protocol": "TCP"}]
    assert "dns-blocked" not in {each.rule for each in findings(manifests(chart))}


def test_findings_report_a_dns_server_that_does_not_exist(chart: Chart) -> None:
    nowhere = ClusterDns(peers=(Pods(namespace="elsewhere"),))
    microservice(chart, platform=replace(PLATFORM, dns=nowhere))

    assert "dns-blocked" in {each.rule for each in findings(manifests(chart))}


def test_refuses_a_resolver_without_peers() -> None:
    with pytest.raises(ConfigurationError, match="peers of ClusterDns must have at least one DNS server"):
        ClusterDns(peers=())


def test_pods_with_a_token_reach_the_api_server(chart: Chart) -> None:
    platform = replace(PLATFORM, api_server=IpBlocks(ranges=("10.0.0.1/32",)), api_server_port=443)
    microservice(chart, platform=platform, pod=TOKEN)

    assert find(chart, "NetworkPolicy", "orders")["spec"]["egress"][1] == {
        "to": [{"ipBlock": {"cidr": "10.0.0.1/32"}}],
        "ports": [{"port": 443, "protocol": "TCP"}],
    }


def test_refuses_a_token_where_the_policy_blocks_the_api_server(chart: Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"'orders' mount an API token.*Platform\(api_server="):
        microservice(chart, pod=TOKEN)

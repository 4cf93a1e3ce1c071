from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import INTERNET, IpBlocks, Peer, Pods


def rendered(peer: Peer) -> list[dict[str, Any]]:
    rule = k8s.NetworkPolicyEgressRule(to=peer.to_kube())
    spec = k8s.NetworkPolicySpec(pod_selector=k8s.LabelSelector(), egress=[rule])
    found: list[dict[str, Any]] = k8s.KubeNetworkPolicy.manifest(spec=spec)["spec"]["egress"][0]["to"]
    return found


def test_pods_are_selected_with_their_namespace() -> None:
    assert rendered(Pods(namespace="shop", labels={"app": "web"})) == [
        {
            "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "shop"}},
            "podSelector": {"matchLabels": {"app": "web"}},
        }
    ]


def test_all_pods_of_a_namespace_are_an_empty_selector() -> None:
    assert rendered(Pods(namespace="shop"))[0]["podSelector"] == {}


def test_the_internet_contains_neither_private_addresses_nor_the_metadata_service() -> None:
    block = rendered(INTERNET)[0]["ipBlock"]

    assert block["cidr"] == "0.0.0.0/0"
    assert {"10.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"} <= set(block["except"])


def test_an_exception_is_in_the_peer_of_the_range_that_contains_it() -> None:
    peers = rendered(IpBlocks(ranges=("10.0.0.0/8", "fd00::/8"), except_=("10.1.0.0/16",)))

    assert peers == [
        {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}},
        {"ipBlock": {"cidr": "fd00::/8"}},
    ]


@pytest.mark.parametrize("text", ["10.0.0.1/8", "10.0.0.0/33", "shop", "10.0.0"])
def test_refuses_an_invalid_address_range(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a CIDR must be an address range"):
        IpBlocks(ranges=(text,))


def test_refuses_an_exception_outside_every_range() -> None:
    with pytest.raises(
        ConfigurationError, match=r"except_ must be inside one of ranges \(10\.0\.0\.0/8.*\), got 11\.0\.0\.0/8"
    ):
        IpBlocks(ranges=("10.0.0.0/8",), except_=("11.0.0.0/8",))


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("10.0.0.0", "10.0.0.0/32"),
        ("10.0.0.0/255.0.0.0", "10.0.0.0/8"),
        ("10.0.0.0/08", "10.0.0.0/8"),
        ("FD00::/8", "fd00::/8"),
    ],
)
def test_refuses_a_range_that_only_python_can_read(text: str, usual: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must be in its canonical form, got '{text}'; write '{usual}'"):
        IpBlocks(ranges=(text,))

    assert IpBlocks(ranges=(usual,)).ranges == (usual,)


@pytest.mark.parametrize("text", ["::ffff:0:0/96", "::ffff:a00:0/104"])
def test_refuses_ipv4_that_is_mapped_to_ipv6(text: str) -> None:
    with pytest.raises(ConfigurationError, match=f"a CIDR must not be IPv4 mapped to IPv6, got '{text}'"):
        IpBlocks(ranges=(text,))


@pytest.mark.parametrize("ranges", [("10.0.0.0/8",), ("0.0.0.0/0", "10.1.0.0/16")])
def test_refuses_an_exception_that_covers_a_whole_range(ranges: tuple[str, ...]) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"must leave a part of each range, got .*, which covers {ranges[-1]}"
    ):
        IpBlocks(ranges=ranges, except_=("10.0.0.0/8",))


def test_refuses_an_empty_list_of_ranges() -> None:
    with pytest.raises(ConfigurationError, match="ranges must have at least one CIDR"):
        IpBlocks(ranges=())


def test_dns_is_permitted_over_udp_and_tcp() -> None:
    spec = k8s.NetworkPolicySpec(pod_selector=k8s.LabelSelector(), egress=[ClusterDns().egress()])
    rule = k8s.KubeNetworkPolicy.manifest(spec=spec)["spec"]["egress"][0]

    assert rule["ports"] == [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]

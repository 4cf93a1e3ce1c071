"""The permitted connections, compared with the answer for each pair of pods."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shop import shop

from kubestock.checks import Inventory
from kubestock.checks.facts.connections import endpoints, network_policies
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.reach import permitted_connections

Manifest = dict[str, Any]
NAME = "kubernetes.io/metadata.name"


def pod(name: str, namespace: str = "shop", **spec: Any) -> Manifest:
    ports = [{"name": "http", "containerPort": 8080}, {"containerPort": 53, "protocol": "UDP"}]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": namespace, "labels": {"app": name}},
        "spec": {"containers": [{"name": name, "ports": ports}], **spec},
    }


def policy(selector: object = None, namespace: str = "shop", **spec: Any) -> Manifest:
    kinds = [direction.capitalize() for direction in ("ingress", "egress") if direction in spec]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "policy", "namespace": namespace},
        "spec": {"podSelector": selector or {}, "policyTypes": kinds, **spec},
    }


def app(name: str) -> Manifest:
    return {"podSelector": {"matchLabels": {"app": name}}}


def messages_of(*manifests: Manifest) -> set[str]:
    return {f"{each.source} → {each.destination} {each.port}" for each in permitted_connections(Inventory(manifests))}


def test_pods_without_policies_may_connect_anywhere() -> None:
    assert messages_of(pod("a"), pod("b")) == {
        "Pod/shop/a → Pod/shop/b all ports",
        "Pod/shop/b → Pod/shop/a all ports",
        *(
            f"{pair} all ports"
            for name in "ab"
            for pair in (f"anywhere → Pod/shop/{name}", f"Pod/shop/{name} → anywhere")
        ),
    }


def test_the_policies_of_both_ends_must_permit_a_connection() -> None:
    closed = policy(ingress=[], egress=[])
    opened = policy(app("b")["podSelector"], ingress=[{"from": [app("a")], "ports": [{"port": "http"}]}])
    leaving = policy(app("a")["podSelector"], egress=[{"to": [app("b")], "ports": [{"port": 8080}, {"port": 9}]}])

    assert messages_of(pod("a"), pod("b"), closed, opened) == set()
    assert messages_of(pod("a"), pod("b"), closed, opened, leaving) == {"Pod/shop/a → Pod/shop/b 8080/TCP"}


@pytest.mark.parametrize(
    ("peer", "shown"),
    [
        ({"ipBlock": {"cidr": "10.0.0.0/8", "except": ["10.1.0.0/16"]}}, "10.0.0.0/8 except 10.1.0.0/16"),
        ({"ipBlock": {"cidr": "0.0.0.0/0"}}, "0.0.0.0/0"),
        (app("elsewhere"), "pods {app: elsewhere} of namespace shop"),
        ({"namespaceSelector": {"matchLabels": {NAME: "dns"}}}, "all pods of namespace dns"),
        ({"namespaceSelector": {"matchLabels": {"team": "a"}}, **app("x")}, "pods {app: x} of namespaces {team: a}"),
        ({"namespaceSelector": {}, "podSelector": {}}, "all pods of any namespace"),
        (
            {"podSelector": {"matchExpressions": [{"key": "app", "operator": "In", "values": ["x", "y"]}]}},
            "pods {app In (x, y)} of namespace shop",
        ),
    ],
)
def test_peers_outside_the_manifests_are_described(peer: Manifest, shown: str) -> None:
    ports = [{"port": 443}, {"port": 5000, "endPort": 5010, "protocol": "UDP"}, {"port": "https"}, {"protocol": "SCTP"}]
    leaving = policy(ingress=[], egress=[{"to": [peer], "ports": ports}])

    assert messages_of(pod("a"), leaving) == {
        f"Pod/shop/a → {shown} {port}" for port in ("443/TCP", "5000-5010/UDP", "https/TCP", "all ports/SCTP")
    }


def test_a_named_port_is_a_port_of_the_destination() -> None:
    entering = policy(egress=[], ingress=[{"from": [{"ipBlock": {"cidr": "::/0"}}], "ports": [{"port": "http"}]}])
    unknown = policy(egress=[], ingress=[{"ports": [{"port": "absent"}]}])

    assert messages_of(pod("a"), entering) == {"::/0 → Pod/shop/a 8080/TCP"}
    assert messages_of(pod("a"), unknown) == set()


def test_a_policy_rule_without_peers_permits_any_peer() -> None:
    opened = policy(egress=[], ingress=[{"ports": [{"port": 8080}]}])

    assert messages_of(pod("a"), opened) == {"anywhere → Pod/shop/a 8080/TCP"}


def test_a_peer_whose_pods_are_in_the_manifests_is_listed_only_as_workloads() -> None:
    opened = policy(egress=[], ingress=[{"from": [{"namespaceSelector": {"matchLabels": {NAME: "other"}}}]}])

    assert {
        each for each in messages_of(pod("a"), pod("b", "other"), opened) if each.endswith("Pod/shop/a all ports")
    } == {"Pod/other/b → Pod/shop/a all ports"}


def test_no_policy_applies_to_pods_on_the_host_network() -> None:
    closed = policy(ingress=[], egress=[])

    assert messages_of(pod("a", hostNetwork=True), closed) == {
        "anywhere → Pod/shop/a all ports",
        "Pod/shop/a → anywhere all ports",
    }


SELECTORS = st.sampled_from([{}, app("a")["podSelector"], app("b")["podSelector"]])
NAMESPACES = st.sampled_from(
    [
        {},
        {"matchLabels": {NAME: "shop"}},
        {"matchExpressions": [{"key": NAME, "operator": "NotIn", "values": ["shop"]}]},
    ]
)
PEERS = st.one_of(
    st.fixed_dictionaries({"podSelector": SELECTORS}),
    st.fixed_dictionaries({"namespaceSelector": NAMESPACES}),
    st.fixed_dictionaries({"namespaceSelector": NAMESPACES, "podSelector": SELECTORS}),
    st.just({"ipBlock": {"cidr": "0.0.0.0/0"}}),
    st.just({"ipBlock": {"cidr": "10.0.0.0/8"}}),
)
PORTS = st.lists(st.sampled_from([{"port": 8080}, {"port": "http"}, {"port": 53, "protocol": "UDP"}]), max_size=2)
RULES = {
    name: st.lists(st.fixed_dictionaries({}, optional={peers: st.lists(PEERS, max_size=2), "ports": PORTS}), max_size=2)
    for name, peers in (("ingress", "from"), ("egress", "to"))
}
POLICIES = st.builds(
    lambda selector, namespace, rules: policy(selector, namespace, **rules),
    SELECTORS,
    st.sampled_from(["shop", "other"]),
    st.fixed_dictionaries({}, optional=RULES),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(POLICIES, max_size=4))
def test_the_permitted_connections_are_those_of_each_single_pair(policies: list[Manifest]) -> None:
    inventory = Inventory([pod("a"), pod("b"), pod("a", "other"), pod("c", "other"), *policies])
    found = {(each.source, each.destination): set[str]() for each in permitted_connections(inventory)}
    for each in permitted_connections(inventory):
        found[each.source, each.destination].add(each.port)

    for source, one in inventory.derived(endpoints).items():
        for destination, other in inventory.derived(endpoints).items():
            ports = found.get((source.reference, destination.reference), set())
            for port, protocol in () if source is destination else ((8080, "TCP"), (53, "UDP"), (9, "TCP")):
                asked = Connection(source=one, destination=other, port=port, protocol=protocol)
                known = inventory.derived(network_policies)
                permitted = not any(known.blocking(asked, direction) for direction in ("Ingress", "Egress"))
                assert permitted == bool(ports & {"all ports", f"{port}/{protocol}"})


def test_the_calls_of_the_shop_are_permitted() -> None:
    assert "Deployment/shop/ms-orders → Deployment/shop/ms-inventory 3003/TCP" in messages_of(*shop())

from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kubestock.checks.facts.policies import Connection, Endpoint, Policies

NAME = "kubernetes.io/metadata.name"
NAMED = (
    {"name": "http", "containerPort": 80},
    {"name": "dns", "containerPort": 53, "protocol": "UDP"},
)
PODS = [
    Endpoint(namespace=namespace, namespace_labels={NAME: namespace, "app": tier}, labels=labels, ports=NAMED)
    for namespace, tier in (("shop", "a"), ("staging", "b"))
    for labels in ({"app": "a"}, {"app": "b"}, {})
]
PORTS = list(product((53, 80, 81), ("TCP", "UDP")))
VALUES: set[str | None] = {"a", "b", None}

Tuple = tuple[int, int, int, str]


def policy(direction: str, rules: object = None, **spec: object) -> dict[str, Any]:
    body = {"podSelector": {}, "policyTypes": [direction], direction.lower(): rules, **spec}
    kept = {field: value for field, value in body.items() if value is not None}
    return {"kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "shop"}, "spec": kept}


def permitted(rules: object, *, port: int = 80, protocol: str = "TCP", to: Endpoint = PODS[1]) -> bool:
    connection = Connection(source=PODS[0], destination=to, port=port, protocol=protocol)
    return not Policies([policy("Egress", rules)]).blocking(connection, "Egress")


@pytest.mark.parametrize(
    ("rules", "answer"),
    [
        (None, False),
        ([], False),
        ([{}], True),
        ([{"to": []}], True),
        ([{"to": [], "ports": []}], True),
        ([{"to": [{}]}], False),
        ([{"to": [{"podSelector": {}}]}], True),
        ([{"to": [{"namespaceSelector": {}}]}], True),
        ([{"to": [{"namespaceSelector": {"matchLabels": {NAME: "staging"}}}]}], False),
        ([{"to": [{"podSelector": {"matchLabels": {"app": "a"}}}]}], False),
        ([{"ports": [{}]}], True),
        ([{"ports": [{"protocol": "UDP"}]}], False),
        ([{"ports": [{"port": 80}]}], True),
        ([{"ports": [{"port": 81}]}], False),
        ([{"ports": [{"port": 1, "endPort": 79}, {"port": 80, "endPort": 90}]}], True),
        ([{"ports": [{"port": 1, "endPort": 79}]}], False),
        ([{"ports": [{"port": "http"}]}], True),
        ([{"ports": [{"port": "dns"}]}], False),
        ([{"ports": [{"port": "http", "protocol": "UDP"}]}], False),
    ],
)
def test_absent_empty_and_open_rules_have_different_meanings(rules: object, answer: object) -> None:
    assert permitted(rules) is answer


def test_a_pod_selector_alone_selects_in_the_namespace_of_the_policy() -> None:
    assert permitted([{"to": [{"podSelector": {}}]}], to=PODS[4]) is False
    assert permitted([{"to": [{"podSelector": {}, "namespaceSelector": {}}]}], to=PODS[4]) is True


@pytest.mark.parametrize(
    ("block", "answer"),
    [
        ({"cidr": "0.0.0.0/0"}, True),
        ({"cidr": "::/0"}, True),
        ({"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}, True),
        ({"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"]}, False),
        ({"cidr": "0.0.0.0/0", "except": ["nowhere"]}, False),
        ({"cidr": "10.0.0.0/8"}, False),
    ],
)
def test_only_a_range_of_all_addresses_is_certain_to_contain_a_pod(block: object, answer: object) -> None:
    assert permitted([{"to": [{"ipBlock": block}]}]) is answer


@pytest.mark.parametrize(
    ("spec", "ingress", "egress"),
    [
        ({}, True, False),
        ({"egress": []}, True, False),
        ({"egress": [{"ports": [{"port": 81}]}]}, True, True),
        ({"policyTypes": []}, True, False),
        ({"policyTypes": ["Egress"]}, False, True),
        ({"policyTypes": ["Ingress", "Egress"]}, True, True),
    ],
)
def test_a_policy_without_types_isolates_egress_only_if_it_has_an_egress_rule(
    spec: dict[str, Any], ingress: object, egress: object
) -> None:
    bare = {"kind": "NetworkPolicy", "metadata": {"name": "p", "namespace": "shop"}, "spec": spec}
    connection = Connection(source=PODS[0], destination=PODS[1], port=80)

    assert bool(Policies([bare]).blocking(connection, "Ingress")) is ingress
    assert bool(Policies([bare]).blocking(connection, "Egress")) is egress


def test_policies_of_one_pod_add_up() -> None:
    connection = Connection(source=PODS[0], destination=PODS[1], port=80)

    assert not Policies([policy("Egress", []), policy("Egress", [{}])]).blocking(connection, "Egress")


def selectors(key: str = "app") -> st.SearchStrategy[dict[str, Any]]:
    value = st.sampled_from(["a", "b", "c"])
    listed = st.builds(
        lambda operator, values: {"key": key, "operator": operator, "values": values},
        st.sampled_from(["In", "NotIn"]),
        st.lists(value, max_size=2),
    )
    bare = st.sampled_from(["Exists", "DoesNotExist"]).map(lambda operator: {"key": key, "operator": operator})
    return st.fixed_dictionaries(
        {},
        optional={
            "matchLabels": st.dictionaries(st.just(key), value, max_size=1),
            "matchExpressions": st.lists(st.one_of(listed, bare), max_size=2),
        },
    )


def lists(element: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.lists(element, max_size=2)


PEERS = st.fixed_dictionaries({}, optional={"podSelector": selectors(), "namespaceSelector": selectors()})
NUMBERED = st.fixed_dictionaries(
    {"port": st.sampled_from([53, 80, 81])},
    optional={"protocol": st.sampled_from(["TCP", "UDP"]), "endPort": st.sampled_from([80, 81])},
)
OTHER_PORTS = st.fixed_dictionaries(
    {}, optional={"protocol": st.sampled_from(["TCP", "UDP"]), "port": st.sampled_from(["http", "dns"])}
)


def rules(peers: str) -> st.SearchStrategy[Any]:
    optional = {peers: lists(PEERS), "ports": lists(st.one_of(NUMBERED, OTHER_PORTS))}
    return lists(st.fixed_dictionaries({}, optional=optional))


POLICIES = st.builds(
    lambda namespace, spec: {
        "kind": "NetworkPolicy",
        "metadata": {"name": "p", "namespace": namespace},
        "spec": spec,
    },
    st.sampled_from(["shop", "staging"]),
    st.fixed_dictionaries(
        {"podSelector": selectors()},
        optional={
            "policyTypes": st.lists(st.sampled_from(["Ingress", "Egress"]), unique=True),
            "ingress": rules("from"),
            "egress": rules("to"),
        },
    ),
)


def admitted_values(selector: dict[str, Any]) -> set[str | None]:
    """Return what the label `app` may be, as a set: another way to say what a selector selects."""
    left = set(VALUES)
    for value in selector.get("matchLabels", {}).values():
        left &= {value}
    for expression in selector.get("matchExpressions", ()):
        named = set(expression.get("values", ()))
        left &= {
            "In": named,
            "NotIn": VALUES - named,
            "Exists": VALUES - {None},
            "DoesNotExist": {None},
        }[expression["operator"]]
    return left


def reached(peer: dict[str, Any], namespace: str) -> set[int]:
    if not peer:
        return set()
    found = set(range(len(PODS)))
    if "namespaceSelector" in peer:
        tiers = admitted_values(peer["namespaceSelector"])
        found = {each for each in found if PODS[each].namespace_labels["app"] in tiers}
    else:
        found = {each for each in found if PODS[each].namespace == namespace}
    if "podSelector" in peer:
        apps = admitted_values(peer["podSelector"])
        found = {each for each in found if PODS[each].labels.get("app") in apps}
    return found


def opened(port: dict[str, Any]) -> set[tuple[int, str]]:
    protocol = port.get("protocol", "TCP")
    first = port.get("port")
    if first is None:
        return {each for each in PORTS if each[1] == protocol}
    if isinstance(first, str):
        return {{"http": (80, "TCP"), "dns": (53, "UDP")}[first]} & {(80, protocol), (53, protocol)}
    return {(number, protocol) for number in range(first, port.get("endPort", first) + 1)}


def flows(policies: list[dict[str, Any]], direction: str) -> set[Tuple]:
    """Return every flow that may pass, by taking away what is isolated and adding what rules open."""
    everybody = set(range(len(PODS)))
    isolated: set[int] = set()
    added: set[Tuple] = set()
    for each in policies:
        spec, namespace = each["spec"], each["metadata"]["namespace"]
        types = spec.get("policyTypes") or ["Ingress"] + ["Egress"] * bool(spec.get("egress"))
        if direction not in types:
            continue
        apps = admitted_values(spec["podSelector"])
        chosen = {pod for pod in everybody if PODS[pod].namespace == namespace and PODS[pod].labels.get("app") in apps}
        isolated |= chosen
        for rule in spec.get(direction.lower(), ()):
            peers = rule.get("to" if direction == "Egress" else "from")
            others = set().union(*(reached(peer, namespace) for peer in peers)) if peers else everybody
            ports = set().union(*map(opened, rule["ports"])) if rule.get("ports") else set(PORTS)
            for pod, other, (port, protocol) in product(chosen, others, ports):
                source, destination = (pod, other) if direction == "Egress" else (other, pod)
                added.add((source, destination, port, protocol))
    side = 0 if direction == "Egress" else 1
    every = {(*pair, *port) for pair, port in product(product(everybody, everybody), PORTS)}
    return {flow for flow in every if flow[side] not in isolated} | (added & every)


@settings(deadline=None, max_examples=150)
@given(policies=st.lists(POLICIES, max_size=3), direction=st.sampled_from(["Ingress", "Egress"]))
def test_the_permitted_connections_are_those_of_the_reference_implementation(
    policies: list[dict[str, Any]], direction: str
) -> None:
    expected, known = flows(policies, direction), Policies(policies)
    for source, destination, (port, protocol) in product(range(len(PODS)), range(len(PODS)), PORTS):
        connection = Connection(source=PODS[source], destination=PODS[destination], port=port, protocol=protocol)

        answer = not known.blocking(connection, direction)

        assert answer is ((source, destination, port, protocol) in expected)

"""The network rules agree with a second implementation of NetworkPolicy for generated policies and pods."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from network_policy import Pod, World

from kubestock.checks import judge

Manifest = dict[str, Any]

NAME = "kubernetes.io/metadata.name"
NAMESPACES = {"shop": {"tier": "a"}, "other": {"tier": "b"}}
ADDRESSES = ("10.244.1.5", "10.99.3.7")
"""Possible IPv4 addresses of pods: the result of a rule must be correct for each of them."""

RANGES = [
    {"cidr": "0.0.0.0/0"},
    {"cidr": "10.0.0.0/8"},
    {"cidr": "10.244.0.0/16", "except": ["10.244.9.0/24"]},
    {"cidr": "203.0.113.0/24"},
    {"cidr": "203.0.113.0/24", "except": ["203.0.113.8/29"]},
    {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]},
    {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]},
]


def selectors(key: str) -> st.SearchStrategy[Manifest]:
    """Return a few selectors, each of which selects some of the pods."""
    return st.sampled_from(
        [
            {},
            {"matchLabels": {key: "a"}},
            {"matchLabels": {key: "b"}},
            {"matchExpressions": [{"key": key, "operator": "In", "values": ["a", "c"]}]},
            {"matchExpressions": [{"key": key, "operator": "NotIn", "values": ["a"]}]},
            {"matchExpressions": [{"key": key, "operator": "Exists"}]},
            {"matchExpressions": [{"key": key, "operator": "DoesNotExist"}]},
            {"matchLabels": {key: "a"}, "matchExpressions": [{"key": key, "operator": "NotIn", "values": ["a"]}]},
        ]
    )


NAMED = st.sampled_from([{"matchLabels": {NAME: name}} for name in NAMESPACES])
BLOCKS = st.sampled_from([{"ipBlock": block} for block in RANGES])
PEERS = st.one_of(
    BLOCKS,
    st.builds(lambda pods: {"podSelector": pods}, selectors("app")),
    st.builds(lambda inside: {"namespaceSelector": inside}, st.one_of(selectors("tier"), NAMED)),
    st.builds(lambda pods, inside: {"podSelector": pods, "namespaceSelector": inside}, selectors("app"), NAMED),
)
PORTS = st.sampled_from(
    [
        {"port": "http"},
        {"port": "dns"},
        {"port": "http", "protocol": "UDP"},
        {},
        {"protocol": "UDP"},
        {"port": 3000},
        {"port": 443, "protocol": "UDP"},
        {"port": 80, "endPort": 2999},
        {"port": 80, "endPort": 4000},
        {"port": 3000, "endPort": 3000},
    ]
)


def rules(peers: str, most: int) -> st.SearchStrategy[list[Manifest]]:
    optional = {peers: st.lists(PEERS, min_size=1, max_size=most), "ports": st.lists(PORTS, max_size=1)}
    return st.lists(st.fixed_dictionaries({}, optional=optional), max_size=most)


def policy(namespace: str, spec: Manifest) -> Manifest:
    identity = {"name": "policy", "namespace": namespace}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": identity, "spec": spec}


def of_direction(direction: str, peers: str, kind: st.SearchStrategy[Manifest]) -> st.SearchStrategy[Manifest]:
    """Return policies for one direction with one peer; most of them permit or block a call."""
    optional = {"ports": st.lists(PORTS, max_size=2)}
    rule = st.fixed_dictionaries({peers: st.lists(kind, min_size=1, max_size=1)}, optional=optional)
    spec = {"podSelector": selectors("app"), "policyTypes": st.just([direction]), direction.lower(): st.tuples(rule)}
    return st.fixed_dictionaries(spec)


LOOSE = st.fixed_dictionaries(
    {"podSelector": selectors("app")},
    optional={
        "policyTypes": st.lists(st.sampled_from(["Ingress", "Egress"]), unique=True),
        "ingress": rules("from", 2),
        "egress": rules("to", 2),
    },
)
EGRESS, INGRESS = of_direction("Egress", "to", PEERS), of_direction("Ingress", "from", PEERS)
OUTSIDE = of_direction("Egress", "to", BLOCKS)
POLICIES = st.lists(
    st.builds(policy, st.sampled_from(sorted(NAMESPACES)), st.one_of(EGRESS, INGRESS, OUTSIDE, LOOSE)),
    min_size=1,
    max_size=2,
)
PLACES = st.tuples(st.sampled_from(sorted(NAMESPACES)), st.sampled_from(["a", "b", None]))
Place = tuple[str, str | None]


def labels_of(place: Place, name: str) -> dict[str, str]:
    own = {"name": name}
    return own if place[1] is None else {**own, "app": place[1]}


def pod(name: str, place: Place, **container: object) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": place[0], "labels": labels_of(place, name)},
        "spec": {"containers": [{"name": name, "image": f"shop/{name}:1.0", **container}]},
    }


def manifests(policies: list[Manifest], caller: Place, callee: Place, target: object) -> list[Manifest]:
    namespaces = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        for name, labels in NAMESPACES.items()
    ]
    service = {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": "callee", "namespace": callee[0]},
        "spec": {"selector": {"name": "callee"}, "ports": [{"port": 80, "targetPort": target}]},
    }
    variable = {"name": "CALLEE_URL", "value": f"http://callee.{callee[0]}.svc"}
    ports = [{"name": "http", "containerPort": 3000}, {"name": "dns", "containerPort": 53, "protocol": "UDP"}]
    return [
        *namespaces,
        *policies,
        service,
        pod("caller", caller, env=[variable]),
        pod("callee", callee, ports=ports),
    ]


def verdicts(policies: list[Manifest], caller: Place, callee: Place) -> set[tuple[bool, bool]]:
    """Return whether egress and ingress permit the call, for each pair of possible addresses of the two pods."""
    world = World(policies, {name: {**labels, NAME: name} for name, labels in NAMESPACES.items()})
    found = set()
    for own in ADDRESSES:
        for other in ADDRESSES:
            source = Pod(caller[0], tuple(labels_of(caller, "caller").items()), own)
            ports = (("http", 3000, "TCP"), ("dns", 53, "UDP"))
            destination = Pod(callee[0], tuple(labels_of(callee, "callee").items()), other, ports)
            found.add((world.leaves(source, destination, 3000, "TCP"), world.enters(source, destination, 3000, "TCP")))
    return found


@settings(deadline=None, max_examples=600)
@given(
    policies=POLICIES,
    caller=PLACES,
    callee=PLACES,
    target=st.sampled_from(["http", 3000]),
)
def test_a_call_is_blocked_if_the_specification_blocks_it(
    policies: list[Manifest], caller: Place, callee: Place, target: object
) -> None:
    judgement = judge(manifests(policies, caller, callee, target))
    messages = {each.message for each in judgement.findings if each.rule == "call-blocked"}
    not_checked = {each.message for each in judgement.not_checked if each.rule == "call-blocked"}

    expected = verdicts(policies, caller, callee)
    for position, word in enumerate(("egress", "ingress")):
        answers = {each[position] for each in expected}
        blocked = any(f"but {word} is blocked" in each for each in messages)
        unknown = any(f"and {word} is permitted for an address range" in each for each in not_checked)
        assert not (blocked and True in answers)
        assert not (False in answers and not blocked and not unknown)


@settings(deadline=None, max_examples=400)
@given(
    policies=POLICIES,
    caller=PLACES,
    address=st.sampled_from(["203.0.113.9", "198.51.100.7"]),
)
def test_a_call_to_an_external_address_is_blocked_if_the_specification_blocks_it(
    policies: list[Manifest], caller: Place, address: str
) -> None:
    chart = manifests(policies, caller, ("other", None), 3000)
    chart[-2] = pod("caller", caller, env=[{"name": "OUTSIDE_URL", "value": f"https://{address}"}])
    blocked = any(each.rule == "egress-blocked" for each in judge(chart).findings)

    world = World(policies, {name: {**labels, NAME: name} for name, labels in NAMESPACES.items()})
    source = Pod(caller[0], tuple(labels_of(caller, "caller").items()), ADDRESSES[0])
    # An external host is in no namespace, so only its address can match a peer.
    outside = Pod("outside", (), address)
    world.namespaces["outside"] = {}
    kept = World([addressed(each) for each in policies], world.namespaces)

    assert blocked is not kept.leaves(source, outside, 443, "TCP")


@settings(deadline=None, max_examples=300)
@given(policies=POLICIES, callee=PLACES)
def test_a_load_balancer_is_blocked_if_no_address_is_permitted(policies: list[Manifest], callee: Place) -> None:
    chart = manifests(policies, ("other", None), callee, 3000)
    next(each for each in chart if each["kind"] == "Service")["spec"]["type"] = "LoadBalancer"
    blocked = any(each.rule == "load-balancer-blocked" for each in judge(chart).findings)

    world = World([ingress_addressed(each) for each in policies], {"outside": {}, **NAMESPACES})
    destination = Pod(callee[0], tuple(labels_of(callee, "callee").items()), ADDRESSES[0], (("http", 3000, "TCP"),))
    clients = ("203.0.113.1", "203.0.113.9", "198.51.100.7", "10.244.1.1", "10.99.0.1")
    entering = [world.enters(Pod("outside", (), each), destination, 3000, "TCP") for each in clients]
    assert blocked is not any(entering)


@settings(deadline=None, max_examples=300)
@given(policies=POLICIES, caller=PLACES)
def test_dns_is_blocked_only_if_the_cluster_dns_cannot_be_reached(policies: list[Manifest], caller: Place) -> None:
    system = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "kube-system", "labels": {"tier": "a"}}}
    found = judge([*manifests(policies, caller, ("other", None), 3000), system]).findings
    of_caller = [each for each in found if each.rule == "dns-blocked" and "/caller" in each.object]
    transports = {each.message.rpartition(" ")[2] for each in of_caller}

    labels = {**NAMESPACES, "kube-system": {"tier": "a"}}
    world = World(policies, {name: {**own, NAME: name} for name, own in labels.items()})
    source = Pod(caller[0], tuple(labels_of(caller, "caller").items()), ADDRESSES[0])
    ports = (("dns", 53, "UDP"), ("dns-tcp", 53, "TCP"))
    resolver = Pod("kube-system", (("k8s-app", "kube-dns"),), "10.96.0.10", ports)
    for transport in ("UDP", "TCP"):
        assert not (transport in transports and world.leaves(source, resolver, 53, transport))


def ingress_addressed(policy: Manifest) -> Manifest:
    """Return a policy without ingress peers that are pods; it isolates the same pods."""
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    turned = [{"to": rule.get("from", []), **rule} for rule in spec.get("ingress", [])]
    kept = [{"from": rule.get("to", []), "ports": rule.get("ports", [])} for rule in only_addresses(turned)]
    return {**policy, "spec": {**spec, "policyTypes": types, "ingress": kept}}


def addressed(policy: Manifest) -> Manifest:
    """Return a policy without egress peers that are pods; it isolates the same pods."""
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    return {**policy, "spec": {**spec, "policyTypes": types, "egress": only_addresses(spec.get("egress", []))}}


def only_addresses(egress: list[Manifest]) -> list[Manifest]:
    """Return the rules without the peers that are pods; a rule without any other peer is removed."""
    kept = []
    for rule in egress:
        blocks = [each for each in rule.get("to", []) if "ipBlock" in each]
        if blocks or not rule.get("to"):
            kept.append({**rule, "to": blocks} if blocks else rule)
    return kept

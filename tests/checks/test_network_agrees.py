"""The network rules agree with a second reading of NetworkPolicy on generated policies and pods."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from network_policy import Pod, World

from kubestock.checks import judge

Manifest = dict[str, Any]

NAME = "kubernetes.io/metadata.name"
NAMESPACES = {"shop": {"tier": "a"}, "other": {"tier": "b"}}
ADDRESSES = ("10.244.1.5", "10.99.3.7")
"""Where pods may be, of one family: what a rule says of a call must be true at either address."""

RANGES = [
    {"cidr": "0.0.0.0/0"},
    {"cidr": "10.0.0.0/8"},
    {"cidr": "10.244.0.0/16", "except": ["10.244.9.0/24"]},
    {"cidr": "203.0.113.0/24"},
    {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]},
    {"cidr": "0.0.0.0/0", "except": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]},
]
APPS = st.sampled_from(["a", "b", "c"])


def selectors(key: str) -> st.SearchStrategy[Manifest]:
    listed = st.builds(
        lambda operator, values: {"key": key, "operator": operator, "values": values},
        st.sampled_from(["In", "NotIn"]),
        st.lists(APPS, min_size=1, max_size=2),
    )
    bare = st.sampled_from(["Exists", "DoesNotExist"]).map(lambda operator: {"key": key, "operator": operator})
    labels = st.dictionaries(st.just(key), APPS, max_size=1)
    return st.fixed_dictionaries(
        {}, optional={"matchLabels": labels, "matchExpressions": st.lists(st.one_of(listed, bare), max_size=1)}
    )


NAMED = st.sampled_from([{"matchLabels": {NAME: name}} for name in NAMESPACES])
PEERS = st.one_of(
    st.sampled_from(RANGES).map(lambda block: {"ipBlock": block}),
    st.fixed_dictionaries(
        {}, optional={"podSelector": selectors("app"), "namespaceSelector": st.one_of(selectors("tier"), NAMED)}
    ).filter(bool),
)
PORTS = st.one_of(
    st.fixed_dictionaries({"port": st.sampled_from(["http", "dns"])}),
    st.fixed_dictionaries({}, optional={"protocol": st.sampled_from(["TCP", "UDP"])}),
    st.fixed_dictionaries(
        {"port": st.sampled_from([53, 80, 3000])},
        optional={"protocol": st.sampled_from(["TCP", "UDP"]), "endPort": st.sampled_from([3000, 4000])},
    ),
)


def rules(peers: str) -> st.SearchStrategy[list[Manifest]]:
    optional = {peers: st.lists(PEERS, max_size=2), "ports": st.lists(PORTS, max_size=2)}
    return st.lists(st.fixed_dictionaries({}, optional=optional), max_size=2)


POLICIES = st.builds(
    lambda namespace, spec: {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "policy", "namespace": namespace},
        "spec": spec,
    },
    st.sampled_from(sorted(NAMESPACES)),
    st.fixed_dictionaries(
        {"podSelector": selectors("app")},
        optional={
            "policyTypes": st.lists(st.sampled_from(["Ingress", "Egress"]), unique=True),
            "ingress": rules("from"),
            "egress": rules("to"),
        },
    ),
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
    """Return whether the call leaves and whether it enters, at each address that the two pods may have."""
    world = World(policies, {name: {**labels, NAME: name} for name, labels in NAMESPACES.items()})
    found = set()
    for own in ADDRESSES:
        for other in ADDRESSES:
            source = Pod(caller[0], tuple(labels_of(caller, "caller").items()), own)
            ports = (("http", 3000, "TCP"), ("dns", 53, "UDP"))
            destination = Pod(callee[0], tuple(labels_of(callee, "callee").items()), other, ports)
            found.add((world.leaves(source, destination, 3000, "TCP"), world.enters(source, destination, 3000, "TCP")))
    return found


@settings(deadline=None, max_examples=400)
@given(policies=st.lists(POLICIES, max_size=3), caller=PLACES, callee=PLACES, target=st.sampled_from(["http", 3000]))
def test_a_call_is_blocked_where_the_specification_says_so(
    policies: list[Manifest], caller: Place, callee: Place, target: object
) -> None:
    said = judge(manifests(policies, caller, callee, target))
    told = {each.message for each in said.findings if each.rule == "call-blocked"}
    unsure = {each.message for each in said.unjudged if each.rule == "call-blocked"}

    expected = verdicts(policies, caller, callee)
    for position, word in enumerate(("egress", "ingress")):
        answers = {each[position] for each in expected}
        blocked = any(f"but {word} is blocked" in each for each in told)
        unknown = any(f"and {word} is permitted by range" in each for each in unsure)
        assert not (blocked and True in answers)
        assert not (False in answers and not blocked and not unknown)


@settings(deadline=None, max_examples=200)
@given(policies=st.lists(POLICIES, max_size=3), caller=PLACES, address=st.sampled_from(["203.0.113.9", "198.51.100.7"]))
def test_a_call_of_an_address_outside_is_blocked_where_the_specification_says_so(
    policies: list[Manifest], caller: Place, address: str
) -> None:
    chart = manifests(policies, caller, ("other", None), 3000)
    chart[-2] = pod("caller", caller, env=[{"name": "OUTSIDE_URL", "value": f"https://{address}"}])
    blocked = any(each.rule == "egress-blocked" for each in judge(chart).findings)

    world = World(policies, {name: {**labels, NAME: name} for name, labels in NAMESPACES.items()})
    source = Pod(caller[0], tuple(labels_of(caller, "caller").items()), ADDRESSES[0])
    # A host outside is in no namespace, so only its address can make it a peer.
    outside = Pod("outside", (), address)
    world.namespaces["outside"] = {}
    kept = World([addressed(each) for each in policies], world.namespaces)

    assert blocked is not kept.leaves(source, outside, 443, "TCP")


def addressed(policy: Manifest) -> Manifest:
    """Return a policy without the peers that are pods, which isolates as before."""
    spec = policy["spec"]
    types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
    return {**policy, "spec": {**spec, "policyTypes": types, "egress": only_addresses(spec.get("egress", []))}}


def only_addresses(egress: list[Manifest]) -> list[Manifest]:
    """Return the rules without the peers that are pods; one that names no other peer matches nothing."""
    kept = []
    for rule in egress:
        blocks = [each for each in rule.get("to", []) if "ipBlock" in each]
        if blocks or not rule.get("to"):
            kept.append({**rule, "to": blocks} if blocks else rule)
    return kept

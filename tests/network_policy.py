"""A second reading of NetworkPolicy, sentence by sentence from its API reference, for pods with addresses.

It shares no code with the rules, and is slow: it looks at one connection at a time.

See https://kubernetes.io/docs/reference/kubernetes-api/networking/network-policy-v1/
"""

import ipaddress
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Pod:
    """A pod that runs: where it is, what its labels are, at which address, and which ports it names."""

    namespace: str
    labels: tuple[tuple[str, str], ...]
    address: str
    ports: tuple[tuple[str, int, str], ...] = ()


@dataclass(frozen=True)
class World:
    """The policies of a cluster, and the labels of its namespaces."""

    policies: list[Object]
    namespaces: dict[str, dict[str, str]]

    def permits(self, source: Pod, destination: Pod, port: int, protocol: str) -> bool:
        """A connection must be allowed by the egress of its source and by the ingress of its destination."""
        return self.leaves(source, destination, port, protocol) and self.enters(source, destination, port, protocol)

    def leaves(self, source: Pod, destination: Pod, port: int, protocol: str) -> bool:
        return self._allows("Egress", source, destination, destination, port, protocol)

    def enters(self, source: Pod, destination: Pod, port: int, protocol: str) -> bool:
        return self._allows("Ingress", destination, source, destination, port, protocol)

    def _allows(self, direction: str, subject: Pod, peer: Pod, listening: Pod, port: int, protocol: str) -> bool:
        # A direction in which no policy selects the pod is open.
        applying = [each for each in self.policies if self._applies(each, subject, direction)]
        if not applying:
            return True
        # Policies add up: what one rule of one of them allows is allowed.
        return any(
            self._rule_allows(rule, policy, direction, peer, listening, port, protocol)
            for policy in applying
            for rule in policy["spec"].get(direction.lower()) or []
        )

    def _applies(self, policy: Object, pod: Pod, direction: str) -> bool:
        spec = policy["spec"]
        # Without policyTypes a policy is for ingress, and for egress only if it has egress rules.
        types = spec.get("policyTypes") or (["Ingress", "Egress"] if spec.get("egress") else ["Ingress"])
        # It selects pods of its own namespace only, and all of them with an empty selector.
        here = policy["metadata"]["namespace"] == pod.namespace
        return direction in types and here and selects(spec["podSelector"], dict(pod.labels))

    def _rule_allows(
        self, rule: Object, policy: Object, direction: str, peer: Pod, listening: Pod, port: int, protocol: str
    ) -> bool:
        peers = rule.get("from" if direction == "Ingress" else "to")
        # A rule that lists no peer is for all of them.
        of_peer = not peers or any(self._is_peer(each, policy, peer) for each in peers)
        # A rule that lists no port is for all of them.
        of_port = not rule.get("ports") or any(is_port(each, listening, port, protocol) for each in rule["ports"])
        return of_peer and of_port

    def _is_peer(self, peer: Object, policy: Object, pod: Pod) -> bool:
        if "ipBlock" in peer:
            # A block is a range without its exceptions.
            inside = within(pod.address, peer["ipBlock"]["cidr"])
            return inside and not any(within(pod.address, hole) for hole in peer["ipBlock"].get("except") or [])
        if "namespaceSelector" not in peer and "podSelector" not in peer:
            return False
        if "namespaceSelector" in peer:
            # Both selectors together mean these pods in these namespaces.
            if not selects(peer["namespaceSelector"], self.namespaces[pod.namespace]):
                return False
        elif pod.namespace != policy["metadata"]["namespace"]:
            # A pod selector without a namespace selector selects pods in the namespace of the policy.
            return False
        return "podSelector" not in peer or selects(peer["podSelector"], dict(pod.labels))


def selects(selector: Object, labels: dict[str, str]) -> bool:
    """Whether all requirements hold; of an empty selector, all do."""
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for each in selector.get("matchExpressions") or []:
        key, values = each["key"], each.get("values") or []
        verdict = {
            "In": key in labels and labels[key] in values,
            "NotIn": key not in labels or labels[key] not in values,
            "Exists": key in labels,
            "DoesNotExist": key not in labels,
        }[each["operator"]]
        if not verdict:
            return False
    return True


def is_port(rule: Object, listening: Pod, port: int, protocol: str) -> bool:
    """Whether an entry of `ports` is of a port at which a pod listens."""
    # An entry that names no protocol is for TCP.
    if rule.get("protocol", "TCP") != protocol:
        return False
    wanted: Any = rule.get("port")
    # One that names no port is for all ports of the protocol.
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return (wanted, port, protocol) in listening.ports
    # A number alone is a range of one.
    last: int = rule.get("endPort", wanted)
    return bool(wanted <= port <= last)


def within(address: str, cidr: str) -> bool:
    """Whether an address is in a range."""
    known, network = ipaddress.ip_address(address), ipaddress.ip_network(cidr)
    return known.version == network.version and known in network

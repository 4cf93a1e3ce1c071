"""Whether ranges of addresses can be read."""

import ipaddress
from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@rule(
    "invalid-cidr",
    title="A range of addresses is malformed",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: database}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress: [{to: [{ipBlock: {cidr: 10.0.0.0/33}}]}]
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: database}
        spec:
          podSelector: {}
          policyTypes: [Egress]
          egress: [{to: [{ipBlock: {cidr: 10.0.0.0/16, except: [10.0.9.0/24]}}]}]
    """,
)
def invalid_cidr(inventory: Inventory) -> Iterator[Problem]:
    """The API server refuses the object. What is excepted must be inside the range, and not all of it."""
    for found in parts_of_type(inventory, "IPBlock"):
        given = documents.text(found.value, "cidr")
        block = _network(given)
        if given and block is None:
            yield found.problem(
                f"cidr must be a range such as 10.0.0.0/8, got {given!r}", fix="correct it", field=("cidr",)
            )
        for position, hole in enumerate(documents.sequence(found.value, "except")):
            wrong = _wrong_hole(block, hole) if isinstance(hole, str) else ""
            if wrong:
                yield found.problem(wrong, fix="correct it", field=("except", position))
    for found in parts_of_type(inventory, "ServiceSpec"):
        for position, source in enumerate(documents.texts(found.value, "loadBalancerSourceRanges")):
            if _network(source.strip()) is None:
                message = f"loadBalancerSourceRanges must hold ranges such as 10.0.0.0/8, got {source!r}"
                yield found.problem(message, fix="correct it", field=("loadBalancerSourceRanges", position))


@rule(
    "invalid-address",
    title="An address is malformed",
    source="https://kubernetes.io/docs/concepts/services-networking/service/#choosing-your-own-ip-address",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          hostAliases: [{ip: 10.0.0, hostnames: [database]}]
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          hostAliases: [{ip: 10.0.0.7, hostnames: [database]}]
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
)
def invalid_address(inventory: Inventory) -> Iterator[Problem]:
    """The API server refuses the object: an address is four numbers from 0 to 255, or one of IPv6."""
    for part, fields in _ADDRESSES.items():
        for found in parts_of_type(inventory, part):
            for path, free in fields.items():
                given = documents.at(found.value, *path)
                for address in given if isinstance(given, list | tuple) else (given,):
                    if isinstance(address, str) and address not in free and not _is_address(address):
                        message = f"{'.'.join(path)} must be an address such as 10.0.0.7, got {address!r}"
                        yield found.problem(message, fix="correct it", field=path)


_ADDRESSES: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]] = {
    "ServiceSpec": {("clusterIP",): ("", "None"), ("clusterIPs",): ("None",), ("externalIPs",): ()},
    "HostAlias": {("ip",): ()},
    "PodSpec": {("dnsConfig", "nameservers"): ()},
}
"""Where addresses stand, and which other texts are accepted there."""


def _is_address(given: str) -> bool:
    try:
        ipaddress.ip_address(given)
    except ValueError:
        return False
    return True


def _wrong_hole(block: _Network | None, hole: str) -> str:
    inside = _network(hole)
    if inside is None:
        return f"except must hold ranges such as 10.0.9.0/24, got {hole!r}"
    if block is None or (inside.version == block.version and inside != block and inside.subnet_of(block)):  # type: ignore[arg-type]  # of one version
        return ""
    return f"except must hold ranges inside {block}, got {hole!r}"


def _network(given: str) -> _Network | None:
    # Kubernetes takes an address with bits beyond its prefix, but wants the prefix.
    if "/" not in given or not given.rpartition("/")[2].isdigit():
        return None
    try:
        return ipaddress.ip_network(given, strict=False)
    except ValueError:
        return None

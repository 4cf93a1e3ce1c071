"""Rules about addresses and address ranges."""

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
    title="An address range is invalid",
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
    """The API server rejects the object. The ranges in `except` must be smaller than the range, and inside it."""
    for found in parts_of_type(inventory, "IPBlock"):
        given = documents.text(found.value, "cidr")
        block = _network(given)
        if given and block is None:
            yield found.problem(
                f"cidr must be a range such as 10.0.0.0/8, got {given!r}", fix="correct it", field=("cidr",)
            )
        for position, exception in enumerate(documents.sequence(found.value, "except")):
            error = _error_exception(block, exception) if isinstance(exception, str) else ""
            if error:
                yield found.problem(error, fix="correct it", field=("except", position))
    for found in parts_of_type(inventory, "ServiceSpec"):
        for position, source in enumerate(documents.texts(found.value, "loadBalancerSourceRanges")):
            if _network(source.strip()) is None:
                message = f"loadBalancerSourceRanges must contain ranges such as 10.0.0.0/8, got {source!r}"
                yield found.problem(message, fix="correct it", field=("loadBalancerSourceRanges", position))


@rule(
    "invalid-address",
    title="An IP address is invalid",
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
    """The API server rejects the object. A valid address is an IPv4 address such as 10.0.0.7, or an IPv6 address."""
    for part, fields in _ADDRESSES.items():
        for found in parts_of_type(inventory, part):
            for path, free in fields.items():
                given = documents.at(found.value, *path)
                for address in given if isinstance(given, list | tuple) else (given,):
                    if isinstance(address, str) and address not in free and not _is_address(address):
                        message = f"{'.'.join(path)} must be an IP address such as 10.0.0.7, got {address!r}"
                        yield found.problem(message, fix="correct it", field=path)


_ADDRESSES: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]] = {
    "ServiceSpec": {("clusterIP",): ("", "None"), ("clusterIPs",): ("None",), ("externalIPs",): ()},
    "HostAlias": {("ip",): ()},
    "PodSpec": {("dnsConfig", "nameservers"): ()},
}
"""The fields with addresses, and the other texts that they accept."""


def _is_address(given: str) -> bool:
    try:
        ipaddress.ip_address(given)
    except ValueError:
        return False
    return True


def _error_exception(block: _Network | None, exception: str) -> str:
    inside = _network(exception)
    if inside is None:
        return f"except must contain ranges such as 10.0.9.0/24, got {exception!r}"
    if block is None or (inside.version == block.version and inside != block and inside.subnet_of(block)):  # type: ignore[arg-type]  # of one version
        return ""
    return f"except must contain ranges inside {block}, got {exception!r}"


def _network(given: str) -> _Network | None:
    # Kubernetes accepts host bits after the prefix, but requires the prefix length.
    if "/" not in given or not given.rpartition("/")[2].isdigit():
        return None
    try:
        return ipaddress.ip_network(given, strict=False)
    except ValueError:
        return None

"""Whether the calls that the environment announces get through."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from kubestock.checks.environment import announced
from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload, reference
from kubestock.checks.network import number_of, protocol, target_port
from kubestock.checks.policies import Connection, Endpoint, Policies
from kubestock.values import documents
from kubestock.values.documents import Document

BLOCKED = "call-blocked"
_DEFAULT_PORTS = {"http": 80, "https": 443}
_IN_CLUSTER = re.compile(r"(?P<name>[^.]+)(\.(?P<namespace>[^.]+)(?P<svc>\.svc(\.cluster\.local)?)?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    variable: str
    name: str
    namespace: str
    port: int
    surely_inside: bool


def call_to_nothing(inventory: Inventory) -> Iterator[Finding]:
    """A host without a dot is looked up in the caller's namespace, and no Service has that name.

    See https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/
    """
    for workload, call in inventory.derived(_calls):
        known = inventory.find("Service", call.namespace, call.name)
        provided = inventory.provides("Service", call.namespace, call.name)
        if call.surely_inside and known is None and not provided:
            yield workload.finding(
                "call-to-nothing",
                f"{call.variable} calls {call.name!r} in namespace {call.namespace!r}, where the chart has "
                "no such Service; correct the name, or declare the Service as provided",
            )


def call_blocked(inventory: Inventory) -> Iterator[Finding]:
    """A call to a port that a Service lacks is refused; one that a policy blocks waits for its timeout.

    See https://kubernetes.io/docs/concepts/services-networking/network-policies/
    """
    for workload, call in inventory.derived(_calls):
        service = inventory.find("Service", call.namespace, call.name)
        if service is None or documents.text(service, "spec", "type") == "ExternalName":
            continue
        headless = documents.at(service, "spec", "clusterIP") == "None"
        # The name of a headless Service leads to the pods themselves, so its own ports play no part.
        asked = {"port": call.port} if headless else _port_of(service, call.port)
        if asked is None:
            ports = documents.mappings(service, "spec", "ports")
            has = ", ".join(f"{number_of(each, 'port')} ({protocol(each)})" for each in ports) or "none"
            yield workload.finding(
                BLOCKED,
                f"{call.variable} calls port {call.port} of {reference(service)}, which has {has}; correct the port",
            )
            continue
        for callee in inventory.behind(service):
            if headless and target_port(callee, asked) is None:
                yield workload.finding(
                    BLOCKED,
                    f"{call.variable} calls port {call.port} of the headless {reference(service)}, which "
                    f"leads to the pods of {callee.reference} themselves, and they do not declare it; "
                    f"call a port of theirs",
                )
            yield from _refused(inventory, workload, callee, call, asked)


def dns_blocked(inventory: Inventory) -> Iterator[Finding]:
    """A pod that cannot reach the cluster's resolver finds nobody by name; long answers come by TCP.

    See https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-egress-traffic
    """
    known, resolver_pods = inventory.derived(_known_policies), _dns(inventory)
    for workload in inventory.workloads:
        resolver = documents.text(workload.spec, "dnsPolicy") or "ClusterFirst"
        if workload.on_host_network or not resolver.startswith("ClusterFirst"):
            continue
        source = inventory.derived(_endpoints)[workload]
        for transport in ("UDP", "TCP"):
            connection = Connection(source=source, destination=resolver_pods, port=53, protocol=transport)
            blocked = known.blocking(connection, "Egress")
            if blocked and not _resolves_elsewhere(known, source, transport):
                yield workload.finding(
                    "dns-blocked",
                    f"NetworkPolicy {_names(blocked)} blocks DNS over {transport}; permit egress to port 53, "
                    "UDP and TCP, in the namespace kube-system",
                )


def _resolves_elsewhere(known: Policies, source: Endpoint, transport: str) -> bool:
    """Whether a policy opens the port of a resolver that is not in kube-system: of OpenShift, or at an address."""
    for policy in known.isolating(source, "Egress"):
        for rule in documents.mappings(policy, "spec", "egress"):
            peers = documents.mappings(rule, "to")
            named = any("ipBlock" in each or _is_openshift(each) for each in peers)
            if named and any(_is_dns(port, transport) for port in documents.mappings(rule, "ports")):
                return True
    return False


def _is_openshift(peer: Document) -> bool:
    return documents.text(peer, "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") == "openshift-dns"


def _is_dns(port: Document, transport: str) -> bool:
    return documents.at(port, "port") in (53, 5353) and protocol(port) == transport


def _port_of(service: Document, number: int) -> Document | None:
    for port in documents.mappings(service, "spec", "ports"):
        if documents.at(port, "port") == number and protocol(port) == "TCP":
            return port
    return None


def _refused(
    inventory: Inventory, caller: Workload, callee: Workload, call: _Call, port: Document
) -> Iterator[Finding]:
    number = target_port(callee, port)
    if number is None or caller.on_host_network or callee.on_host_network:
        return
    endpoints = inventory.derived(_endpoints)
    connection = Connection(source=endpoints[caller], destination=endpoints[callee], port=number)
    for direction, mend in (
        ("Egress", f"permit egress from {caller.name} to the pods of {callee.name}"),
        ("Ingress", f"permit ingress to {callee.name} from the pods of {caller.name}"),
    ):
        blocked = inventory.derived(_known_policies).blocking(connection, direction)
        if blocked:
            yield caller.finding(
                BLOCKED,
                f"{call.variable} calls {callee.reference} on TCP {number}, but {direction.lower()} is "
                f"blocked by NetworkPolicy {_names(blocked)}; {mend} on that port",
            )


def _calls(inventory: Inventory) -> list[tuple[Workload, _Call]]:
    found = []
    for workload in inventory.workloads:
        calls = (
            _read(variable, value, workload.namespace)
            for container in workload.containers
            for variable, value in announced(inventory, workload.namespace, container).items()
        )
        unique = dict.fromkeys(call for call in calls if call is not None)
        found += [(workload, call) for call in unique if not _is_own(inventory, workload, call)]
    return found


def _is_own(inventory: Inventory, workload: Workload, call: _Call) -> bool:
    # A program is told its own address to announce it to others, not to call itself.
    service = inventory.find("Service", call.namespace, call.name)
    return service is not None and workload in inventory.behind(service)


def _read(variable: str, value: str, namespace: str) -> _Call | None:
    if re.search(r"\s|\$\(", value):
        return None
    try:
        url = urlsplit(value)
        host, port = url.hostname or "", url.port
    except ValueError:
        return None
    found = _IN_CLUSTER.fullmatch(host.removesuffix("."))
    if url.scheme not in _DEFAULT_PORTS or found is None or host == "localhost" or ":" in host:
        return None
    return _Call(
        variable=variable,
        name=found["name"],
        namespace=found["namespace"] or namespace,
        port=_DEFAULT_PORTS[url.scheme] if port is None else port,
        surely_inside=found["namespace"] is None,
    )


def _known_policies(inventory: Inventory) -> Policies:
    return Policies(inventory.of_kind("NetworkPolicy"))


def _endpoints(inventory: Inventory) -> dict[Workload, Endpoint]:
    return {
        workload: Endpoint(
            namespace=workload.namespace,
            namespace_labels=inventory.namespace_labels(workload.namespace),
            labels=workload.labels,
            ports=tuple(workload.ports),
        )
        for workload in inventory.workloads
    }


def _dns(inventory: Inventory) -> Endpoint:
    return Endpoint(
        namespace="kube-system",
        namespace_labels=inventory.namespace_labels("kube-system"),
        labels={"k8s-app": "kube-dns"},
        ports=(
            {"name": "dns", "containerPort": 53, "protocol": "UDP"},
            {"name": "dns-tcp", "containerPort": 53, "protocol": "TCP"},
        ),
    )


def _names(blocked: list[Document]) -> str:
    return ", ".join(documents.name(policy) for policy in blocked)

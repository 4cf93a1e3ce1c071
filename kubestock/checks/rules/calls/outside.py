"""Rules about calls to hosts that are not in the manifests."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, UnknownHost, read_calls, service_of
from kubestock.checks.facts.connections import endpoints
from kubestock.checks.facts.environment import known_variables
from kubestock.checks.facts.external_peers import ExternalPeer, blocking_policies
from kubestock.checks.facts.hosts import resolve_host
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})


@rule(
    "egress-blocked",
    title="A call to a host outside the manifests is blocked",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/#behavior-of-to-and-from-selectors",
    fails="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {matchLabels: {app: orders}}
          policyTypes: [Egress]
          egress:
            - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
            - to: [{ipBlock: {cidr: 10.0.0.0/16}}]
              ports: [{port: 5432}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: PAYMENTS_URL, value: "https://payments.example.com"}]
    """,
    passes="""
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: orders}
        spec:
          podSelector: {matchLabels: {app: orders}}
          policyTypes: [Egress]
          egress:
            - ports: [{protocol: UDP, port: 53}, {protocol: TCP, port: 53}]
            - to: [{ipBlock: {cidr: 0.0.0.0/0, except: [10.0.0.0/8]}}]
              ports: [{port: 443}]
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: PAYMENTS_URL, value: "https://payments.example.com"}]
    """,
)
def egress_blocked(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """The call times out: no rule of the policies that isolate the pod can permit it.

    The address of a host name is unknown before the call, so a rule that permits any address range at the port counts
    as one that permits the call.
    """
    calls = inventory.derived(read_calls)
    for workload, call in calls.calls:
        peers = _peers(inventory, call)
        if peers and not _is_proxied(inventory, workload, peers[0]):
            outside = f"{call.host.shown} on {'any port' if call.port is None else f'port {call.port}'}"
            yield from _blocked(inventory, workload, call, peers, f"{call.variable} calls {outside}")
    for workload, unknown in calls.unknown_hosts:
        if unknown.port is None:
            yield _unjudged(workload, unknown)
            continue
        peer = ExternalPeer(port=unknown.port, protocol=unknown.protocol or "TCP", anywhere=True)
        message = f"{unknown.variable} calls a host on port {unknown.port}"
        found = [*_blocked(inventory, workload, unknown, [peer], message)]
        yield from found
        if not found:
            yield _unjudged(workload, unknown)


def _peers(inventory: Inventory, call: Call) -> list[ExternalPeer]:
    """Return the peers that a call can reach; an empty list if its destination is in the manifests."""
    peer = _peer(inventory, call)
    if peer is None:
        return []
    name, dot, namespace = call.host.shown.partition(".")
    if not peer.namespace and peer.address is None and name and dot and "." not in namespace:
        # `name.namespace` can also be a Service, if the cluster has that namespace.
        return [peer, ExternalPeer(protocol=call.protocol, namespace=namespace)]
    return [peer]


def _peer(inventory: Inventory, call: Call) -> ExternalPeer | None:
    host = call.host
    if not call.certain and not host.name:
        return None  # a file can have hosts that other programs call, for example the page of a web server
    service = service_of(inventory, call)
    if service is not None:
        if documents.text(service, "spec", "type") != "ExternalName":
            return None
        found = resolve_host(inventory, host.namespace, documents.text(service, "spec", "externalName").lower())
        if found is None or found.name:
            return None
        host = found
    elif host.name and host.known_namespace:
        return None
    if host.name:
        # The pods behind the Service can listen at another port than the Service.
        return ExternalPeer(protocol=call.protocol, namespace=host.namespace)
    return ExternalPeer(port=call.port, protocol=call.protocol, address=host.address)


def _is_proxied(inventory: Inventory, workload: Workload, peer: ExternalPeer) -> bool:
    """Whether a proxy can make the call. In that case, egress to the proxy must be permitted instead."""
    if peer.namespace or peer.address is not None:
        return False
    known = (known_variables(inventory, workload.namespace, each) for each in workload.containers)
    return any(name.lower() in _PROXIES for variables in known for name in variables)


def _blocked(
    inventory: Inventory, workload: Workload, setting: Call | UnknownHost, peers: list[ExternalPeer], message: str
) -> Iterator[Problem]:
    if workload.on_host_network:
        return
    pods = inventory.derived(endpoints)[workload]
    blocked = [blocking_policies(inventory, pods, each, "Egress") for each in peers]
    policies = blocked[0]
    if all(blocked):
        yield workload.problem(
            f"{message}, but egress is blocked by NetworkPolicy {', '.join(map(documents.name, policies))}",
            fix="permit egress to this host on that port",
            part=setting.part,
            field=setting.field,
        )


def _unjudged(workload: Workload, unknown: UnknownHost) -> Unjudged:
    message = f"{unknown.variable} has a host that is unknown: {unknown.why}"
    return Unjudged(workload.document, message, part=unknown.part, field=unknown.field)

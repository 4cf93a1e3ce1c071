"""Whether the calls of what is not among the manifests may leave."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, Unread, reading, service_of
from kubestock.checks.facts.connections import endpoints
from kubestock.checks.facts.environment import known_variables
from kubestock.checks.facts.hosts import host_of
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.outside import Aim, blocking
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents

_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy"})


@rule(
    "egress-blocked",
    title="A call of something outside is blocked",
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
    """The call waits for its timeout: no rule of the policies that isolate the pod can permit it.

    The address of a host is known in the cluster only, so a rule that names any range at the port may permit it.
    """
    read = inventory.derived(reading)
    for workload, call in read.calls:
        aims = _aims(inventory, call)
        if aims and not _is_proxied(inventory, workload, aims[0]):
            outside = f"{call.host.shown} on {'any port' if call.port is None else f'port {call.port}'}"
            yield from _blocked(inventory, workload, call, aims, f"{call.variable} calls {outside}")
    for workload, unread in read.unread:
        if unread.port is None:
            yield _unjudged(workload, unread)
            continue
        aim = Aim(port=unread.port, transport=unread.protocol or "TCP", anywhere=True)
        message = f"{unread.variable} calls a host on port {unread.port}"
        found = [*_blocked(inventory, workload, unread, [aim], message)]
        yield from found
        if not found:
            yield _unjudged(workload, unread)


def _aims(inventory: Inventory, call: Call) -> list[Aim]:
    """Return what a call may be of, if it is of nothing among the manifests."""
    aim = _aim(inventory, call)
    if aim is None:
        return []
    name, dot, namespace = call.host.shown.partition(".")
    if not aim.namespace and aim.address is None and name and dot and "." not in namespace:
        # `name.namespace` is a Service, too, where the cluster has that namespace.
        return [aim, Aim(transport=call.protocol, namespace=namespace)]
    return [aim]


def _aim(inventory: Inventory, call: Call) -> Aim | None:
    host = call.host
    if not call.sure and not host.name:
        return None  # a file may name hosts for others: the page of a web server, for one
    service = service_of(inventory, call)
    if service is not None:
        if documents.text(service, "spec", "type") != "ExternalName":
            return None
        found = host_of(inventory, host.namespace, documents.text(service, "spec", "externalName").lower())
        if found is None or found.name:
            return None
        host = found
    elif host.name and host.known_namespace:
        return None
    if host.name:
        # The Service of another namespace may lead to another port of its pods.
        return Aim(transport=call.protocol, namespace=host.namespace)
    return Aim(port=call.port, transport=call.protocol, address=host.address)


def _is_proxied(inventory: Inventory, workload: Workload, aim: Aim) -> bool:
    """Whether a proxy may make the call: then it is the proxy that must be reached."""
    if aim.namespace or aim.address is not None:
        return False
    known = (known_variables(inventory, workload.namespace, each) for each in workload.containers)
    return any(name.lower() in _PROXIES for variables in known for name in variables)


def _blocked(
    inventory: Inventory, workload: Workload, told: Call | Unread, aims: list[Aim], message: str
) -> Iterator[Problem]:
    if workload.on_host_network:
        return
    pods = inventory.derived(endpoints)[workload]
    blocked = [blocking(inventory, pods, each, "Egress") for each in aims]
    policies = blocked[0]
    if all(blocked):
        yield workload.problem(
            f"{message}, but egress is blocked by NetworkPolicy {', '.join(map(documents.name, policies))}",
            fix="permit egress to it on that port",
            within=told.within,
            field=told.field,
        )


def _unjudged(workload: Workload, unread: Unread) -> Unjudged:
    message = f"{unread.variable} names a host that is not known: {unread.why}"
    return Unjudged(workload.document, message, within=unread.within, field=unread.field)

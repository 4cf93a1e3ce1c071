"""Whether the calls that the environment announces get through."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, calls
from kubestock.checks.facts.connections import endpoints, known_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.ports import number_of, protocol, target_port
from kubestock.checks.finding import Problem, reference
from kubestock.values import documents
from kubestock.values.documents import Document


@rule(
    "call-to-nothing",
    title="A program calls a Service that does not exist",
    source="https://kubernetes.io/docs/concepts/services-networking/dns-pod-service/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: INVENTORY_URL, value: "http://inventory"}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: INVENTORY_URL, value: "http://inventory"}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: inventory}
        spec: {type: ExternalName, externalName: inventory.example.com}
    """,
)
def call_to_nothing(inventory: Inventory) -> Iterator[Problem]:
    """A host without a dot is looked up in the caller's namespace, and no Service has that name."""
    for workload, call in inventory.derived(calls):
        known = inventory.find("Service", call.namespace, call.name)
        provided = inventory.provides("Service", call.namespace, call.name)
        if call.surely_inside and known is None and not provided:
            yield workload.problem(
                f"{call.variable} calls {call.name!r} in namespace {call.namespace!r}, where the chart has "
                "no such Service",
                fix="correct the name, or declare the Service as provided",
            )


@rule(
    "call-blocked",
    title="A call is refused or blocked",
    source="https://kubernetes.io/docs/concepts/services-networking/network-policies/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: INVENTORY_URL, value: "http://inventory:8080"}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: inventory}
        spec: {selector: {app: inventory}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: inventory, labels: {app: inventory}}
        spec: {containers: [{name: inventory, image: "shop/inventory:1.0", ports: [{containerPort: 3000}]}]}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: INVENTORY_URL, value: "http://inventory"}]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: inventory}
        spec: {selector: {app: inventory}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: inventory, labels: {app: inventory}}
        spec: {containers: [{name: inventory, image: "shop/inventory:1.0", ports: [{containerPort: 3000}]}]}
    """,
)
def call_blocked(inventory: Inventory) -> Iterator[Problem]:
    """A call to a port that a Service lacks is refused; one that a policy blocks waits for its timeout."""
    for workload, call in inventory.derived(calls):
        service = inventory.find("Service", call.namespace, call.name)
        if service is None or documents.text(service, "spec", "type") == "ExternalName":
            continue
        headless = documents.at(service, "spec", "clusterIP") == "None"
        # The name of a headless Service leads to the pods themselves, so its own ports play no part.
        port = {"port": call.port} if headless else _port_of(service, call.port)
        if port is None:
            yield _port_lacking(workload, call, service)
            continue
        for callee in inventory.behind(service):
            if headless and target_port(callee, port) is None:
                yield workload.problem(
                    f"{call.variable} calls port {call.port} of the headless {reference(service)}, which "
                    f"leads to the pods of {callee.reference} themselves, and they do not declare it",
                    fix="call a port of theirs",
                )
            yield from _blocked(inventory, workload, callee, call, port)


def _port_of(service: Document, number: int) -> Document | None:
    for port in documents.mappings(service, "spec", "ports"):
        if documents.at(port, "port") == number and protocol(port) == "TCP":
            return port
    return None


def _port_lacking(workload: Workload, call: Call, service: Document) -> Problem:
    ports = documents.mappings(service, "spec", "ports")
    has = ", ".join(f"{number_of(each, 'port')} ({protocol(each)})" for each in ports) or "none"
    return workload.problem(
        f"{call.variable} calls port {call.port} of {reference(service)}, which has {has}", fix="correct the port"
    )


def _blocked(inventory: Inventory, caller: Workload, callee: Workload, call: Call, port: Document) -> Iterator[Problem]:
    number = target_port(callee, port)
    if number is None or caller.on_host_network or callee.on_host_network:
        return
    pods = inventory.derived(endpoints)
    connection = Connection(source=pods[caller], destination=pods[callee], port=number)
    for direction, fix in (
        ("Egress", f"permit egress from {caller.name} to the pods of {callee.name}"),
        ("Ingress", f"permit ingress to {callee.name} from the pods of {caller.name}"),
    ):
        blocking = inventory.derived(known_policies).blocking(connection, direction)
        if blocking:
            yield caller.problem(
                f"{call.variable} calls {callee.reference} on TCP {number}, but {direction.lower()} is "
                f"blocked by NetworkPolicy {', '.join(map(documents.name, blocking))}",
                fix=f"{fix} on that port",
            )

"""Whether the calls of Services get through."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, reading, service_of
from kubestock.checks.facts.connections import endpoints, known_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.listening import answering_port
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.ports import protocol
from kubestock.checks.facts.service_ports import Reached, reached
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents


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
def call_blocked(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """A call to a port that a Service lacks is refused; one that a policy blocks waits for its timeout."""
    read = inventory.derived(reading)
    for workload, call in read.calls:
        found = reached(inventory, call)
        if found is None:
            continue
        if found.lacking and not call.of_kong:
            yield workload.problem(found.lacking, fix=found.fix, within=call.within, field=call.field)
        yield from _through_policies(inventory, workload, call, found)
    for settings, call in read.shared:
        found = reached(inventory, call)
        if found is not None and found.lacking:
            yield Problem(settings, found.lacking, fix=found.fix, within=call.within, field=call.field)


def _through_policies(
    inventory: Inventory, caller: Workload, call: Call, found: Reached
) -> Iterator[Problem | Unjudged]:
    service = service_of(inventory, call)
    if found.port is None or service is None or caller.on_host_network:
        return
    for callee in inventory.behind(service):
        number = answering_port(inventory, callee, found.port)
        if number is not None and not callee.on_host_network:
            pods = inventory.derived(endpoints)
            connection = Connection(
                source=pods[caller], destination=pods[callee], port=number, protocol=protocol(found.port)
            )
            yield from _blocked(inventory, caller, callee, call, connection)


def _blocked(
    inventory: Inventory, caller: Workload, callee: Workload, call: Call, connection: Connection
) -> Iterator[Problem | Unjudged]:
    policies = inventory.derived(known_policies)
    for direction, fix in (
        ("Egress", f"permit egress from {caller.name} to the pods of {callee.name}"),
        ("Ingress", f"permit ingress to {callee.name} from the pods of {caller.name}"),
    ):
        blocking = policies.blocking(connection, direction)
        if not blocking:
            continue
        aim = f"{call.variable} calls {callee.reference} on {connection.protocol} {connection.port}"
        if policies.may_permit(connection, direction):
            message = f"{aim}, and {direction.lower()} is permitted by range: the addresses of pods are not known"
            yield Unjudged(caller.document, message, within=call.within, field=call.field)
            continue
        yield caller.problem(
            f"{aim}, but {direction.lower()} is blocked by NetworkPolicy {', '.join(map(documents.name, blocking))}",
            fix=f"{fix} on that port",
            within=call.within,
            field=call.field,
        )

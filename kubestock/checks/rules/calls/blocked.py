"""Rules about calls to Services in the manifests."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.called_ports import CalledPort, called_port
from kubestock.checks.facts.calls import Call, read_calls, service_of
from kubestock.checks.facts.connections import endpoints, network_policies
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.facts.listening import answering_port
from kubestock.checks.facts.policies import Connection
from kubestock.checks.facts.ports import protocol
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents


@rule(
    "call-blocked",
    title="A call to a Service fails or is blocked",
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
    """A call to a port that the Service does not have fails. A call that a NetworkPolicy blocks times out."""
    calls = inventory.derived(read_calls)
    for workload, call in calls.calls:
        found = called_port(inventory, call)
        if found is None:
            continue
        if found.problem and not call.kong_file:
            yield workload.problem(found.problem, fix=found.fix, part=call.part, field=call.field)
        yield from _blocked_by_policies(inventory, workload, call, found)
    for config_map, call in calls.shared:
        found = called_port(inventory, call)
        if found is not None and found.problem:
            yield Problem(config_map, found.problem, fix=found.fix, part=call.part, field=call.field)


def _blocked_by_policies(
    inventory: Inventory, caller: Workload, call: Call, found: CalledPort
) -> Iterator[Problem | Unjudged]:
    service = service_of(inventory, call)
    if found.port is None or service is None or caller.on_host_network:
        return
    for callee in inventory.workloads_behind(service):
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
    policies = inventory.derived(network_policies)
    for direction, fix in (
        ("Egress", f"permit egress from {caller.name} to the pods of {callee.name}"),
        ("Ingress", f"permit ingress to {callee.name} from the pods of {caller.name}"),
    ):
        blocking = policies.blocking(connection, direction)
        if not blocking:
            continue
        summary = f"{call.variable} calls {callee.reference} on {connection.protocol} {connection.port}"
        if policies.may_permit(connection, direction):
            message = (
                f"{summary}, and {direction.lower()} is permitted for an address range that may contain the addresses "
                "of the pods"
            )
            yield Unjudged(caller.document, message, part=call.part, field=call.field)
            continue
        yield caller.problem(
            f"{summary}, but {direction.lower()} is blocked by NetworkPolicy "
            f"{', '.join(map(documents.name, blocking))}",
            fix=f"{fix} on that port",
            part=call.part,
            field=call.field,
        )

"""Whether the Services that programs are told of are there."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, reading, service_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.operators import may_make_service
from kubestock.checks.finding import Problem, Unjudged


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
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: inventories}
        spec: {type: ExternalName, externalName: inventory.example.com}
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
def call_to_nothing(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """A host without a dot is looked up in the caller's namespace, and no Service has that name.

    Where the manifests have no Service of the namespace at all, those are shipped apart, and the call is not judged.
    """
    read = inventory.derived(reading)
    told = [(workload.document, call) for workload, call in read.calls if call.of_kong is None]
    for document, call in (*told, *read.shared):
        if not call.sure or not is_missing(inventory, call):
            continue
        message = (
            f"{call.variable} calls {call.host.name!r} in namespace {call.host.namespace!r}, where the chart has no "
            "such Service"
        )
        services = inventory.of_namespace(call.host.namespace, "Service")
        if not inventory.provides_some("Service") and not any(True for _ in services):
            yield Unjudged(document, f"{message}, nor any other", within=call.within, field=call.field)
            continue
        yield Problem(
            document,
            message,
            fix="correct the name, or declare the Service as provided",
            within=call.within,
            field=call.field,
        )


def is_missing(inventory: Inventory, call: Call) -> bool:
    """Whether a call is of a Service that neither the manifests nor the cluster have."""
    host = call.host
    known = not host.name or not host.known_namespace or service_of(inventory, call) is not None
    # What names no namespace is applied in any.
    known = known or inventory.find("Service", "", host.name) is not None
    known = known or may_make_service(inventory, host.namespace, host.name)
    return not known and not inventory.provides("Service", host.namespace, host.name)

"""Rules about Services that programs call and that do not exist."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.calls import Call, read_calls, service_of
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.unlisted_pods import may_make_service
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
    """The call fails, because the name of the host cannot be resolved.

    A host name without a dot means a Service in the caller's namespace. If the manifests have no Service at all in that
    namespace, its Services are probably deployed separately, and the call is not checked.
    """
    calls = inventory.derived(read_calls)
    by_workloads = [(workload.document, call) for workload, call in calls.calls if call.kong_file is None]
    for document, call in (*by_workloads, *calls.shared):
        if not call.certain or not is_missing(inventory, call):
            continue
        message = (
            f"{call.variable} calls {call.host.name!r} in namespace {call.host.namespace!r}, but the manifests have no "
            "such Service"
        )
        services = inventory.of_namespace(call.host.namespace, "Service")
        if not inventory.provides_some("Service") and not any(True for _ in services):
            yield Unjudged(document, f"{message} and no other Service there", part=call.part, field=call.field)
            continue
        yield Problem(
            document,
            message,
            fix="correct the name, or declare the Service as provided",
            part=call.part,
            field=call.field,
        )


def is_missing(inventory: Inventory, call: Call) -> bool:
    """Whether a call is to a Service that is neither in the manifests nor provided by the cluster."""
    host = call.host
    known = not host.name or not host.known_namespace or service_of(inventory, call) is not None
    # An object without a namespace can be applied in any namespace.
    known = known or inventory.find("Service", "", host.name) is not None
    known = known or may_make_service(inventory, host.namespace, host.name)
    return not known and not inventory.provides("Service", host.namespace, host.name)

"""Rules about the endpoints of Services."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.selectors import describe_selector
from kubestock.checks.facts.unlisted_pods import why_unlisted_pods_may_match
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents


@rule(
    "service-selector",
    title="A Service selects no pods",
    source="https://kubernetes.io/docs/concepts/services-networking/service/",
    fails="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: order}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{containerPort: 3000}]}]}
    """,
    passes="""
        apiVersion: v1
        kind: Service
        metadata: {name: orders}
        spec: {selector: {app: orders}, ports: [{port: 80, targetPort: 3000}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, labels: {app: orders}}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", ports: [{containerPort: 3000}]}]}
    """,
)
def pods_selected(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """A Service that selects no pods has no endpoints, so every connection to it fails."""
    for service in inventory.of_kind("Service"):
        selector = documents.mapping(service, "spec", "selector")
        external = documents.text(service, "spec", "type") == "ExternalName"
        if not selector or external or inventory.workloads_behind(service):
            continue
        reason = why_unlisted_pods_may_match(inventory, documents.namespace(service), {"matchLabels": selector})
        shown = f"spec.selector {describe_selector(selector)} matches no pods in its namespace"
        if reason:
            yield Unjudged(service, f"{shown}, but {reason}", field=("spec", "selector"))
            continue
        yield Problem(
            service,
            f"{shown}, so it has no endpoints",
            fix="use the labels of the pod template",
            field=("spec", "selector"),
        )

"""Rules about the selectors of Deployments and other controllers."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.patches import is_patch
from kubestock.checks.facts.selectors import describe_selector
from kubestock.checks.finding import Problem
from kubestock.values import documents

_CONTROLLERS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")


@rule(
    "selector-matches-template",
    title="A controller does not select the pods of its own template",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
    fails="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: order}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
    passes="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
    """,
)
def template_selected(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the controller.

    A Job needs no selector, because Kubernetes adds one.
    """
    for workload in inventory.workloads:
        selector = documents.at(workload.document, "spec", "selector")
        has_default = workload.kind == "Job" and selector is None
        if workload.kind not in (*_CONTROLLERS, "Job") or has_default or is_patch(workload.document):
            continue
        if not documents.mapping(selector, "matchLabels") and not documents.sequence(selector, "matchExpressions"):
            yield workload.problem("has no spec.selector", fix="use the constant labels of the pod template")
        elif not selectors.matches(selector, workload.labels):
            yield workload.problem(
                f"spec.selector {describe_selector(selector)} does not match the labels of its pod template "
                f"{describe_selector(workload.labels)}",
                fix="use only labels of the pod template",
                field=("spec", "selector"),
            )


@rule(
    "selectors-overlap",
    title="Two controllers select the same pods",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#selector",
    fails="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders}}
          template:
            metadata: {labels: {app: orders}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: canary}
        spec:
          selector: {matchLabels: {app: orders, track: canary}}
          template:
            metadata: {labels: {app: orders, track: canary}}
            spec: {containers: [{name: orders, image: "shop/orders:1.1"}]}
    """,
    passes="""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: orders}
        spec:
          selector: {matchLabels: {app: orders, track: stable}}
          template:
            metadata: {labels: {app: orders, track: stable}}
            spec: {containers: [{name: orders, image: "shop/orders:1.0"}]}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: canary}
        spec:
          selector: {matchLabels: {app: orders, track: canary}}
          template:
            metadata: {labels: {app: orders, track: canary}}
            spec: {containers: [{name: orders, image: "shop/orders:1.1"}]}
    """,
)
def disjoint_workloads(inventory: Inventory) -> Iterator[Problem]:
    """Both controllers try to manage the same pods, and autoscalers count the pods of both."""
    controllers = [each for each in inventory.workloads if each.kind in _CONTROLLERS]
    reported = set()
    for workload in controllers:
        selector = documents.at(workload.document, "spec", "selector")
        for other in inventory.selected(workload.namespace, selector):
            pair = frozenset({id(workload), id(other)})
            if other is workload or not selector or pair in reported:
                continue
            reported.add(pair)
            yield workload.problem(
                f"spec.selector {describe_selector(selector)} also selects the pods of {other.reference}",
                fix="add a distinct label to the selector and the template of each",
                field=("spec", "selector"),
            )

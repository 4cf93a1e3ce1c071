"""The rule about the handlers of probes and lifecycle hooks."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.values import documents

_HANDLERS = {
    "Probe": ("exec", "httpGet", "tcpSocket", "grpc"),
    "LifecycleHandler": ("exec", "httpGet", "tcpSocket", "sleep"),
}


@rule(
    "probe-handler",
    title="A probe or a lifecycle hook has no handler, or more than one",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              ports: [{name: http, containerPort: 3000}]
              readinessProbe: {httpGet: {path: /, port: http}, tcpSocket: {port: http}}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              ports: [{name: http, containerPort: 3000}]
              readinessProbe: {httpGet: {path: /, port: http}}
    """,
)
def probe_handler(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the pod."""
    for part, known in _HANDLERS.items():
        what = "a probe" if part == "Probe" else "a lifecycle hook"
        for found in parts_of_type(inventory, part):
            given = [name for name in known if documents.at(found.value, name) is not None]
            if len(given) != 1:
                yield found.problem(
                    f"{what} must have one of the handlers {', '.join(known)}, got {' and '.join(given) or 'none'}",
                    fix="keep one" if given else "add one",
                )
            elif given == ["exec"] and not documents.sequence(found.value, "exec", "command"):
                yield found.problem(f"{what} must have a command to run", fix="add it", field=("exec",))

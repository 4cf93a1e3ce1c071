"""Whether everything that a pod refers to exists, and has the keys that are read."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import keys_of, maker_of
from kubestock.checks.facts.references import Reference, references_of_workloads
from kubestock.checks.finding import Problem
from kubestock.values import documents

_ALWAYS_THERE = frozenset({("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")})


@rule(
    "references",
    title="A pod refers to something that does not exist",
    source=(
        "https://kubernetes.io/docs/concepts/configuration/configmap/",
        "https://kubernetes.io/docs/concepts/configuration/secret/#using-a-secret",
    ),
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders}
        data: {level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: orders, key: log-level}}}]
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders}
        data: {log-level: info}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: orders, key: log-level}}}]
    """,
)
def references(inventory: Inventory) -> Iterator[Problem]:
    """The pod waits in ContainerCreating or CreateContainerConfigError, or never gets its image."""
    for workload, named in inventory.derived(references_of_workloads):
        for each in named:
            missing = _missing(inventory, workload.namespace, each)
            if missing is not None:
                message, fix = missing
                yield workload.problem(message, fix=fix, part=each.part)


def _missing(inventory: Inventory, namespace: str, reference: Reference) -> tuple[str, str] | None:
    """Return what is missing of a reference, and the fix."""
    kind, name = reference.kind, reference.name
    if (kind, name) in _ALWAYS_THERE or inventory.provides(kind, namespace, name):
        return None
    refers = f"{reference.place} refers to {kind} {name!r}"
    absent = f"{refers}, which is not in the chart", "add it, correct the name, or declare it as provided"
    if kind not in ("ConfigMap", "Secret"):
        return None if inventory.find(kind, namespace, name) else absent
    known = keys_of(inventory, kind, namespace, name)
    if known is None:
        return absent
    lacking = sorted(set(reference.keys) - known.keys) if known.complete else []
    if not lacking:
        return None
    has = ", ".join(sorted(known.keys)) or "none"
    return f"{refers} and wants its key {', '.join(map(repr, lacking))}, but it has {has}", "correct the key, or add it"


_PULLED_BY = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


@rule(
    "pull-secret-type",
    title="A pull secret is of another type",
    source="https://kubernetes.io/docs/tasks/configure-pod-container/pull-image-private-registry/",
    fails="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: registry, namespace: shop}
        spec: {encryptedData: {.dockerconfigjson: AgBy8hC}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          imagePullSecrets: [{name: registry}]
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
    passes="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: registry, namespace: shop}
        spec:
          encryptedData: {.dockerconfigjson: AgBy8hC}
          template: {type: kubernetes.io/dockerconfigjson}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          imagePullSecrets: [{name: registry}]
          containers: [{name: orders, image: "shop/orders:1.0"}]
    """,
)
def pull_secret_type(inventory: Inventory) -> Iterator[Problem]:
    """The kubelet ignores the Secret, and the registry refuses the image: ImagePullBackOff."""
    told = set()
    for workload, named in inventory.derived(references_of_workloads):
        for each in named:
            maker = maker_of(inventory, "Secret", workload.namespace, each.name)
            if each.place != "imagePullSecrets" or maker is None or id(maker) in told:
                continue
            sealed = documents.kind(maker) == "SealedSecret"
            kind = documents.text(maker, *(("spec", "template") if sealed else ()), "type") or "Opaque"
            if documents.kind(maker) in ("Secret", "SealedSecret") and kind not in _PULLED_BY:
                told.add(id(maker))
                yield Problem(
                    maker,
                    f"is of type {kind}, and pods pull images with it",
                    fix=f"make it {_PULLED_BY[0]}",
                    field=("spec", "template", "type") if sealed else ("type",),
                )

"""Rules about the objects and keys to which pods refer."""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.makers import keys_of, maker_of
from kubestock.checks.facts.references import Reference, references_of_workloads
from kubestock.checks.finding import Problem
from kubestock.values import documents

_ALWAYS_PRESENT = frozenset({("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")})


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
    """The pod stays in ContainerCreating, CreateContainerConfigError or ImagePullBackOff."""
    for workload, named in inventory.derived(references_of_workloads):
        for each in named:
            missing = _missing(inventory, workload.namespace, each)
            if missing is not None:
                message, fix = missing
                yield workload.problem(message, fix=fix, part=each.part)


def _missing(inventory: Inventory, namespace: str, reference: Reference) -> tuple[str, str] | None:
    """Return the message and the fix for a reference to something that does not exist, or None if it exists."""
    kind, name = reference.kind, reference.name
    if (kind, name) in _ALWAYS_PRESENT or inventory.provides(kind, namespace, name):
        return None
    refers = f"{reference.place} refers to {kind} {name!r}"
    absent = f"{refers}, which is not in the manifests", "add it, correct the name, or declare it as provided"
    if kind not in ("ConfigMap", "Secret"):
        return None if inventory.find(kind, namespace, name) else absent
    known = keys_of(inventory, kind, namespace, name)
    if known is None:
        return absent
    missing = sorted(set(reference.keys) - known.keys) if known.complete else []
    if not missing:
        return None
    has = f"the keys {', '.join(sorted(known.keys))}" if known.keys else "no keys"
    return (
        f"{refers} and its key {', '.join(map(repr, missing))}, but it has {has}",
        "correct the key, or add it",
    )


_PULL_SECRET_TYPES = ("kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg")


@rule(
    "pull-secret-type",
    title="A pull secret has another type",
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
    """The kubelet ignores the Secret, so it cannot pull the image (ImagePullBackOff)."""
    reported = set()
    for workload, named in inventory.derived(references_of_workloads):
        for each in named:
            maker = maker_of(inventory, "Secret", workload.namespace, each.name)
            if each.place != "imagePullSecrets" or maker is None or id(maker) in reported:
                continue
            sealed = documents.kind(maker) == "SealedSecret"
            kind = documents.text(maker, *(("spec", "template") if sealed else ()), "type") or "Opaque"
            if documents.kind(maker) in ("Secret", "SealedSecret") and kind not in _PULL_SECRET_TYPES:
                reported.add(id(maker))
                yield Problem(
                    maker,
                    f"has the type {kind}, but pods use it to pull images",
                    fix=f"use the type {_PULL_SECRET_TYPES[0]}",
                    field=("spec", "template", "type") if sealed else ("type",),
                )

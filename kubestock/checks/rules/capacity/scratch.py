"""Rules about the temporary files of pods."""

from collections.abc import Iterator
from fractions import Fraction

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.quantities import Quantity


@rule(
    "ephemeral-storage",
    title="A volume can become larger than the limit of the pod",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/storage/ephemeral-storage/#emptydir",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {limits: {ephemeral-storage: 256Mi}}
              volumeMounts: [{name: cache, mountPath: /cache}]
          volumes: [{name: cache, emptyDir: {sizeLimit: 1Gi}}]
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec:
          containers:
            - name: orders
              image: shop/orders:1.0
              resources: {limits: {ephemeral-storage: 2Gi}}
              volumeMounts: [{name: cache, mountPath: /cache}]
          volumes: [{name: cache, emptyDir: {sizeLimit: 1Gi}}]
    """,
)
def ephemeral_storage(inventory: Inventory) -> Iterator[Problem]:
    """The kubelet evicts the pod before the volume is full.

    A volume in memory counts as memory of the pod, so a container of the pod is killed instead.
    """
    for workload in inventory.workloads:
        for volume in documents.mappings(workload.spec, "volumes"):
            resource = "memory" if documents.text(volume, "emptyDir", "medium") == "Memory" else "ephemeral-storage"
            size = documents.amount(documents.at(volume, "emptyDir", "sizeLimit"))
            most = _limit(workload, resource)
            if size is not None and most is not None and size > most:
                yield workload.problem(
                    f"volume {documents.text(volume, 'name')!r} can have up to {Quantity.bytes(size).text}, but all "
                    f"containers together are limited to {Quantity.bytes(most).text} of {resource}",
                    fix="raise the limits, or lower the sizeLimit",
                    part=volume,
                    field=("emptyDir", "sizeLimit"),
                )


def _limit(workload: Workload, resource: str) -> Fraction | None:
    """Return the sum of the containers' limits, or None if one of them has no limit."""
    running = {id(each) for each in documents.mappings(workload.spec, "containers")}
    limits = [declared["limits"].get(resource) for each, declared in workload.resources if id(each) in running]
    known = [each for each in limits if each is not None]
    return sum(known, Fraction(0)) if known and len(known) == len(limits) else None

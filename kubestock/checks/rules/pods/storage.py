"""Rules about PersistentVolumeClaims."""

from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.footprint import autoscaled, largest_rollout

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_OF_MANY_NODES = frozenset({"ReadOnlyMany", "ReadWriteMany"})
_SEVERAL = 2


@rule(
    "claim-of-one-node",
    title="Several pods mount a claim that only one node can mount",
    source="https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes",
    fails="""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: files}
        spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: files}
        spec:
          replicas: 2
          selector: {matchLabels: {app: files}}
          template:
            metadata: {labels: {app: files}}
            spec:
              containers: [{name: files, image: "shop/files:1.0", volumeMounts: [{name: files, mountPath: /files}]}]
              volumes: [{name: files, persistentVolumeClaim: {claimName: files}}]
    """,
    passes="""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: files}
        spec: {accessModes: [ReadWriteMany], resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: files}
        spec:
          replicas: 2
          selector: {matchLabels: {app: files}}
          template:
            metadata: {labels: {app: files}}
            spec:
              containers: [{name: files, image: "shop/files:1.0", volumeMounts: [{name: files, mountPath: /files}]}]
              volumes: [{name: files, persistentVolumeClaim: {claimName: files}}]
    """,
)
def claim_of_one_node(inventory: Inventory) -> Iterator[Problem]:
    """Pods on other nodes cannot mount the claim, so they do not start.

    This also applies to the new pod of a rollout.
    """
    of_one_node = inventory.derived(_claims_of_one_node)
    if not of_one_node:
        return
    max_replicas = inventory.derived(_max_replicas)
    for workload in inventory.workloads:
        pods = _pods(workload, max_replicas) if workload.kind in _KINDS else 0
        for name, volume in _claims(workload) if pods > 1 else ():
            if (workload.namespace, name) in of_one_node:
                yield workload.problem(
                    f"mounts PersistentVolumeClaim {name!r}, which only one node can mount, in up to {pods} pods at "
                    "once",
                    fix="run one pod with strategy Recreate, use volumeClaimTemplates for a claim for each pod, or use "
                    "access mode ReadWriteMany",
                    part=volume,
                )


def _pods(workload: Workload, max_replicas: Mapping[tuple[str, str, str], int]) -> int:
    # A DaemonSet has one pod for each node.
    return _SEVERAL if workload.kind == "DaemonSet" else largest_rollout(workload.document, max_replicas)


def _claims(workload: Workload) -> Iterator[tuple[str, Document]]:
    for volume in documents.mappings(workload.spec, "volumes"):
        name = documents.text(volume, "persistentVolumeClaim", "claimName")
        if name:
            yield name, volume


def _claims_of_one_node(inventory: Inventory) -> frozenset[tuple[str, str]]:
    return frozenset(
        (documents.namespace(each), documents.name(each))
        for each in inventory.of_kind("PersistentVolumeClaim")
        if _OF_MANY_NODES.isdisjoint(_modes(each))
    )


def _modes(claim: Mapping[str, object]) -> list[str]:
    found = documents.at(claim, "spec", "accessModes")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list | tuple) else []


def _max_replicas(inventory: Inventory) -> dict[tuple[str, str, str], int]:
    return autoscaled(inventory.of_kind("HorizontalPodAutoscaler"))

"""Whether every pod can mount what it claims."""

from collections.abc import Iterator, Mapping

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, Workload
from kubestock.values import documents
from kubestock.values.footprint import autoscaled, largest_rollout

_KINDS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet")
_OF_MANY_NODES = frozenset({"ReadOnlyMany", "ReadWriteMany"})
_SEVERAL = 2


def claim_of_one_node(inventory: Inventory) -> Iterator[Finding]:
    """A claim that one node can mount leaves the pods on other nodes waiting, also the one that a rollout adds.

    See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """
    single = inventory.derived(_claims_of_one_node)
    if not single:
        return
    ceilings = inventory.derived(_ceilings)
    for workload in inventory.workloads:
        pods = _pods(workload, ceilings) if workload.kind in _KINDS else 0
        for name in _claims(workload) if pods > 1 else ():
            if (workload.namespace, name) in single:
                yield workload.finding(
                    "claim-of-one-node",
                    f"mounts PersistentVolumeClaim {name!r}, which only one node can mount, in up to {pods} pods at "
                    "once; run one pod with strategy Recreate, give each pod a claim by volumeClaimTemplates, or use "
                    "access mode ReadWriteMany",
                )


def _pods(workload: Workload, ceilings: Mapping[tuple[str, str, str], int]) -> int:
    # The pods of a DaemonSet are as many as the nodes.
    return _SEVERAL if workload.kind == "DaemonSet" else largest_rollout(workload.document, ceilings)


def _claims(workload: Workload) -> Iterator[str]:
    for volume in documents.mappings(workload.spec, "volumes"):
        name = documents.text(volume, "persistentVolumeClaim", "claimName")
        if name:
            yield name


def _claims_of_one_node(inventory: Inventory) -> frozenset[tuple[str, str]]:
    return frozenset(
        (documents.namespace(each), documents.name(each))
        for each in inventory.of_kind("PersistentVolumeClaim")
        if _OF_MANY_NODES.isdisjoint(_modes(each))
    )


def _modes(claim: Mapping[str, object]) -> list[str]:
    found = documents.at(claim, "spec", "accessModes")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list | tuple) else []


def _ceilings(inventory: Inventory) -> dict[tuple[str, str, str], int]:
    return autoscaled(inventory.of_kind("HorizontalPodAutoscaler"))

"""Storage that outlives pods: how much, who may mount it, and the volumes that lead to it."""

from collections.abc import Iterable
from typing import Any, Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.quantities import whole_bytes
from kubestock.values.value import Value, require_unique

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
_MANY = ("ReadOnlyMany", "ReadWriteMany")


class Storage(Value):
    """What a PersistentVolumeClaim claims.

    Args:
        size: such as 10Gi.
        access_modes: Defaults to ReadWriteOnce: the pods of one node.
        storage_class: which kind of disk. Defaults to the cluster's default class.

    Raises:
        ConfigurationError: if the size is not above zero, or the access modes exclude each other.

    See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """

    size: str
    access_modes: tuple[AccessMode, ...] = ("ReadWriteOnce",)
    storage_class: str | None = None

    def check(self) -> None:
        if not whole_bytes("size", self.size).amount:
            raise ConfigurationError(f"size must be above zero, got {self.size!r}")
        require_unique("access mode", self.access_modes, "a claim")
        if not self.access_modes or ("ReadWriteOncePod" in self.access_modes and len(self.access_modes) > 1):
            raise ConfigurationError(
                f"access_modes must name at least one mode, and ReadWriteOncePod alone, got {list(self.access_modes)}"
            )
        if self.storage_class is not None:
            names.object_name("storage_class", self.storage_class)

    def to_kube(self) -> k8s.PersistentVolumeClaimSpec:
        """Return the binding."""
        return k8s.PersistentVolumeClaimSpec(
            access_modes=list(self.access_modes),
            resources=k8s.ResourceRequirements(requests={"storage": quantity(whole_bytes("size", self.size))}),
            storage_class_name=self.storage_class,
            volume_mode="Filesystem",
        )


class ClaimVolume(Value):
    """A PersistentVolumeClaim of the pod's namespace.

    Args:
        name: of the volume.
        claim: the name of the claim.
        read_only: Defaults to false.
        access_modes: of the claim, as far as they are known. `Claim.volume` says them.
    """

    name: str
    claim: str
    read_only: bool = False
    access_modes: tuple[AccessMode, ...] = ()

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        names.object_name("claim", self.claim)

    @property
    def is_of_one_node(self) -> bool:
        """Whether the pods of one node alone can mount it, as far as that is known."""
        return bool(self.access_modes) and not any(each in _MANY for each in self.access_modes)

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.PersistentVolumeClaimVolumeSource(claim_name=self.claim, read_only=self.read_only or None)
        return k8s.Volume(name=self.name, persistent_volume_claim=source)


class ClaimTemplate(Value):
    """A PersistentVolumeClaim for each pod of a StatefulSet, which a pod finds again when it is replaced.

    Args:
        name: of the volume; the claim of pod 0 of `db` is named `<name>-db-0`.
        storage: what each pod claims.
    """

    name: str
    storage: Storage

    def check(self) -> None:
        names.dns_label("volume name", self.name)

    def to_claim(self) -> dict[str, Any]:
        """Return the claim as a StatefulSet has it; with its kind, which the API server would add."""
        metadata = k8s.ObjectMeta(name=self.name)
        found: dict[str, Any] = k8s.KubePersistentVolumeClaim.manifest(metadata=metadata, spec=self.storage.to_kube())
        return found


def refuse_shared_claims(workload: str, volumes: Iterable[object], pods: int, fix: str) -> None:
    """Refuse claims of one node below pods that may be on several: all but the first would wait for ever.

    Args:
        workload: its name.
        volumes: of its pods.
        pods: how many there are at once, at the most.
        fix: what to do instead.
    """
    for volume in volumes:
        if isinstance(volume, ClaimVolume) and volume.is_of_one_node and pods > 1:
            raise ConfigurationError(
                f"claim {volume.claim!r} ({', '.join(volume.access_modes)}) of {workload!r} must be mounted by one pod "
                f"at once, got up to {pods}: one on another node would wait for ever; {fix}"
            )


def refuse_claim_templates(workload: str, volumes: Iterable[object]) -> None:
    """Refuse templates of claims where no StatefulSet makes claims of them."""
    for volume in volumes:
        if isinstance(volume, ClaimTemplate):
            raise ConfigurationError(
                f"claim template {volume.name!r} of {workload!r} must be mounted in a StatefulSet; make {workload!r} "
                "one, or mount the volume of a Claim"
            )

"""Persistent storage: the claims, and the volumes that mount them."""

from collections.abc import Iterable, Mapping
from dataclasses import field
from typing import Any, Literal

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import meta
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.labels import annotation_map, label_map
from kubestock.values.quantities import whole_bytes
from kubestock.values.value import Value, require_unique

AccessMode = Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod"]
_MANY = ("ReadOnlyMany", "ReadWriteMany")


class Storage(Value):
    """Describes the storage that a PersistentVolumeClaim requests.

    Args:
        size: the size, such as 10Gi.
        access_modes: Defaults to ReadWriteOnce: only pods on one node can mount it.
        storage_class_name: the name of the StorageClass. Defaults to the cluster's default.

    Raises:
        ConfigurationError: if the size is not greater than zero, or the access modes exclude each other.

    See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#access-modes
    """

    size: str
    access_modes: tuple[AccessMode, ...] = ("ReadWriteOnce",)
    storage_class_name: str | None = None

    def check(self) -> None:
        if not whole_bytes("size", self.size).amount:
            raise ConfigurationError(f"size must be greater than zero, got {self.size!r}")
        require_unique("access mode", self.access_modes, "a claim")
        if not self.access_modes or ("ReadWriteOncePod" in self.access_modes and len(self.access_modes) > 1):
            raise ConfigurationError(
                "access_modes must have at least one mode, and no other mode with ReadWriteOncePod, got "
                f"{list(self.access_modes)}"
            )
        if self.storage_class_name is not None:
            names.object_name("storage_class_name", self.storage_class_name)

    def to_kube(self) -> k8s.PersistentVolumeClaimSpec:
        """Return the binding."""
        return k8s.PersistentVolumeClaimSpec(
            access_modes=list(self.access_modes),
            resources=k8s.ResourceRequirements(requests={"storage": quantity(whole_bytes("size", self.size))}),
            storage_class_name=self.storage_class_name,
            volume_mode="Filesystem",
        )


class PersistentVolumeClaimVolume(Value):
    """Mounts an existing PersistentVolumeClaim of the pod's namespace.

    Args:
        name: the name of the volume.
        claim_name: the name of the claim.
        read_only: Defaults to false.
        access_modes: the access modes of the claim, if known. `PersistentVolumeClaim.volume` sets them.
    """

    name: str
    claim_name: str
    read_only: bool = False
    access_modes: tuple[AccessMode, ...] = ()

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        names.object_name("claim_name", self.claim_name)

    @property
    def is_of_one_node(self) -> bool:
        """Whether only pods on one node can mount it, as far as the access modes are known."""
        return bool(self.access_modes) and not any(each in _MANY for each in self.access_modes)

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.PersistentVolumeClaimVolumeSource(claim_name=self.claim_name, read_only=self.read_only or None)
        return k8s.Volume(name=self.name, persistent_volume_claim=source)


class VolumeClaimTemplate(Value):
    """Gives each pod of a StatefulSet its own PersistentVolumeClaim, which its replacement mounts again.

    Args:
        name: the name of the volume; the claim of pod 0 of `db` is named `<name>-db-0`.
        storage: the storage of each pod.
        labels: labels of the claims. They are immutable: give a StatefulSet that already exists the labels that it has.
            Defaults to none.
        annotations: annotations of the claims, which are immutable, too. Defaults to none.

    Raises:
        ConfigurationError: if the name, a label or an annotation is malformed.
    """

    name: str
    storage: Storage
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        label_map("labels", self.labels)
        annotation_map("annotations", self.annotations)

    def to_claim(self) -> dict[str, Any]:
        """Return the claim for the spec of a StatefulSet, with the kind that the API server would otherwise add."""
        metadata = meta(self.name, self.labels, self.annotations)
        found: dict[str, Any] = k8s.KubePersistentVolumeClaim.manifest(metadata=metadata, spec=self.storage.to_kube())
        return found


def check_shared_claims(workload: str, volumes: Iterable[object], pods: int, fix: str) -> None:
    """Check that pods on several nodes do not share a claim of one node: pods on other nodes would stay pending.

    Args:
        workload: the name of the workload.
        volumes: the volumes of its pods.
        pods: the maximum number of pods at once.
        fix: what to do instead, for the error.
    """
    for volume in volumes:
        if isinstance(volume, PersistentVolumeClaimVolume) and volume.is_of_one_node and pods > 1:
            raise ConfigurationError(
                f"claim {volume.claim_name!r} ({', '.join(volume.access_modes)}) of {workload!r} must be mounted by "
                f"one pod at once, got up to {pods}: a pod on another node would never start; {fix}"
            )


def check_no_claim_templates(workload: str, volumes: Iterable[object]) -> None:
    """Check that a workload other than a StatefulSet mounts no claim templates."""
    for volume in volumes:
        if isinstance(volume, VolumeClaimTemplate):
            raise ConfigurationError(
                f"claim template {volume.name!r} of {workload!r} must be mounted in a StatefulSet; make {workload!r} "
                "one, or mount the volume of a PersistentVolumeClaim"
            )

"""Volume mounts of containers.

A mount refers to the volume object, so a container cannot mount a volume that does not exist; the pod declares the
volumes that its containers mount.
"""

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values.value import Value
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.paths import leaves, mount_point
from kubestock.workload.storage import PersistentVolumeClaimVolume, VolumeClaimTemplate
from kubestock.workload.volumes import Volume


class VolumeMount(Value):
    """Mounts a volume at a path of a container.

    Args:
        volume: the volume itself, not its name.
        path: an absolute path in the container.
        sub_path: one file or folder of the volume; the mount does not receive later changes. Defaults to the whole
            volume.
        read_only: Defaults to false for an EmptyDir and a claim, and to true for other volumes, which the kubelet
            always mounts read-only.

    Raises:
        ConfigurationError: if the path is not absolute or is the root, or `sub_path` leads out of the volume.
    """

    volume: Volume
    path: str
    sub_path: str | None = None
    read_only: bool | None = None

    def check(self) -> None:
        if not self.path.startswith("/") or ":" in self.path:
            raise ConfigurationError(f"mount path must be absolute and must not contain ':', got {self.path!r}")
        if mount_point(self.path) == "/":
            raise ConfigurationError(
                f"mount path must be below '/', got {self.path!r}, which would hide all files of the image"
            )
        if self.sub_path is not None and leaves(self.sub_path):
            raise ConfigurationError(f"sub_path must be relative and must not contain '..', got {self.sub_path!r}")

    def to_kube(self) -> k8s.VolumeMount:
        """Return the binding."""
        read_only = self.read_only
        if read_only is None:
            read_only = not isinstance(self.volume, EmptyDir | PersistentVolumeClaimVolume | VolumeClaimTemplate)
        return k8s.VolumeMount(
            name=self.volume.name, mount_path=self.path, sub_path=self.sub_path, read_only=read_only or None
        )

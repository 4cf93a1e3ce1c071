"""Temporary storage of a pod: emptyDir volumes."""

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.quantities import whole_bytes
from kubestock.values.value import Value


class EmptyDir(Value):
    """Gives a pod temporary storage, which Kubernetes deletes with the pod: an emptyDir volume.

    Args:
        name: the name of the volume.
        size_limit: the kubelet evicts the pod if the volume exceeds it. `Off(reason)` leaves it out; the limits of the
            containers still apply. Defaults to 64Mi.
        in_memory: use a tmpfs, whose content counts towards the container's memory limit. Defaults to false.

    Raises:
        ConfigurationError: if the size is not a whole number of bytes, or is zero, which Kubernetes treats as no limit.
    """

    name: str
    size_limit: str | Off = "64Mi"
    in_memory: bool = False

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        if not isinstance(self.size_limit, Off) and not whole_bytes("size_limit", self.size_limit).amount:
            raise ConfigurationError(f"size_limit of {self.name!r} must be greater than zero, got {self.size_limit!r}")

    def relaxations(self) -> dict[str, str]:
        """Return one annotation with the reason if the volume has no size limit."""
        limit = self.size_limit
        return {f"{RELAXED_PREFIX}size-limit": f"volume {self.name}: {limit.reason}"} if isinstance(limit, Off) else {}

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        limit = self.size_limit
        source = k8s.EmptyDirVolumeSource(
            medium="Memory" if self.in_memory else None,
            size_limit=None if isinstance(limit, Off) else quantity(whole_bytes("size_limit", limit)),
        )
        return k8s.Volume(name=self.name, empty_dir=source)

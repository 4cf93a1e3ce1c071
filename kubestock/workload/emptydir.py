"""Scratch space of a pod."""

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.quantities import whole_bytes
from kubestock.values.value import Value


class EmptyDir(Value):
    """Scratch space that lives as long as the pod.

    Args:
        name: of the volume.
        size_limit: the pod is evicted above it. `Off(reason)` leaves it out; limits of containers hold all the same.
            Defaults to 64Mi.
        in_memory: a tmpfs, whose content counts against the container's memory limit. Defaults to false.

    Raises:
        ConfigurationError: if the size is no whole number of bytes, or zero, which Kubernetes takes for no limit.
    """

    name: str
    size_limit: str | Off = "64Mi"
    in_memory: bool = False

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        if not isinstance(self.size_limit, Off) and not whole_bytes("size_limit", self.size_limit).amount:
            raise ConfigurationError(f"size_limit of {self.name!r} must be above zero, got {self.size_limit!r}")

    def relaxations(self) -> dict[str, str]:
        """Return one annotation if its size has no limit."""
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

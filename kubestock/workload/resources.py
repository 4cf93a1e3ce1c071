"""Resource requests and limits of a container."""

from typing import Self

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantities
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.quantities import Quantity, whole_bytes
from kubestock.values.value import Value

_CPU_STEP = Quantity("1m")


class ContainerResources(Value):
    """Sets how much cpu (cores), memory and ephemeral storage (bytes) a container requests, and its limits.

    The scheduler reserves the requests. A container above its memory limit is killed, above its cpu limit
    throttled; a pod with a container above its ephemeral-storage limit is evicted.

    `ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi"))` takes the request and the limit of each in
    one pair; `cpu=("100m", None)` sets no cpu limit.

    Args:
        cpu_request: cores, such as 100m.
        memory_request: bytes, such as 128Mi.
        memory_limit: bytes, at least the request.
        cpu_limit: None leaves it out, which avoids throttling; a namespace with a quota for `limits.cpu` then rejects
            the pod, and a LimitRange with a default, such as that of `Guardrails`, sets a limit again.
        ephemeral_storage_request: for logs, the writable layer and emptyDirs; None leaves it out. Defaults to 64Mi.
        ephemeral_storage_limit: `Off(reason)` leaves it out: the container can then fill the disk of its node, unless a
            LimitRange sets a limit. Defaults to 256Mi.

    Raises:
        ConfigurationError: if an amount is malformed or zero, a limit is lower than its request, a cpu amount is not a
            multiple of 1m, the smallest unit of the API server, or an amount of bytes is not a whole number.

    See https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/
    """

    cpu_request: str | Quantity
    memory_request: str | Quantity
    memory_limit: str | Quantity
    cpu_limit: str | Quantity | None = None
    ephemeral_storage_request: str | Quantity | None = "64Mi"
    ephemeral_storage_limit: str | Quantity | Off = "256Mi"

    def check(self) -> None:
        for resource in ("cpu", "memory", "ephemeral_storage"):
            self._check(resource)
        for amount in (self.cpu_request, self.cpu_limit):
            if amount is not None and Quantity.of(amount).amount % _CPU_STEP.amount:
                raise ConfigurationError(f"cpu must be a multiple of 1m, got {amount}; round it up")

    @classmethod
    def of(cls, *, cpu: tuple[str, str | None], memory: tuple[str, str]) -> Self:
        """Return resources from pairs of request and limit.

        Args:
            cpu: the request and the limit; `("100m", None)` sets no limit. See `cpu_limit`.
            memory: the request and the limit.
        """
        return cls(cpu_request=cpu[0], cpu_limit=cpu[1], memory_request=memory[0], memory_limit=memory[1])

    def relaxations(self) -> dict[str, str]:
        """Return one annotation with the reason for each limit that is left out."""
        limit = self.ephemeral_storage_limit
        return {f"{RELAXED_PREFIX}ephemeral-storage-limit": limit.reason} if isinstance(limit, Off) else {}

    def to_kube(self) -> k8s.ResourceRequirements:
        """Return the binding."""
        return k8s.ResourceRequirements(requests=self._amounts("request"), limits=self._amounts("limit"))

    def _amounts(self, kind: str) -> dict[str, k8s.Quantity] | None:
        fields = {"cpu": "cpu", "memory": "memory", "ephemeral-storage": "ephemeral_storage"}
        return quantities({name: self._amount(f"{field}_{kind}") for name, field in fields.items()})

    def _amount(self, field: str) -> Quantity | None:
        value: str | Quantity | Off | None = getattr(self, field)
        if value is None or isinstance(value, Off):
            return None
        if not field.startswith("cpu"):
            return whole_bytes(field, value)
        try:
            return Quantity.of(value)
        except ConfigurationError as error:
            raise ConfigurationError(f"{field}: {error}") from None

    def _check(self, resource: str) -> None:
        words = resource.replace("_", " ")
        request, limit = self._amount(f"{resource}_request"), self._amount(f"{resource}_limit")
        if request is not None and not request.amount:
            raise ConfigurationError(f"{words} request must be greater than zero, got {request}")
        if request is not None and limit is not None and limit < request:
            raise ConfigurationError(
                f"{words} limit must be at least its request ({request}), got {limit}; "
                "raise the limit or lower the request"
            )

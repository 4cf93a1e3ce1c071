"""Default, minimum and maximum resources of the containers in a namespace."""

from itertools import pairwise

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scalars import quantities
from kubestock.kube.tree import Group, required_namespace
from kubestock.values.labels import Labels
from kubestock.values.quantities import Quantity, whole_bytes
from kubestock.values.value import Value, checked

_RESOURCES = ("cpu", "memory", "ephemeral-storage")
_STEPS = ("minimum", "default_request", "default", "maximum")
_CPU_STEP = Quantity("1m")


class ResourceList(Value):
    """Gives one amount for each resource.

    Args:
        cpu: cores, such as 500m. Defaults to none: the resource is left out.
        memory: bytes, such as 256Mi. Defaults to none.
        ephemeral_storage: bytes, such as 1Gi. Defaults to none.

    Raises:
        ConfigurationError: if an amount is malformed or zero.
    """

    cpu: str | None = None
    memory: str | None = None
    ephemeral_storage: str | None = None

    def check(self) -> None:
        for resource in _RESOURCES:
            amount = self.get(resource)
            if amount is not None and not amount.amount:
                raise ConfigurationError(f"{resource} must be greater than zero, got {amount}; leave it out instead")

    def get(self, resource: str) -> Quantity | None:
        """Return the amount of a resource by its Kubernetes name."""
        text: str | None = getattr(self, resource.replace("-", "_"))
        try:
            return None if text is None else Quantity(text)
        except ConfigurationError as error:
            raise ConfigurationError(f"{resource}: {error}") from None

    def to_kube(self) -> dict[str, k8s.Quantity] | None:
        """Return the bindings."""
        return quantities({resource: self.get(resource) for resource in _RESOURCES})


class ContainerLimits(Value):
    """Sets defaults and limits for each container of a namespace.

    Kubernetes completes them: without `default`, the limit of a container is `maximum`; without `default_request`, its
    request is its limit or, without one, `minimum`.

    Args:
        default_request: the request of a container that does not set one.
        default: the limit of a container that does not set one.
        minimum: the minimum request. Defaults to none.
        maximum: the maximum limit. Defaults to none.
        max_limit_request_ratio: the maximum ratio of limit to request, at least 1. A container must then have both.
            Defaults to none.

    Raises:
        ConfigurationError: if there are no limits; unless minimum <= default_request <= default <= maximum for each
            resource; if an amount of cpu is not a multiple of 1m, or an amount of bytes is not a whole number; if a
            ratio is less than 1, or contradicts the other amounts. The API server would reject the object, or every
            container that relies on a default.

    See https://kubernetes.io/docs/concepts/policy/limit-range/
    """

    default_request: ResourceList
    default: ResourceList
    minimum: ResourceList = ResourceList()
    maximum: ResourceList = ResourceList()
    max_limit_request_ratio: ResourceList = ResourceList()

    def check(self) -> None:
        if not any(self._given(resource) for resource in _RESOURCES):
            raise ConfigurationError(
                "limits must have at least one amount, such as default=ResourceList(memory='256Mi'), got none"
            )
        for step, cpu in self._given("cpu").items():
            if cpu.amount % _CPU_STEP.amount:
                raise ConfigurationError(f"cpu: {step} must be a multiple of 1m, got {cpu}; round it up")
        for resource in _RESOURCES[1:]:
            for step, amount in self._given(resource).items():
                whole_bytes(f"{resource}: {step}", amount)
        for resource in _RESOURCES:
            self._check_order(resource)
            self._check_ratio(resource)

    def to_kube(self) -> k8s.LimitRangeItem:
        """Return the binding."""
        return k8s.LimitRangeItem(
            type="Container",
            default_request=self.default_request.to_kube(),
            default=self.default.to_kube(),
            min=self.minimum.to_kube(),
            max=self.maximum.to_kube(),
            max_limit_request_ratio=self.max_limit_request_ratio.to_kube(),
        )

    def _given(self, resource: str) -> dict[str, Quantity]:
        amounts: dict[str, Quantity | None] = {step: getattr(self, step).get(resource) for step in _STEPS}
        return {step: amount for step, amount in amounts.items() if amount is not None}

    def _check_order(self, resource: str) -> None:
        for (lower, low), (higher, high) in pairwise(self._given(resource).items()):
            if low > high:
                raise ConfigurationError(f"{resource}: {lower} must be at most {higher} ({high}), got {low}; lower it")

    def _check_ratio(self, resource: str) -> None:
        ratio = self.max_limit_request_ratio.get(resource)
        if ratio is None:
            return
        if ratio.amount < 1:
            raise ConfigurationError(f"{resource}: max_limit_request_ratio must be at least 1, got {ratio}")
        given = self._given(resource)
        limit = given.get("default") or given.get("maximum")
        request = given.get("default_request") or limit
        if limit and request and limit.amount > ratio.amount * request.amount:
            raise ConfigurationError(
                f"{resource}: the default limit ({limit}) must be at most max_limit_request_ratio ({ratio}) times the "
                f"default request ({request}): the API server would reject every container with these defaults; raise "
                "the request"
            )
        low, high = given.get("minimum"), given.get("maximum")
        if low and high and ratio.amount * low.amount > high.amount:
            raise ConfigurationError(
                f"{resource}: max_limit_request_ratio must be at most maximum ({high}) over minimum ({low}), "
                f"got {ratio}, which the API server rejects; lower it"
            )


class NamespaceLimits(Group):
    """Limits the containers of a namespace: a LimitRange.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        limits: the limits of each container.
        labels: the labels of the owner.
        name: the name of the object. Defaults to the name in `labels`.

    Raises:
        ConfigurationError: if the name is malformed, or the chart has no namespace.
    """

    @checked
    def __init__(
        self, scope: Construct, id: str, *, limits: ContainerLimits, labels: Labels, name: str | None = None
    ) -> None:
        self.name = labels.object_name("name of a LimitRange", name)
        required_namespace(scope, "NamespaceLimits")
        super().__init__(scope, id)
        manifest = k8s.KubeLimitRange.manifest(
            metadata=meta(self.name, labels.metadata), spec=k8s.LimitRangeSpec(limits=[limits.to_kube()])
        )
        self.object = KubeObject(self, "LimitRange", manifest=manifest)

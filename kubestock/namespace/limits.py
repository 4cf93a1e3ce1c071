"""What a container gets that does not say, and the least and most that it may ask for."""

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


class Amounts(Value):
    """An amount of each resource; None leaves it out.

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
                raise ConfigurationError(f"{resource} must be above zero, got {amount}; leave it out instead")

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
    """The limits of each container of a namespace.

    Kubernetes completes them: where `default` says nothing, the limit of a container is `maximum`; where
    `default_request` says nothing, its request is its limit, or else `minimum`.

    Args:
        default_request: of a container that says none.
        default: the limit of a container that says none.
        minimum: the least request. Defaults to none.
        maximum: the highest limit. Defaults to none.
        max_limit_request_ratio: how many times its request a limit may be, 1 at least. A container must then
            have both. Defaults to none.

    Raises:
        ConfigurationError: if nothing is limited; unless minimum <= default_request <= default <= maximum for
            each resource; if an amount of cpu is finer than 1m, or one of bytes is no whole number; if a ratio is
            below 1, or beyond what the others admit. The API server would refuse the object, or every container
            that relies on a default.

    See https://kubernetes.io/docs/concepts/policy/limit-range/
    """

    default_request: Amounts
    default: Amounts
    minimum: Amounts = Amounts()
    maximum: Amounts = Amounts()
    max_limit_request_ratio: Amounts = Amounts()

    def check(self) -> None:
        if not any(self._given(resource) for resource in _RESOURCES):
            raise ConfigurationError("limits must name an amount, such as default=Amounts(memory='256Mi'), got none")
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
                f"default request ({request}), or every container that relies on them is refused; raise the request"
            )
        low, high = given.get("minimum"), given.get("maximum")
        if low and high and ratio.amount * low.amount > high.amount:
            raise ConfigurationError(
                f"{resource}: max_limit_request_ratio must be at most maximum ({high}) over minimum ({low}), "
                f"got {ratio}; the API server refuses more"
            )


class NamespaceLimits(Group):
    """A LimitRange for containers.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        limits: of each container.
        labels: whose it is; the object's name is theirs.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, limits: ContainerLimits, labels: Labels) -> None:
        required_namespace(scope, "NamespaceLimits")
        super().__init__(scope, id)
        manifest = k8s.KubeLimitRange.manifest(
            metadata=meta(labels.name, labels.metadata), spec=k8s.LimitRangeSpec(limits=[limits.to_kube()])
        )
        self.object = KubeObject(self, "LimitRange", manifest=manifest)

"""What a container gets that does not say, and the least and most that it may ask for."""

from dataclasses import dataclass
from itertools import pairwise

from cdk8s_plus_27 import k8s
from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scalars import quantities
from kubestock.kube.scope import unused_id
from kubestock.values.labels import Labels
from kubestock.values.quantities import Quantity
from kubestock.values.types import typed

_RESOURCES = ("cpu", "memory", "ephemeral-storage")


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """An amount of each resource; None leaves it out."""

    cpu: str | None = None
    memory: str | None = None
    ephemeral_storage: str | None = None

    def get(self, resource: str) -> Quantity | None:
        """Return the amount of a resource by its Kubernetes name."""
        text: str | None = getattr(self, resource.replace("-", "_"))
        return None if text is None else Quantity(text)

    def to_kube(self) -> dict[str, k8s.Quantity] | None:
        """Return the bindings."""
        return quantities({resource: self.get(resource) for resource in _RESOURCES})


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerLimits:
    """The limits of each container of a namespace.

    Args:
        default_request: of a container that says none.
        default: the limit of a container that says none.
        minimum: the least request. Defaults to none.
        maximum: the highest limit. Defaults to none.

    Raises:
        ConfigurationError: unless minimum <= default_request <= default <= maximum for each resource: the
            API server would refuse the object, or every container that relies on a default.

    See https://kubernetes.io/docs/concepts/policy/limit-range/
    """

    default_request: Amounts
    default: Amounts
    minimum: Amounts = Amounts()
    maximum: Amounts = Amounts()

    def __post_init__(self) -> None:
        steps = ("minimum", "default_request", "default", "maximum")
        for resource in _RESOURCES:
            known = [(step, getattr(self, step).get(resource)) for step in steps]
            given = [(step, amount) for step, amount in known if amount is not None]
            for (lower, low), (higher, high) in pairwise(given):
                if low > high:
                    raise ConfigurationError(
                        f"{resource}: {lower} must be at most {higher} ({high}), got {low}; lower it"
                    )

    def to_kube(self) -> k8s.LimitRangeItem:
        """Return the binding."""
        return k8s.LimitRangeItem(
            type="Container",
            default_request=self.default_request.to_kube(),
            default=self.default.to_kube(),
            min=self.minimum.to_kube(),
            max=self.maximum.to_kube(),
        )


class NamespaceLimits(Construct):
    """A LimitRange for containers.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        limits: of each container.
        labels: whose it is; the object's name is theirs.
    """

    @typed
    def __init__(self, scope: Construct, id: str, *, limits: ContainerLimits, labels: Labels) -> None:
        super().__init__(scope, unused_id(scope, id))
        manifest = k8s.KubeLimitRange.manifest(
            metadata=meta(labels.name, labels.metadata), spec=k8s.LimitRangeSpec(limits=[limits.to_kube()])
        )
        self.object = KubeObject(self, "LimitRange", manifest=manifest)

"""How much of the cluster a namespace may take."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Self

from cdk8s_plus_27 import k8s
from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scalars import quantities
from kubestock.kube.scope import unused_id
from kubestock.values.footprint import rollout_footprint
from kubestock.values.labels import Labels
from kubestock.values.numbers import whole
from kubestock.values.quantities import Quantity
from kubestock.values.types import typed

HEADROOM = "kubestock/headroom"
_CPU_STEP = Fraction(1, 10)
_BYTES_STEP = Fraction(2**20)
_COUNTS = frozenset(
    {
        "pods",
        "services",
        "services.loadbalancers",
        "services.nodeports",
        "configmaps",
        "secrets",
        "persistentvolumeclaims",
        "replicationcontrollers",
        "resourcequotas",
    }
)
_AMOUNTS = frozenset(
    {
        *(
            f"{kind}.{resource}"
            for kind in ("requests", "limits")
            for resource in ("cpu", "memory", "ephemeral-storage")
        ),
        "requests.storage",
    }
)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Quota:
    """The hard limits of a ResourceQuota.

    Args:
        hard: by the names that Kubernetes gives them, such as `requests.cpu`, `limits.memory`, `pods` or
            `count/deployments.apps`.
        headroom_percent: how much above the largest rollout they are, where they were computed.

    Raises:
        ConfigurationError: if a name is unknown or an amount malformed.

    See https://kubernetes.io/docs/concepts/policy/resource-quotas/
    """

    hard: Mapping[str, str]
    headroom_percent: int | None = None

    def __post_init__(self) -> None:
        if not self.hard:
            raise ConfigurationError("a quota must limit something, such as {'pods': '50'}, got nothing")
        for name, amount in self.hard.items():
            if name not in _COUNTS | _AMOUNTS and not name.startswith("count/"):
                known = ", ".join(sorted(_COUNTS | _AMOUNTS))
                raise ConfigurationError(f"a quota limits {known} or count/<resource>.<group>, got {name!r}")
            if name not in _AMOUNTS and not amount.isdigit():
                raise ConfigurationError(f"quota {name} must be a whole number, got {amount!r}")
            Quantity(amount)

    @classmethod
    def admitting(cls, manifests: Iterable[Mapping[str, Any]], *, headroom_percent: int = 25) -> Self:
        """Compute a quota that admits the largest rollout of all workloads among `manifests`.

        That is every autoscaler at its maximum, every Deployment with its surge, all at once. The headroom
        pays for pods that are still ending, which count until they are gone.

        Args:
            manifests: the finished objects of the namespace.
            headroom_percent: added to each amount, which is then rounded up to 100m, 1Mi or one pod.
                Defaults to 25.

        Raises:
            ConfigurationError: if there is no workload among them.
        """
        whole("headroom_percent", headroom_percent)
        needed = rollout_footprint(manifests)
        if not needed.get("pods"):
            raise ConfigurationError("a computed quota needs workloads; declare one with Quota(hard=…) instead")
        factor = Fraction(100 + headroom_percent, 100)
        hard = {name: _written(name, amount * factor) for name, amount in needed.items() if amount}
        return cls(hard=hard, headroom_percent=headroom_percent)


class NamespaceQuota(Construct):
    """A ResourceQuota.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        quota: what it limits.
        labels: whose it is; the object's name is theirs.
    """

    @typed
    def __init__(self, scope: Construct, id: str, *, quota: Quota, labels: Labels) -> None:
        super().__init__(scope, unused_id(scope, id))
        percent = quota.headroom_percent
        annotations = {} if percent is None else {HEADROOM: f"{percent}% above the largest rollout"}
        hard = quantities({name: Quantity(amount) for name, amount in sorted(quota.hard.items())})
        manifest = k8s.KubeResourceQuota.manifest(
            metadata=meta(labels.name, labels.metadata, annotations), spec=k8s.ResourceQuotaSpec(hard=hard)
        )
        self.object = KubeObject(self, "ResourceQuota", manifest=manifest)


def _written(name: str, amount: Fraction) -> str:
    if name.endswith("cpu"):
        return Quantity.cpu(-(-amount // _CPU_STEP) * _CPU_STEP).text
    if name in _AMOUNTS:
        return Quantity.bytes(-(-amount // _BYTES_STEP) * _BYTES_STEP).text
    return str(-(-amount // 1))

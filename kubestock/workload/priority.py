"""Which pods yield when a node is full."""

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.numbers import whole
from kubestock.values.value import checked

_LOWEST = -(2**31)
_USER_MAX = 1_000_000_000


class PriorityClass(Group):
    """A PriorityClass, which is cluster-scoped and whose value cannot be changed later.

    Args:
        scope: the chart.
        id: of the construct.
        labels: whose it is; the name is that of the object.
        value: higher pods evict lower ones; 0 is what pods without a class have, 1000000000 the highest,
            -2147483648 the lowest.
        description: for whom it is meant.

    Raises:
        ConfigurationError: if the name is one that Kubernetes keeps for itself, or the value out of range.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, labels: Labels, value: int, description: str) -> None:
        self.name = names.dns_subdomain("priority class name", labels.name)
        if self.name.startswith("system-"):
            raise ConfigurationError(
                f"a priority class must not begin with 'system-', which Kubernetes keeps for itself, got {self.name!r}"
            )
        whole("value", value, minimum=_LOWEST, maximum=_USER_MAX)
        super().__init__(scope, id)
        manifest = k8s.KubePriorityClass.manifest(
            metadata=meta(self.name, labels.metadata), value=value, description=description, global_default=False
        )
        self.object = KubeObject(self, "PriorityClass", manifest=manifest)

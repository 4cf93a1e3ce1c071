"""PriorityClasses, which decide which pods are evicted when a node is full."""

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
    """Ranks pods for scheduling and eviction: a PriorityClass, which is cluster-scoped and has an immutable value.

    Args:
        scope: the parent construct, such as the chart.
        id: the id of the construct.
        labels: the labels of the owner.
        value: pods with a higher value preempt pods with a lower one. Pods without a class have 0; the highest value
            is 1000000000, the lowest -2147483648.
        description: which pods should use it.
        name: the name of the object. Defaults to the name in `labels`.

    Raises:
        ConfigurationError: if the name is reserved for Kubernetes, or the value is out of range.

    See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
    """

    @checked
    def __init__(
        self, scope: Construct, id: str, *, labels: Labels, value: int, description: str, name: str | None = None
    ) -> None:
        self.name = names.dns_subdomain("priority class name", labels.name if name is None else name)
        if self.name.startswith("system-"):
            raise ConfigurationError(
                "the name of a priority class must not begin with 'system-', which is reserved for Kubernetes, got "
                f"{self.name!r}; rename it"
            )
        whole("value", value, minimum=_LOWEST, maximum=_USER_MAX)
        super().__init__(scope, id)
        manifest = k8s.KubePriorityClass.manifest(
            metadata=meta(self.name, labels.metadata), value=value, description=description, global_default=False
        )
        self.object = KubeObject(self, "PriorityClass", manifest=manifest)

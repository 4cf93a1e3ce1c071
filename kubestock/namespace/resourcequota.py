"""The ResourceQuota of a namespace."""

from typing import Any

from constructs import Construct

from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta, objects_of
from kubestock.kube.scalars import quantities
from kubestock.kube.tree import Group, chart_of, required_namespace
from kubestock.namespace.quota import HEADROOM, LargestRollout, Quota
from kubestock.values.labels import Labels
from kubestock.values.quantities import Quantity
from kubestock.values.value import checked


class NamespaceQuota(Group):
    """Adds a ResourceQuota to the namespace of a chart.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        quota: the limits, given or computed from the workloads of the chart.
        labels: the labels of the owner.
        name: the name of the object. Defaults to the name in `labels`.

    Raises:
        ConfigurationError: if the name is malformed, or the chart has no namespace.
    """

    @checked
    def __init__(
        self, scope: Construct, id: str, *, quota: Quota | LargestRollout, labels: Labels, name: str | None = None
    ) -> None:
        self.name = labels.object_name("name of a ResourceQuota", name)
        required_namespace(scope, "NamespaceQuota")
        super().__init__(scope, id)
        self._quota = quota
        percent = quota.headroom_percent
        annotations = {} if percent is None else {HEADROOM: f"{percent}% above the largest rollout"}
        head = k8s.KubeResourceQuota.manifest(metadata=meta(self.name, labels.metadata, annotations))
        self.object = KubeObject(self, "ResourceQuota", manifest=head, body=self._body)

    @property
    def quota(self) -> Quota:
        """The hard limits for the current workloads of the chart."""
        if isinstance(self._quota, Quota):
            return self._quota
        return Quota.admitting(
            [each.to_json() for each in objects_of(chart_of(self)) if each.kind != "ResourceQuota"],
            headroom_percent=self._quota.headroom_percent,
            counts=self._quota.counts,
            nodes=self._quota.nodes,
        )

    def _body(self) -> dict[str, Any]:
        hard = quantities({name: Quantity(amount) for name, amount in sorted(self.quota.hard.items())})
        return {"spec": k8s.ResourceQuotaSpec(hard=hard)}

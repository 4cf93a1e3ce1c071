"""Names of the objects that a workload creates for its pods, and which of these objects are left out."""

from collections.abc import Mapping

from kubestock.values import names
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.value import Value


class RelatedObjects(Value):
    """Renames or leaves out the NetworkPolicy, PodDisruptionBudget and HorizontalPodAutoscaler of a workload.

    Args:
        network_policy: its name, or `Off(reason)`: then only the other policies of the namespace limit the traffic of
            the workload. Defaults to the name of the workload.
        disruption_budget: its name, or `Off(reason)`: a node drain can then evict all pods at once. Defaults to the
            name of the workload.
        autoscaler: its name. Defaults to the name of the workload.

    Raises:
        ConfigurationError: if a name is malformed.
    """

    network_policy: str | Off | None = None
    disruption_budget: str | Off | None = None
    autoscaler: str | None = None

    def check(self) -> None:
        for field in ("network_policy", "disruption_budget", "autoscaler"):
            name: str | Off | None = getattr(self, field)
            if isinstance(name, str):
                names.object_name(field, name)

    @property
    def relaxations(self) -> Mapping[str, str]:
        """One annotation of the workload for each object that is left out, with the reason."""
        left_out = {"no-network-policy": self.network_policy, "no-disruption-budget": self.disruption_budget}
        return {RELAXED_PREFIX + key: each.reason for key, each in left_out.items() if isinstance(each, Off)}

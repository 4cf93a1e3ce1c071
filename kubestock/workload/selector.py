"""The pods of a workload as an argument for constructs of cdk8s-plus-27."""

from typing import TYPE_CHECKING, Protocol, cast

import jsii
from constructs import Construct

from kubestock.kube.tree import Group
from kubestock.values.labels import Labels

if TYPE_CHECKING:
    import cdk8s_plus_27


class _Workload(Protocol):
    labels: Labels
    namespace: str


class PodSelector(Group):
    """Implements `IPodSelector` and `INetworkPolicyPeer` of cdk8s-plus-27, which is imported on first use."""

    @jsii.member(jsii_name="toPodSelectorConfig")
    def to_pod_selector_config(self) -> "cdk8s_plus_27.PodSelectorConfig":
        """Return a selector of the pods, for constructs of cdk8s-plus-27."""
        import cdk8s_plus_27  # noqa: PLC0415  # it takes 0.3 s to load

        workload = cast("_Workload", self)
        return cdk8s_plus_27.PodSelectorConfig(
            label_selector=cdk8s_plus_27.LabelSelector.of(labels=workload.labels.selector),
            namespaces=cdk8s_plus_27.NamespaceSelectorConfig(names=[workload.namespace]),
        )

    @jsii.member(jsii_name="toPodSelector")
    def to_pod_selector(self) -> "cdk8s_plus_27.IPodSelector":
        """Return itself, for constructs of cdk8s-plus-27."""
        return self

    @jsii.member(jsii_name="toNetworkPolicyPeerConfig")
    def to_network_policy_peer_config(self) -> "cdk8s_plus_27.NetworkPolicyPeerConfig":
        """Return the pods as a peer, for constructs of cdk8s-plus-27."""
        import cdk8s_plus_27  # noqa: PLC0415  # it takes 0.3 s to load

        return cdk8s_plus_27.NetworkPolicyPeerConfig(pod_selector=self.to_pod_selector_config())

    def _create(self, scope: Construct, id: str) -> None:
        import cdk8s_plus_27  # noqa: PLC0415  # it takes 0.3 s to load

        if "__jsii_ifaces__" not in vars(PodSelector):
            jsii.implements(cdk8s_plus_27.IPodSelector, cdk8s_plus_27.INetworkPolicyPeer)(PodSelector)
        super()._create(scope, id)

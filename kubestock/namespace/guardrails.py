"""A namespace that refuses what nobody declared."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.kube.bindings import k8s
from kubestock.kube.dns import ClusterDns
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.namespace.administration import Administration
from kubestock.namespace.limits import Amounts, ContainerLimits, NamespaceLimits
from kubestock.namespace.namespace import Namespace
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.values.labels import Labels
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.value import checked

DEFAULT_LIMITS = ContainerLimits(
    default_request=Amounts(cpu="50m", memory="64Mi", ephemeral_storage="64Mi"),
    default=Amounts(cpu="200m", memory="256Mi", ephemeral_storage="256Mi"),
    minimum=Amounts(cpu="5m", memory="8Mi"),
    maximum=Amounts(cpu="2", memory="2Gi", ephemeral_storage="4Gi"),
)


class Guardrails(Group):
    """The Namespace of a chart, and what holds for everything in it.

    A Namespace with Pod Security labels; a LimitRange; the `default` ServiceAccount without a token; policies
    that deny all traffic both ways and open name resolution; the roles of viewers and operators. The quota is
    a construct of its own, `NamespaceQuota`, because a computed one needs the finished workloads.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        labels: whose they are; objects that could clash bear their name.
        viewers: groups that may look. Defaults to none.
        operators: groups that may also restart, scale and roll back. Defaults to none.
        pod_security: Defaults to restricted in the rules of 1.27. `Off(reason)` sets no labels, and the cluster's own
            default holds.
        limits: of each container. `Off(reason)` makes no LimitRange. Defaults to what small services need.
        namespace_labels: of the Namespace, beside those of `labels`. Defaults to none.
        dns: the cluster's resolver, which allow-dns opens. Defaults to that of kube-system.

    Raises:
        ConfigurationError: if the chart has no namespace, or one that Kubernetes keeps for itself.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Labels,
        viewers: Sequence[str] = (),
        operators: Sequence[str] = (),
        pod_security: NamespaceSecurity | Off = NamespaceSecurity(),
        limits: ContainerLimits | Off = DEFAULT_LIMITS,
        namespace_labels: Mapping[str, str] | None = None,
        dns: ClusterDns = ClusterDns(),
    ) -> None:
        required_namespace(scope, "Guardrails")
        super().__init__(scope, id)
        self._labels = labels
        self._dns = dns
        self.namespace = Namespace(
            self, "Namespace", labels=labels, pod_security=pod_security, namespace_labels=namespace_labels
        ).object
        self.limits = self._add_limits(limits)
        self.default_service_account = self._add_default_service_account()
        self.default_deny = self._add_default_deny()
        self.allow_dns = self._add_allow_dns()
        self.administration = Administration(
            self, "Administration", labels=labels, viewers=viewers, operators=operators
        )

    def _add_limits(self, limits: ContainerLimits | Off) -> NamespaceLimits | None:
        if isinstance(limits, Off):
            self.namespace.metadata.add_annotation(f"{RELAXED_PREFIX}no-limit-range", limits.reason)
            return None
        return NamespaceLimits(self, "Limits", limits=limits, labels=self._labels)

    def _add_default_service_account(self) -> KubeObject:
        manifest = k8s.KubeServiceAccount.manifest(
            metadata=meta("default", self._labels.metadata), automount_service_account_token=False
        )
        return KubeObject(self, "ServiceAccount", manifest=manifest)

    def _add_default_deny(self) -> KubeObject:
        spec = k8s.NetworkPolicySpec(pod_selector=k8s.LabelSelector(), policy_types=["Ingress", "Egress"])
        manifest = k8s.KubeNetworkPolicy.manifest(metadata=meta("default-deny", self._labels.metadata), spec=spec)
        return KubeObject(self, "DefaultDeny", manifest=manifest)

    def _add_allow_dns(self) -> KubeObject:
        spec = k8s.NetworkPolicySpec(
            pod_selector=k8s.LabelSelector(), policy_types=["Egress"], egress=[self._dns.egress()]
        )
        manifest = k8s.KubeNetworkPolicy.manifest(metadata=meta("allow-dns", self._labels.metadata), spec=spec)
        return KubeObject(self, "AllowDns", manifest=manifest)

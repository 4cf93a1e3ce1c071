"""A namespace with secure defaults."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.kube.bindings import k8s
from kubestock.kube.dns import ClusterDns
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.namespace.limits import ContainerLimits, NamespaceLimits, ResourceList
from kubestock.namespace.namespace import Namespace
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.namespace.roles import NamespaceRoles
from kubestock.values.labels import Labels
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.value import checked

DEFAULT_LIMITS = ContainerLimits(
    default_request=ResourceList(cpu="50m", memory="64Mi", ephemeral_storage="64Mi"),
    default=ResourceList(cpu="200m", memory="256Mi", ephemeral_storage="256Mi"),
    minimum=ResourceList(cpu="5m", memory="8Mi"),
    maximum=ResourceList(cpu="2", memory="2Gi", ephemeral_storage="4Gi"),
)


class Guardrails(Group):
    """Creates the Namespace of a chart with secure defaults for everything in it.

    These are a Namespace with Pod Security labels, a LimitRange, the `default` ServiceAccount without a token, policies
    that deny all ingress and egress except DNS, and the roles of viewers and operators. The quota is a separate
    construct, `NamespaceQuota`, because a computed quota needs the finished workloads.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        labels: the labels of the owner; their name is also the name of objects that could clash with others.
        viewers: groups with read access. Defaults to none.
        operators: groups that can also restart, scale and roll back. Defaults to none.
        pod_security: Defaults to the level restricted of Kubernetes 1.27. `Off(reason)` sets no labels, so the default
            of the cluster applies.
        limits: the limits of each container. `Off(reason)` creates no LimitRange. Defaults to limits for small
            services.
        namespace_labels: additional labels of the Namespace. Defaults to none.
        dns: the DNS servers of the cluster, which the policy allow-dns permits. Defaults to those in kube-system.

    Raises:
        ConfigurationError: if the chart has no namespace, or one that is reserved for Kubernetes.
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
        self.roles = NamespaceRoles(self, "NamespaceRoles", labels=labels, viewers=viewers, operators=operators)

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

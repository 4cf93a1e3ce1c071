"""DaemonSets: one pod on each node, such as an agent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scalars import int_or_string
from kubestock.values.numbers import count_or_percent, is_zero, seconds, whole
from kubestock.values.value import checked
from kubestock.workload.container import Container
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.service import Service
from kubestock.workload.storage import check_no_claim_templates, check_shared_claims
from kubestock.workload.workload import Workload

_MANY = 2


class DaemonSet(Workload):
    """Runs one pod on each node: a DaemonSet with its Services, ServiceAccount, ConfigMap and NetworkPolicy.

    It has no PodDisruptionBudget, because a node drain does not evict the pods of a DaemonSet. A computed quota needs
    the maximum number of nodes.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 63 characters, starting with a letter.
        platform: the settings that all workloads of the product share.
        container: the main container.
        pod: the rest of the pod; its tolerations and node selector choose the nodes. Defaults to no additions.
        component: the role of the workload in the product. Defaults to service.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        services: Defaults to one Service with the name of the workload and all ports; without ports, to none.
        max_unavailable: maximum number of nodes without a pod during a rollout, or a percentage. Defaults to 1.
        max_surge: maximum number of nodes with two pods during a rollout, or a percentage; `max_unavailable` must then
            be 0. Defaults to 0.
        min_ready_seconds: how long a new pod must be ready before it counts as available. Defaults to 10.
        revision_history_limit: number of revisions to keep for `kubectl rollout undo`. Defaults to 10.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        selector: labels that select its pods. For an object that already exists, give its selector, which is immutable.
            Defaults to the labels with its name.
        related_objects: a name for the NetworkPolicy, or `Off` with a reason to leave it out. Defaults to the name of
            the workload.

    Raises:
        ConfigurationError: if an argument is invalid, or arguments contradict each other.

    See https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        container: Container,
        pod: Pod = Pod(),
        component: str = "service",
        config: Mapping[str, str] | None = None,
        services: Sequence[Service] | None = None,
        max_unavailable: int | str = 1,
        max_surge: int | str = 0,
        min_ready_seconds: int = 10,
        revision_history_limit: int = 10,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        count_or_percent("max_unavailable", max_unavailable)
        count_or_percent("max_surge", max_surge)
        if is_zero(max_unavailable) == is_zero(max_surge):
            raise ConfigurationError(
                f"exactly one of max_unavailable and max_surge of {name!r} must be 0, got "
                f"{max_unavailable} and {max_surge}"
            )
        self._max_unavailable, self._max_surge = max_unavailable, max_surge
        self._min_ready = seconds("min_ready_seconds", min_ready_seconds)
        self._history = whole("revision_history_limit", revision_history_limit, minimum=1)
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=container,
            pod=replace(pod, scheduling=pod.scheduling.alone()),
            component=component,
            config=config,
            services=services,
            labels=labels,
            pod_labels=pod_labels,
            selector=selector,
            related_objects=related_objects,
        )
        metadata = meta(self.name, self.labels.release, self._object_annotations())
        head = k8s.KubeDaemonSet.manifest(metadata=metadata)
        self.daemon_set = KubeObject(self, "DaemonSet", manifest=head, body=lambda: {"spec": self._spec()})
        self.services = self._add_services()
        self.network_policy = self._add_network_policy()

    def _check_template(self, template: PodTemplate) -> None:
        check_no_claim_templates(self.name, template.volumes())
        fix = "use storage that many nodes can mount, with access mode ReadWriteMany"
        check_shared_claims(self.name, template.volumes(), _MANY, fix)

    def _spec(self) -> k8s.DaemonSetSpec:
        template: Any = self._pods()
        rolling = k8s.RollingUpdateDaemonSet(
            max_unavailable=int_or_string(self._max_unavailable), max_surge=int_or_string(self._max_surge)
        )
        return k8s.DaemonSetSpec(
            selector=self._selector(),
            template=template,
            update_strategy=k8s.DaemonSetUpdateStrategy(type="RollingUpdate", rolling_update=rolling),
            min_ready_seconds=self._min_ready,
            revision_history_limit=self._history,
        )

"""StatefulSets: pods with stable names and their own storage, such as a database or a queue."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.values import names
from kubestock.values.numbers import count_or_percent, is_zero, seconds, whole
from kubestock.values.value import checked
from kubestock.workload.container import Container
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.ports import Port
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.service import Service
from kubestock.workload.storage import VolumeClaimTemplate, check_shared_claims
from kubestock.workload.workload import Workload

_NAME_MAX = 52


class StatefulSet(Workload):
    """Runs pods with stable names and their own storage: a StatefulSet and the objects that it needs.

    These are Services, a ServiceAccount, a ConfigMap, a PodDisruptionBudget and a NetworkPolicy. A headless Service
    gives each pod a name. A container mounts the storage of its pod by a `VolumeClaimTemplate`; Kubernetes keeps the
    claims when pods or the StatefulSet are deleted.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 52 characters, starting with a letter; Kubernetes adds 11 characters for
            the label of a revision.
        platform: the settings that all workloads of the product share.
        container: the main container.
        pod: the rest of the pod: additional containers, scheduling, security. Defaults to no additions.
        component: the role of the workload in the product. Defaults to service.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        services: Services that select all pods. Defaults to one Service with the name of the workload and all ports;
            without ports, to none.
        service_name: the name of the headless Service that names the pods; it is immutable. Defaults to `<name>-pods`.
        replicas: the number of pods. Defaults to 1.
        pod_management_policy: `OrderedReady` starts a pod when the previous one is ready, `Parallel` starts all at
            once; it is immutable. Defaults to OrderedReady.
        partition: a rollout replaces only the pods with this number and higher. Defaults to 0: all pods.
        min_ready_seconds: how long a new pod must be ready before it counts as available. Defaults to 10.
        revision_history_limit: number of revisions to keep for `kubectl rollout undo`. Defaults to 10.
        pdb_max_unavailable: maximum number of pods that node drains may evict at once, or a percentage:
            `maxUnavailable` of the PodDisruptionBudget. Defaults to 1.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        selector: labels that select its pods. For an object that already exists, give its selector, which is immutable.
            Defaults to the labels with its name.
        related_objects: names for the policy and the disruption budget, or `Off` with a reason to leave one out.
            Defaults to the name of the workload for both.

    Raises:
        ConfigurationError: if an argument is invalid, or arguments contradict each other.

    See https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/
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
        service_name: str | None = None,
        replicas: int = 1,
        pod_management_policy: Literal["OrderedReady", "Parallel"] = "OrderedReady",
        partition: int = 0,
        min_ready_seconds: int = 10,
        revision_history_limit: int = 10,
        pdb_max_unavailable: int | str = 1,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        if len(name) > _NAME_MAX:
            raise ConfigurationError(
                f"name of a StatefulSet must have at most {_NAME_MAX} characters, got {len(name)} in {name!r}: "
                "Kubernetes adds 11 characters for the label of a revision; shorten it"
            )
        if is_zero(count_or_percent("pdb_max_unavailable", pdb_max_unavailable)):
            raise ConfigurationError(
                f"pdb_max_unavailable must be at least 1, got {pdb_max_unavailable}: no node with such a pod could be "
                "drained"
            )
        default = f"{names.service_name('name', name)}-pods"
        self.replicas = whole("replicas", replicas)
        self.service_name = names.service_name("service_name", service_name or default)
        self._pod_management = pod_management_policy
        self._partition = whole("partition", partition)
        self._min_ready = seconds("min_ready_seconds", min_ready_seconds)
        self._history = whole("revision_history_limit", revision_history_limit, minimum=1)
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=container,
            pod=pod,
            component=component,
            config=config,
            services=services,
            labels=labels,
            pod_labels=pod_labels,
            selector=selector,
            related_objects=related_objects,
        )
        self.stateful_set = self._add_stateful_set()
        self.services = [*self._add_services(), *self._add_names_of_pods()]
        self.disruption_budget = self._add_disruption_budget(pdb_max_unavailable)
        self.network_policy = self._add_network_policy()

    def pod_host(self, number: int) -> str:
        """Return the name of one pod in the cluster's DNS.

        Raises:
            ConfigurationError: if there is no pod with that number.
        """
        whole("number", number, maximum=max(0, self.replicas - 1))
        return f"{self.name}-{number}.{self.service_name}.{self.namespace}.svc.cluster.local"

    def _check_template(self, template: PodTemplate) -> None:
        fix = "mount a VolumeClaimTemplate, which gives each pod its own claim"
        check_shared_claims(self.name, template.volumes(), self.replicas, fix)

    def _services_over(self, services: Sequence[Service] | None, ports: Sequence[Port]) -> Sequence[Service]:
        if services is None:
            services = [Service()] if ports else []
        same = [each for each in services if (each.name or self.name) == self.service_name]
        if not all(each.headless for each in same):
            name = "" if self.service_name == self.name else f"name={self.service_name!r}, "
            raise ConfigurationError(
                f"Service {self.service_name!r} must be headless, because it names the pods of {self.name!r}: for one "
                f"headless Service, give services=(Service({name}headless=True),); for a Service with a cluster IP as "
                "well, give the headless one another service_name"
            )
        if same or not ports:
            return services
        return [*services, Service(name=self.service_name, headless=True, publish_not_ready_addresses=True)]

    def _add_names_of_pods(self) -> list[KubeObject]:
        """Add the headless Service of pods without ports; for pods with ports, `services` contains it."""
        if self.template.ports():
            return []
        spec = k8s.ServiceSpec(cluster_ip="None", selector=self.labels.selector, publish_not_ready_addresses=True)
        manifest = k8s.KubeService.manifest(metadata=meta(self.service_name, self.labels.metadata), spec=spec)
        return [KubeObject(self, f"Service-{self.service_name}", manifest=manifest)]

    def _add_stateful_set(self) -> KubeObject:
        metadata = meta(self.name, self.labels.release, self._object_annotations())
        head = k8s.KubeStatefulSet.manifest(metadata=metadata)
        return KubeObject(self, "StatefulSet", manifest=head, body=lambda: {"spec": self._spec()})

    def _spec(self) -> k8s.StatefulSetSpec:
        template: Any = self._pods()
        claims: Any = [each.to_claim() for each in self.template.volumes() if isinstance(each, VolumeClaimTemplate)]
        rolling = k8s.RollingUpdateStatefulSetStrategy(partition=self._partition)
        return k8s.StatefulSetSpec(
            replicas=self.replicas,
            service_name=self.service_name,
            selector=self._selector(),
            template=template,
            pod_management_policy=self._pod_management,
            update_strategy=k8s.StatefulSetUpdateStrategy(type="RollingUpdate", rolling_update=rolling),
            min_ready_seconds=self._min_ready,
            revision_history_limit=self._history,
            volume_claim_templates=claims or None,
        )

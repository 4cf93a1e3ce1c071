"""Microservices: Deployments with all objects that they need in a cluster."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.values.value import checked
from kubestock.workload.autoscaling import Autoscaler, Replicas, Scaling
from kubestock.workload.container import Container
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.rollout import Rollout
from kubestock.workload.service import Service
from kubestock.workload.storage import check_no_claim_templates, check_shared_claims
from kubestock.workload.workload import Workload


class Microservice(Workload):
    """Runs a service of your product: a Deployment and the objects that it needs.

    These are a Service, a ServiceAccount, a ConfigMap, a PodDisruptionBudget, a NetworkPolicy and, if it scales, a
    HorizontalPodAutoscaler. All are named after `name`, not after `id`. The NetworkPolicy permits only DNS, declared
    calls and the scraper.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 63 characters, starting with a letter.
        platform: the settings that all workloads of the product share.
        container: the main container.
        pod: the rest of the pod: additional containers, scheduling, security. Defaults to no additions.
        component: the role of the workload in the product. Defaults to service.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        services: Defaults to one Service with the name of the workload and all ports; without ports, to none.
        scaling: Defaults to two replicas.
        rollout: Defaults to a rolling update with max_surge 1 and max_unavailable 0.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        selector: labels that select its pods. For a Deployment that already exists, give its selector, which is
            immutable. Defaults to the labels with its name.
        related_objects: names for the policy, the disruption budget and the autoscaler, or `Off` with a reason to leave
            one out. Defaults to the name of the workload for all.

    Raises:
        ConfigurationError: if an argument is invalid, or arguments contradict each other.
    """

    _revision_label = "pod-template-hash"

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
        scaling: Scaling = Replicas(),
        rollout: Rollout = Rollout(),
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        self.scaling = scaling
        self.rollout = rollout
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
        self.deployment = self._add_deployment()
        self.services = self._add_services()
        self.disruption_budget = self._add_disruption_budget(rollout.pdb_max_unavailable)
        self.autoscaler = self._add_autoscaler()
        self.network_policy = self._add_network_policy()

    def _check_template(self, template: PodTemplate) -> None:
        self.rollout.check_progress_deadline(template.main.probes.longest_start, self.name)
        check_no_claim_templates(self.name, template.volumes())
        pods = self.scaling.most
        fix = (
            "make it a StatefulSet, whose VolumeClaimTemplate gives each pod its own claim"
            if pods > 1
            else "give rollout=Rollout.recreate(), which stops the old pod first, or make it a StatefulSet"
        )
        check_shared_claims(self.name, template.volumes(), pods + self.rollout.surge(pods), fix)

    def _add_deployment(self) -> KubeObject:
        metadata = meta(self.name, self.labels.release, self._object_annotations())
        head = k8s.KubeDeployment.manifest(metadata=metadata)
        return KubeObject(self, "Deployment", manifest=head, body=lambda: {"spec": self._deployment_spec()})

    def _deployment_spec(self) -> k8s.DeploymentSpec:
        rollout = self.rollout
        return k8s.DeploymentSpec(
            replicas=self.scaling.count if isinstance(self.scaling, Replicas) else None,
            selector=self._selector(),
            template=self._pods(),
            strategy=rollout.strategy(),
            min_ready_seconds=rollout.min_ready_seconds,
            progress_deadline_seconds=rollout.progress_deadline_seconds,
            revision_history_limit=rollout.revision_history_limit,
        )

    def _add_autoscaler(self) -> KubeObject | None:
        if not isinstance(self.scaling, Autoscaler):
            return None
        manifest = k8s.KubeHorizontalPodAutoscalerV2.manifest(
            metadata=meta(self.related_objects.autoscaler or self.name, self.labels.metadata),
            spec=self.scaling.to_kube(self.name),
        )
        return KubeObject(self, "HorizontalPodAutoscaler", manifest=manifest)

"""Jobs: work that runs to completion, once or in each sync of Argo CD. CronJobs share their base class."""

from collections.abc import Mapping
from dataclasses import replace

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.values.labels import annotation_map
from kubestock.values.value import checked
from kubestock.workload.container import Container
from kubestock.workload.hook import Hook
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.probes import Probes
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.storage import check_no_claim_templates, check_shared_claims
from kubestock.workload.workload import Workload

_KEPT_SECONDS = 3600


class Ending(Workload):
    """The base of `Job` and `CronJob`, whose pods run to completion and have no ports."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        container: Container,
        options: JobOptions,
        pod: Pod,
        component: str,
        config: Mapping[str, str] | None,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        if container.ports or container.probes != Probes() or container.lifecycle is not None:
            raise ConfigurationError(
                f"the container of {name!r} must have no ports, probes or lifecycle, because it runs to completion; "
                "leave them out, or use a Microservice for a program that serves"
            )
        if pod.sidecars:
            found = ", ".join(repr(each.name) for each in pod.sidecars)
            raise ConfigurationError(
                f"the pods of {name!r} must have no sidecars, got {found}: the Job would never complete, because it "
                "waits for every container; give them as native_sidecars, which end with the main container"
            )
        self.options = options
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=replace(container, lifecycle=Lifecycle(drain_seconds=0)),
            pod=replace(pod, scheduling=pod.scheduling.alone()),
            component=component,
            config=config,
            labels=labels,
            pod_labels=pod_labels,
            related_objects=related_objects,
        )

    def _check_template(self, template: PodTemplate) -> None:
        check_no_claim_templates(self.name, template.volumes())
        pods = min(self.options.parallelism, self.options.completions)
        fix = "run one pod at a time, or use storage that many nodes can mount, with access mode ReadWriteMany"
        check_shared_claims(self.name, template.volumes(), pods, fix)


class Job(Ending):
    """Runs a program to completion: a Job with its ServiceAccount, ConfigMap and NetworkPolicy.

    As a hook, it runs in each sync of Argo CD. The pod template of a Job is immutable: a Job that is not a hook needs
    a new name for each release. `kubectl apply` ignores phases of hooks and applies the files in their order.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 63 characters, starting with a letter.
        platform: the settings that all workloads of the product share.
        container: the main container, without ports, probes and lifecycle.
        options: the deadline, the retries and the parallelism.
        hook: the phase of a sync in which Argo CD runs it. Defaults to none: Argo CD applies it like any other object.
        pod: the rest of the pod: additional containers, scheduling, security. Defaults to no additions, and no spread.
        component: the role of the workload in the product. Defaults to hook for a hook, and job for another Job.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        annotations: annotations of the Job. Defaults to none.
        suspend: create no pods until it is set to false. Defaults to false.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        related_objects: a name for the NetworkPolicy, or `Off` with a reason to leave it out. Defaults to the name of
            the workload.

    Raises:
        ConfigurationError: if the container has ports, probes or a lifecycle, or a container of the pod would never
            end.
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
        options: JobOptions,
        hook: Hook | None = None,
        pod: Pod = Pod(),
        component: str | None = None,
        config: Mapping[str, str] | None = None,
        annotations: Mapping[str, str] | None = None,
        suspend: bool = False,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        annotation_map("annotations", annotations or {})
        if hook is not None and suspend:
            raise ConfigurationError(
                f"hook {name!r} must not be suspended: the sync would wait for it forever; leave out hook or suspend"
            )
        if hook is not None and options.ttl_seconds_after_finished is None:
            options = replace(options, ttl_seconds_after_finished=_KEPT_SECONDS)
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=container,
            options=options,
            pod=pod,
            component=component or ("job" if hook is None else "hook"),
            config=config,
            labels=labels,
            pod_labels=pod_labels,
            related_objects=related_objects,
        )
        self.hook = hook
        self._suspend = suspend
        self.network_policy = self._add_network_policy()
        self.job = self._add_job(annotations or {})
        if hook is not None:
            self._mark_needs(hook)

    def _add_job(self, annotations: Mapping[str, str]) -> KubeObject:
        of_hook = {} if self.hook is None else self.hook.annotations()
        found = {**annotations, **self._object_annotations(), **of_hook}
        head = k8s.KubeJob.manifest(metadata=meta(self.name, self.labels.release, found))
        return KubeObject(self, "Job", manifest=head, body=lambda: {"spec": self._job_spec()})

    def _job_spec(self) -> k8s.JobSpec:
        return self.options.to_kube(self._pods(), suspend=self._suspend)

    def _mark_needs(self, hook: Hook) -> None:
        config = None if self.config_map is None else self.config_map.object
        needed = [each for each in (self.service_account, self.network_policy, config) if each is not None]
        for each in needed:
            for key, value in hook.annotations_of_needs().items():
                each.metadata.add_annotation(key, value)

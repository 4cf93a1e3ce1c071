"""A Job that Argo CD runs at a moment of a sync: a migration before the workloads, a test after them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from cdk8s_plus_27 import k8s
from constructs import Construct

from kubestock.delivery.order import HOOK, WAVE
from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, Manifest, meta
from kubestock.kube.peers import Pods
from kubestock.kube.scope import required_namespace, unused_id
from kubestock.values import names
from kubestock.values.numbers import seconds, whole
from kubestock.values.types import typed
from kubestock.workload.container import Container
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.probes import Probes
from kubestock.workload.scheduling import Scheduling
from kubestock.workload.traffic import ExternalService, Traffic, without_variable

DELETE_POLICY = "argocd.argoproj.io/hook-delete-policy"
Phase = Literal["PreSync", "Sync", "PostSync"]
_ALONE = Scheduling(spread=(), apart=False)
_BEFORE_THE_JOB = "-1"
_START_SECONDS = _SHORTEST_KEPT_SECONDS = 60


class HookJob(Construct):
    """A Job with its ServiceAccount and NetworkPolicy, which runs to its end once for each sync.

    A sync fails if it fails, and what comes after it is not applied: the workloads after a migration, nothing
    after a test. Argo CD removes it when it has succeeded, and before the next one; Kubernetes removes one that
    failed after `keep_seconds`, until when its log can be read. `kubectl apply` runs it in file order.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct; no object depends on it.
        name: of the objects: 63 characters at most, a letter first.
        platform: what the product's workloads share.
        container: the program; it has no ports, probes or hooks of its own.
        phase: Sync runs it after secrets and configuration and before the workloads: a migration. PostSync runs
            it when all of them are healthy: a test. PreSync runs it before anything of the chart is applied, so
            that it may only need what the cluster has already.
        deadline_seconds: for which one attempt may run; its pod then fails, and keeps its log. The Job may take
            as long for each attempt, and a minute more to place the pod and pull its image.
        attempts: pods that may fail before the Job has. Defaults to 1.
        keep_seconds: from the Job's end to its removal by Kubernetes, 60 at least, so that Argo CD sees how it
            ended. Defaults to 3600.
        pod: what surrounds the container. Defaults to nothing; a single pod has nothing to spread.

    Raises:
        ConfigurationError: if a number is out of its range, or the container serves.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
    """

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        container: Container,
        phase: Phase,
        deadline_seconds: int,
        attempts: int = 1,
        keep_seconds: int = 3600,
        pod: Pod = Pod(),
    ) -> None:
        self.name = names.service_name("name", name)
        self.namespace = required_namespace(scope, f"HookJob {name!r}")
        self.labels = platform.labels(name, component="hook", version=container.image.version)
        self.phase = phase
        if container.ports or container.probes != Probes() or container.lifecycle is not None:
            raise ConfigurationError(
                f"the container of {name!r} must have no ports, probes or lifecycle: it runs to its end, and nobody "
                "calls it"
            )
        self._deadline = seconds("deadline_seconds", deadline_seconds, minimum=1)
        self._retries = whole("attempts", attempts, minimum=1) - 1
        self._kept = seconds("keep_seconds", keep_seconds, minimum=_SHORTEST_KEPT_SECONDS)
        silent = replace(container, lifecycle=Lifecycle(drain_seconds=0))
        if pod.scheduling == Scheduling():
            pod = replace(pod, scheduling=_ALONE)
        self.template = PodTemplate(labels=self.labels, platform=platform, main=silent, pod=pod)
        super().__init__(scope, unused_id(scope, id))
        self.traffic = Traffic()
        self.service_account = KubeObject(self, "ServiceAccount", manifest=self._first(self.template.service_account()))
        self.network_policy = KubeObject(self, "NetworkPolicy", manifest=self._network_policy())
        self.job = KubeObject(self, "Job", manifest=self._job())

    @property
    def pods(self) -> Pods:
        """The pods as the other end of a connection."""
        return Pods(namespace=self.namespace, labels=self.labels.selector)

    @typed
    def calls(
        self, callee: Microservice | ExternalService, *, variable: str | None = None, port: str | None = None
    ) -> None:
        """Let the Job call a workload or something outside, and tell it the address.

        Args:
            callee: both network policies are opened on that port alone.
            variable: set to the address. Defaults to none.
            port: the name of the callee's port. Defaults to its first one.

        Raises:
            ConfigurationError: if the callee has no such port or no Service, or the variable is set already.
        """
        main = self.template.main
        without_variable(variable, main.env, self.name)
        address = self.traffic.call(callee, caller=self.pods, port=port)
        if variable is not None:
            self.template = replace(self.template, main=replace(main, env={**main.env, variable: address}))
            self.job.redefine(self._job())
        self.network_policy.redefine(self._network_policy())

    def _job(self) -> Manifest:
        template = self.template.to_kube()
        hook = {HOOK: self.phase, DELETE_POLICY: "BeforeHookCreation,HookSucceeded"}
        manifest: Manifest = k8s.KubeJob.manifest(
            metadata=meta(self.name, self.labels.release, {**self.template.object_annotations(), **hook}),
            spec=k8s.JobSpec(
                template=template,
                # A Job at its deadline deletes its pods, with their logs: theirs comes first.
                active_deadline_seconds=(self._retries + 1) * (self._deadline + _START_SECONDS),
                backoff_limit=self._retries,
                ttl_seconds_after_finished=self._kept,
            ),
        )
        pods = manifest["spec"]["template"]
        pods["spec"]["restartPolicy"] = "Never"
        pods["spec"]["activeDeadlineSeconds"] = self._deadline
        self.template.finish(pods)
        return manifest

    def _network_policy(self) -> Manifest:
        manifest: Manifest = k8s.KubeNetworkPolicy.manifest(
            metadata=meta(self.name, self.labels.metadata), spec=self.traffic.policy(self.labels.selector)
        )
        return self._first(manifest)

    def _first(self, manifest: Mapping[str, Any]) -> Manifest:
        """What the pods need is there before them: before the sync, too, if they run then."""
        if self.phase != "PreSync":
            return dict(manifest)
        hook = {HOOK: "PreSync", WAVE: _BEFORE_THE_JOB, DELETE_POLICY: "BeforeHookCreation"}
        metadata = dict(manifest["metadata"])
        return {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **hook}}}

"""A Job that Argo CD runs at a moment of a sync: a migration before the workloads, a test after them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from constructs import Construct

from kubestock.delivery.order import HOOK, WAVE
from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s, to_manifest
from kubestock.kube.objects import KubeObject, Manifest, meta
from kubestock.kube.peers import Pods
from kubestock.kube.tree import Group, required_namespace
from kubestock.values import names
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import checked
from kubestock.workload.callees import ClusterService, ExternalService
from kubestock.workload.calls import Calls, wanted_variables
from kubestock.workload.container import Container
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.probes import Probes
from kubestock.workload.scheduling import Scheduling
from kubestock.workload.traffic import Callee, Traffic, open_api_server

DELETE_POLICY = "argocd.argoproj.io/hook-delete-policy"
Phase = Literal["PreSync", "Sync", "PostSync"]
_ALONE = Scheduling(spread=(), apart=False)
_BEFORE_THE_JOB = "-1"
_START_SECONDS = _SHORTEST_KEPT_SECONDS = 60


class HookJob(Group):
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

    @checked
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
        super().__init__(scope, id)
        self.traffic = Traffic(platform.dns)
        open_api_server(self.traffic, name, platform, pod)
        self._calls = Calls(name, self.traffic)
        self.service_account = self._add_service_account()
        self.network_policy = self._add_network_policy()
        self.job = self._add_job()

    @property
    def pods(self) -> Pods:
        """The pods as the other end of a connection."""
        return Pods(namespace=self.namespace, labels=self.labels.selector)

    @checked
    def calls(
        self,
        callee: Callee | ClusterService | ExternalService,
        *,
        variable: str | None = None,
        variables: Mapping[str, str] | None = None,
        port: str | None = None,
    ) -> None:
        """Let the Job call a workload or something else, and tell it the address.

        Args:
            callee: both network policies are opened on that port alone.
            variable: set to the address in its usual form. Defaults to none.
            variables: each set to the address in a form of your choice, with `{host}` and `{port}` in it. Defaults to
                none.
            port: the name of the callee's port. Defaults to its first one.

        Raises:
            ConfigurationError: if the callee has no such port or no Service, or a variable is set already, or refers
                to one that is not set.
        """
        main = self.template.main
        wanted = wanted_variables(variable, variables)
        self._calls.add(callee, pods=self.pods, port=port, wanted=wanted, env=main.env, env_from=main.env_from)

    def _add_service_account(self) -> KubeObject | None:
        if self.template.pod.service_account is not None:
            return None
        return KubeObject(self, "ServiceAccount", manifest=self._first(self.template.service_account()))

    def _add_job(self) -> KubeObject:
        hook = {HOOK: self.phase, DELETE_POLICY: "BeforeHookCreation,HookSucceeded"}
        metadata = meta(self.name, self.labels.release, {**self.template.object_annotations(), **hook})
        head = k8s.KubeJob.manifest(metadata=metadata)
        return KubeObject(self, "Job", manifest=head, body=lambda: {"spec": self._job_spec()})

    def _job_spec(self) -> k8s.JobSpec:
        template = to_manifest(self.template.to_kube(self._calls.variables))
        template["spec"]["restartPolicy"] = "Never"
        template["spec"]["activeDeadlineSeconds"] = self._deadline
        return k8s.JobSpec(
            template=template,
            # A Job at its deadline deletes its pods, with their logs: theirs comes first.
            active_deadline_seconds=(self._retries + 1) * (self._deadline + _START_SECONDS),
            backoff_limit=self._retries,
            ttl_seconds_after_finished=self._kept,
        )

    def _add_network_policy(self) -> KubeObject:
        head = self._first(k8s.KubeNetworkPolicy.manifest(metadata=meta(self.name, self.labels.metadata)))
        body = lambda: {"spec": self.traffic.policy(self.labels.selector)}  # noqa: E731
        return KubeObject(self, "NetworkPolicy", manifest=head, body=body)

    def _first(self, manifest: Mapping[str, Any]) -> Manifest:
        """What the pods need is there before them: before the sync, too, if they run then."""
        if self.phase != "PreSync":
            return dict(manifest)
        hook = {HOOK: "PreSync", WAVE: _BEFORE_THE_JOB, DELETE_POLICY: "BeforeHookCreation"}
        metadata = dict(manifest["metadata"])
        return {**manifest, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **hook}}}

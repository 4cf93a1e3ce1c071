"""CronJobs: work that runs on a schedule."""

from collections.abc import Mapping
from typing import Any, Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.values.cron import cron_schedule, time_zone
from kubestock.values.numbers import seconds, whole
from kubestock.values.value import Value, checked
from kubestock.workload.container import Container
from kubestock.workload.job import Ending
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.relatedobjects import RelatedObjects

_NAME_MAX = 52
_SHORTEST_LATENESS = 10


class Schedule(Value):
    """Says when a CronJob starts a Job, and how many finished Jobs it keeps.

    Args:
        cron: minute hour day month weekday, such as `0 3 * * *`. Sunday is 0.
        time_zone: the time zone of the schedule, such as Europe/Zurich. Defaults to UTC, because the time zone of the
            controller is unknown.
        concurrency: what happens if the previous Job is still running: `Forbid` skips the new one, `Replace` stops the
            old one, `Allow` runs both. Defaults to Forbid.
        starting_deadline_seconds: how late a Job may start, at least 10, because the controller checks every 10
            seconds. Defaults to any time before the next Job.
        successful_jobs_history_limit: the number of successful Jobs to keep, with their logs. Defaults to 3.
        failed_jobs_history_limit: the number of failed Jobs to keep, with their logs. Defaults to 1.
        suspend: do not start Jobs. Defaults to false.

    Raises:
        ConfigurationError: if the schedule or the time zone is invalid, or a number is out of its range.

    See https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/
    """

    cron: str
    time_zone: str = "Etc/UTC"
    concurrency: Literal["Allow", "Forbid", "Replace"] = "Forbid"
    starting_deadline_seconds: int | None = None
    successful_jobs_history_limit: int = 3
    failed_jobs_history_limit: int = 1
    suspend: bool = False

    def check(self) -> None:
        cron_schedule("schedule", self.cron)
        time_zone("time_zone", self.time_zone)
        if self.starting_deadline_seconds is not None:
            seconds("starting_deadline_seconds", self.starting_deadline_seconds, minimum=_SHORTEST_LATENESS)
        whole("successful_jobs_history_limit", self.successful_jobs_history_limit)
        whole("failed_jobs_history_limit", self.failed_jobs_history_limit)

    def to_kube(self, job: k8s.JobTemplateSpec) -> k8s.CronJobSpec:
        """Return the binding of a CronJob that starts Jobs from that template."""
        return k8s.CronJobSpec(
            schedule=self.cron,
            time_zone=self.time_zone,
            concurrency_policy=self.concurrency,
            starting_deadline_seconds=self.starting_deadline_seconds,
            successful_jobs_history_limit=self.successful_jobs_history_limit,
            failed_jobs_history_limit=self.failed_jobs_history_limit,
            suspend=self.suspend or None,
            job_template=job,
        )


class CronJob(Ending):
    """Runs a program on a schedule: a CronJob with its ServiceAccount, ConfigMap and NetworkPolicy.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 52 characters, starting with a letter; Kubernetes adds 11 characters to
            it for each Job.
        platform: the settings that all workloads of the product share.
        container: the main container, without ports, probes and lifecycle.
        schedule: when a Job starts.
        options: the deadline, the retries and the parallelism of each Job.
        pod: the rest of the pod: additional containers, scheduling, security. Defaults to no additions, and no spread.
        component: the role of the workload in the product. Defaults to job.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        related_objects: a name for the NetworkPolicy, or `Off` with a reason to leave it out. Defaults to the name of
            the workload.

    Raises:
        ConfigurationError: if the container has ports, probes or a lifecycle, a container of the pod would never end,
            or the name is too long.
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
        schedule: Schedule,
        options: JobOptions,
        pod: Pod = Pod(),
        component: str = "job",
        config: Mapping[str, str] | None = None,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        if len(name) > _NAME_MAX:
            raise ConfigurationError(
                f"name of a CronJob must have at most {_NAME_MAX} characters, got {len(name)} in {name!r}: Kubernetes "
                "adds 11 characters for each Job; shorten it"
            )
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            container=container,
            options=options,
            pod=pod,
            component=component,
            config=config,
            labels=labels,
            pod_labels=pod_labels,
            related_objects=related_objects,
        )
        self.schedule = schedule
        self.network_policy = self._add_network_policy()
        metadata = meta(self.name, self.labels.release, self._object_annotations())
        head = k8s.KubeCronJob.manifest(metadata=metadata)
        self.cron_job = KubeObject(self, "CronJob", manifest=head, body=self._body)

    def _body(self) -> dict[str, Any]:
        metadata = k8s.ObjectMeta(labels=self.labels.release)
        job = k8s.JobTemplateSpec(metadata=metadata, spec=self.options.to_kube(self._pods()))
        return {"spec": self.schedule.to_kube(job)}

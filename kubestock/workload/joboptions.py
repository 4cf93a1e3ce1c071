"""How a Job runs its pods: deadline, retries and parallelism."""

from collections.abc import Mapping
from typing import Any, Literal

from kubestock.kube.bindings import k8s
from kubestock.values.numbers import INT32_MAX, seconds, whole
from kubestock.values.value import Value

_START_SECONDS = _SHORTEST_KEPT_SECONDS = 60


class JobOptions(Value):
    """Sets the deadline, the retries and the parallelism of a Job.

    Args:
        deadline_seconds: how long one attempt may run; then its pod fails, and keeps its log. The Job may take this
            time for each attempt, and one minute more to schedule the pod and pull its image. With `OnFailure`, no
            limit applies to an attempt, because its pod is the same for all attempts: the limit of the whole Job
            remains, so that with 3600 seconds and 6 retries a program that hangs is stopped after about 7 hours.
        backoff_limit: how many times a failed attempt is repeated before the Job fails. Defaults to 0: the program runs
            once.
        completions: the number of pods that must succeed. Defaults to 1.
        parallelism: the number of pods that run at once. Defaults to 1.
        restart_policy: `Never` creates a new pod for each attempt and keeps the log of each. `OnFailure` restarts the
            container in its pod; after the last attempt, Kubernetes deletes the pod with its log, and
            `deadline_seconds` does not limit an attempt. Defaults to Never.
        ttl_seconds_after_finished: how long Kubernetes keeps the finished Job, at least 60, so that Argo CD can read
            its result. Defaults to 3600 for a hook. Any other Job stays until it is deleted, because each apply would
            otherwise run it again; the Jobs of a CronJob stay until its history is full.

    Raises:
        ConfigurationError: if a number is out of its range.

    See https://kubernetes.io/docs/concepts/workloads/controllers/job/
    """

    deadline_seconds: int
    backoff_limit: int = 0
    completions: int = 1
    parallelism: int = 1
    restart_policy: Literal["Never", "OnFailure"] = "Never"
    ttl_seconds_after_finished: int | None = None

    def check(self) -> None:
        seconds("deadline_seconds", self.deadline_seconds, minimum=1)
        whole("backoff_limit", self.backoff_limit)
        whole("completions", self.completions, minimum=1)
        whole("parallelism", self.parallelism, minimum=1)
        if self.ttl_seconds_after_finished is not None:
            seconds("ttl_seconds_after_finished", self.ttl_seconds_after_finished, minimum=_SHORTEST_KEPT_SECONDS)

    @property
    def job_seconds(self) -> int:
        """How long the whole Job may take, for all rounds of pods and all failed attempts."""
        rounds = -(-self.completions // self.parallelism)
        return min((rounds + self.backoff_limit) * (self.deadline_seconds + _START_SECONDS), INT32_MAX)

    def to_kube(self, pods: Mapping[str, Any], *, suspend: bool = False) -> k8s.JobSpec:
        """Return the binding of a Job with pods from that template."""
        spec = {**pods["spec"], "restartPolicy": self.restart_policy}
        if self.restart_policy == "Never":
            # At its deadline, a Job deletes its pods with their logs, so the deadline of the pods is earlier.
            spec["activeDeadlineSeconds"] = self.deadline_seconds
        template: Any = {**pods, "spec": spec}
        return k8s.JobSpec(
            template=template,
            active_deadline_seconds=self.job_seconds,
            backoff_limit=self.backoff_limit,
            completions=self.completions if self.completions > 1 else None,
            parallelism=self.parallelism if self.parallelism > 1 else None,
            ttl_seconds_after_finished=self.ttl_seconds_after_finished,
            suspend=suspend or None,
        )

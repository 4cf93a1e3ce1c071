"""How the pods of a Job run to their end."""

from collections.abc import Mapping
from typing import Any, Literal

from kubestock.kube.bindings import k8s
from kubestock.values.numbers import INT32_MAX, seconds, whole
from kubestock.values.value import Value

_START_SECONDS = _SHORTEST_KEPT_SECONDS = 60


class Run(Value):
    """How the pods of a Job run to their end.

    Args:
        deadline_seconds: for which one attempt may run; its pod then fails, and keeps its log. The Job may take
            as long for each attempt, and a minute more to place the pod and pull its image.
        attempts: how often the program may fail before the Job has. Defaults to 1.
        completions: pods that must succeed. Defaults to 1.
        parallelism: pods that run at once. Defaults to 1.
        restart_policy: `Never` makes a new pod for each attempt, and the log of each is kept. `OnFailure` restarts the
            container in its pod; Kubernetes deletes the pod, and its log, with the last attempt. Defaults to Never.
        keep_seconds: from the Job's end to its removal by Kubernetes, 60 at least, so that Argo CD sees how it
            ended. Defaults to 3600 for a hook; another Job stays until it is deleted, or each apply would run it again,
            and those of a CronJob until its history is full.

    Raises:
        ConfigurationError: if a number is out of its range.

    See https://kubernetes.io/docs/concepts/workloads/controllers/job/
    """

    deadline_seconds: int
    attempts: int = 1
    completions: int = 1
    parallelism: int = 1
    restart_policy: Literal["Never", "OnFailure"] = "Never"
    keep_seconds: int | None = None

    def check(self) -> None:
        seconds("deadline_seconds", self.deadline_seconds, minimum=1)
        whole("attempts", self.attempts, minimum=1)
        whole("completions", self.completions, minimum=1)
        whole("parallelism", self.parallelism, minimum=1)
        if self.keep_seconds is not None:
            seconds("keep_seconds", self.keep_seconds, minimum=_SHORTEST_KEPT_SECONDS)

    @property
    def job_seconds(self) -> int:
        """How long the Job may take: for each round of pods, and each attempt that fails."""
        rounds = -(-self.completions // self.parallelism)
        return min((rounds + self.attempts - 1) * (self.deadline_seconds + _START_SECONDS), INT32_MAX)

    def to_kube(self, pods: Mapping[str, Any], *, suspend: bool = False) -> k8s.JobSpec:
        """Return the binding of a Job with pods of that template."""
        spec = {**pods["spec"], "restartPolicy": self.restart_policy}
        if self.restart_policy == "Never":
            # A Job at its deadline deletes its pods, with their logs: theirs comes first.
            spec["activeDeadlineSeconds"] = self.deadline_seconds
        template: Any = {**pods, "spec": spec}
        return k8s.JobSpec(
            template=template,
            active_deadline_seconds=self.job_seconds,
            backoff_limit=self.attempts - 1,
            completions=self.completions if self.completions > 1 else None,
            parallelism=self.parallelism if self.parallelism > 1 else None,
            ttl_seconds_after_finished=self.keep_seconds,
            suspend=suspend or None,
        )

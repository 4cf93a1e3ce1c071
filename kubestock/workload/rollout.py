"""The rollout of a Deployment: how it replaces its pods, and how many may be unavailable at once."""

from typing import Literal, Self

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import int_or_string
from kubestock.values.numbers import INT32_MAX, count_or_percent, is_zero, of_pods, seconds, whole
from kubestock.values.value import Value


class Rollout(Value):
    """Says how a Deployment replaces its pods. By default, a new pod is ready before an old one stops.

    `Rollout.recreate()` stops all old pods first.

    Args:
        max_surge: maximum number of pods above the desired number, or a percentage of it. Defaults to 1.
        max_unavailable: maximum number of pods below the desired number, or a percentage of it. Defaults to 0.
        min_ready_seconds: how long a new pod must be ready before it counts as available. Defaults to 10.
        progress_deadline_seconds: the rollout fails after this time without progress. Defaults to 600.
        revision_history_limit: number of ReplicaSets to keep for `kubectl rollout undo`. Defaults to 10.
        pdb_max_unavailable: maximum number of pods that node drains may evict at once, or a percentage:
            `maxUnavailable` of the PodDisruptionBudget. Defaults to 1.
        type: `Recreate` stops all old pods before it starts new ones, and ignores `max_surge` and `max_unavailable`.
            Defaults to RollingUpdate.

    Raises:
        ConfigurationError: if `max_surge` and `max_unavailable` are both 0 (no pod could be replaced),
            `pdb_max_unavailable` is 0 (no node could be drained), or the deadline is not greater than the ready time.

    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy
    """

    max_surge: int | str = 1
    max_unavailable: int | str = 0
    min_ready_seconds: int = 10
    progress_deadline_seconds: int = 600
    revision_history_limit: int = 10
    pdb_max_unavailable: int | str = 1
    type: Literal["RollingUpdate", "Recreate"] = "RollingUpdate"

    @classmethod
    def recreate(
        cls, *, min_ready_seconds: int = 10, progress_deadline_seconds: int = 600, revision_history_limit: int = 10
    ) -> Self:
        """Return a rollout that stops every old pod before it starts a new one: the workload is unavailable meanwhile.

        Use it for a program that must not run twice at once, or whose storage only one node can mount.

        Args:
            min_ready_seconds: as above.
            progress_deadline_seconds: as above.
            revision_history_limit: as above.
        """
        return cls(
            type="Recreate",
            min_ready_seconds=min_ready_seconds,
            progress_deadline_seconds=progress_deadline_seconds,
            revision_history_limit=revision_history_limit,
        )

    def check(self) -> None:
        count_or_percent("max_surge", self.max_surge, maximum_percent=INT32_MAX)
        count_or_percent("max_unavailable", self.max_unavailable)
        count_or_percent("pdb_max_unavailable", self.pdb_max_unavailable)
        if is_zero(self.max_surge) and is_zero(self.max_unavailable):
            raise ConfigurationError(
                "max_surge and max_unavailable must not both be 0, because no pod could be replaced; set max_surge=1"
            )
        if is_zero(self.pdb_max_unavailable):
            raise ConfigurationError(
                f"pdb_max_unavailable must be at least 1, got {self.pdb_max_unavailable}: no node with such a pod "
                "could be drained"
            )
        seconds("min_ready_seconds", self.min_ready_seconds)
        seconds("progress_deadline_seconds", self.progress_deadline_seconds, minimum=1)
        if self.progress_deadline_seconds <= self.min_ready_seconds:
            raise ConfigurationError(
                f"progress_deadline_seconds must be greater than min_ready_seconds ({self.min_ready_seconds}), "
                f"got {self.progress_deadline_seconds}"
            )
        whole("revision_history_limit", self.revision_history_limit, minimum=1)

    def surge(self, pods: int) -> int:
        """Return how many pods a rollout of `pods` adds at most."""
        if self.type == "Recreate":
            return 0
        return of_pods(self.max_surge, pods, round_up=True)

    def check_progress_deadline(self, longest_start: int, workload: str) -> None:
        """Check that the progress deadline does not expire while a pod may still be starting.

        Raises:
            ConfigurationError: if the longest start and the ready time do not fit in the deadline.
        """
        needed = longest_start + self.min_ready_seconds
        if self.progress_deadline_seconds <= needed:
            raise ConfigurationError(
                f"progress_deadline_seconds of {workload!r} must be greater than {needed}, the longest time that a pod "
                f"may take to become available, got {self.progress_deadline_seconds}; raise it"
            )

    def strategy(self) -> k8s.DeploymentStrategy:
        """Return the binding of the update strategy."""
        if self.type == "Recreate":
            return k8s.DeploymentStrategy(type="Recreate")
        rolling = k8s.RollingUpdateDeployment(
            max_surge=int_or_string(self.max_surge), max_unavailable=int_or_string(self.max_unavailable)
        )
        return k8s.DeploymentStrategy(type="RollingUpdate", rolling_update=rolling)

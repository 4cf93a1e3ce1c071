"""Hooks of Argo CD: Jobs that run at a certain phase of a sync."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import INT32_MAX, whole
from kubestock.values.sync import DELETE_POLICY, HOOK, WAVE
from kubestock.values.value import Value, require_unique

_BEFORE_THE_JOB = -1

DeletePolicy = Literal["HookSucceeded", "HookFailed", "BeforeHookCreation"]


class Hook(Value):
    """Makes a Job a hook of Argo CD, which runs in a phase of each sync; if the Job fails, the sync stops and fails.

    Args:
        phase: Sync runs it after secrets and configuration and before the workloads, for example a migration. PostSync
            runs it when all workloads are healthy, for example a test. PreSync runs it before Argo CD applies anything
            of the chart, so it can only use what is already in the cluster. SyncFail runs it when a sync has failed.
        delete: when Argo CD deletes the Job. Defaults to after it has succeeded and before it creates the next one.
        wave: the sync wave within the phase. Defaults to the wave that `arrange` sets.

    Raises:
        ConfigurationError: if a delete policy is duplicated, or the Job could still exist when the next sync starts.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
    """

    phase: Literal["PreSync", "Sync", "PostSync", "SyncFail"]
    delete: tuple[DeletePolicy, ...] = ("BeforeHookCreation", "HookSucceeded")
    wave: int | None = None

    def check(self) -> None:
        require_unique("delete policy", self.delete, "a hook")
        if "BeforeHookCreation" not in self.delete and {"HookSucceeded", "HookFailed"} - {*self.delete}:
            raise ConfigurationError(
                "delete must contain BeforeHookCreation, or both HookSucceeded and HookFailed, got "
                f"{list(self.delete)}: the next sync could not create a Job of the same name; add BeforeHookCreation"
            )
        if self.wave is not None:
            whole("wave", self.wave, minimum=-INT32_MAX)

    def annotations(self) -> dict[str, str]:
        """Return the annotations of the Job."""
        wave = {} if self.wave is None else {WAVE: str(self.wave)}
        return {HOOK: self.phase, DELETE_POLICY: ",".join(self.delete), **wave}

    def annotations_of_needs(self) -> dict[str, str]:
        """Return the annotations of the objects that its pods need; a PreSync hook needs them before the sync."""
        if self.phase != "PreSync":
            return {}
        first = str((self.wave or 0) + _BEFORE_THE_JOB)
        return {HOOK: "PreSync", WAVE: first, DELETE_POLICY: "BeforeHookCreation"}

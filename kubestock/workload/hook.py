"""At which moment of a sync Argo CD runs a Job."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import INT32_MAX, whole
from kubestock.values.sync import DELETE_POLICY, HOOK, WAVE
from kubestock.values.value import Value, require_unique

_BEFORE_THE_JOB = -1

DeletePolicy = Literal["HookSucceeded", "HookFailed", "BeforeHookCreation"]


class Hook(Value):
    """At which moment of a sync Argo CD runs a Job; a sync fails if it fails, and what comes after it is not applied.

    Args:
        phase: Sync runs it after secrets and configuration and before the workloads: a migration. PostSync runs
            it when all of them are healthy: a test. PreSync runs it before anything of the chart is applied, so
            that it may only need what the cluster has already. SyncFail runs it when a sync has failed.
        delete: when Argo CD removes it. Defaults to when it has succeeded, and before the next one.
        wave: its place within the phase. Defaults to that of `arrange`.

    Raises:
        ConfigurationError: if it is never removed, or twice at one moment.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
    """

    phase: Literal["PreSync", "Sync", "PostSync", "SyncFail"]
    delete: tuple[DeletePolicy, ...] = ("BeforeHookCreation", "HookSucceeded")
    wave: int | None = None

    def check(self) -> None:
        require_unique("delete policy", self.delete, "a hook")
        if "BeforeHookCreation" not in self.delete and {"HookSucceeded", "HookFailed"} - {*self.delete}:
            raise ConfigurationError(
                f"delete must hold BeforeHookCreation, or both HookSucceeded and HookFailed, got {list(self.delete)}: "
                "the next sync could not make a Job whose name is taken"
            )
        if self.wave is not None:
            whole("wave", self.wave, minimum=-INT32_MAX)

    def annotations(self) -> dict[str, str]:
        """Return the annotations of the Job."""
        wave = {} if self.wave is None else {WAVE: str(self.wave)}
        return {HOOK: self.phase, DELETE_POLICY: ",".join(self.delete), **wave}

    def annotations_of_needs(self) -> dict[str, str]:
        """Return the annotations of what its pods need: none, unless they run before the sync, which would make it."""
        if self.phase != "PreSync":
            return {}
        first = str((self.wave or 0) + _BEFORE_THE_JOB)
        return {HOOK: "PreSync", WAVE: first, DELETE_POLICY: "BeforeHookCreation"}

"""Sync windows: when Argo CD allows or denies a sync, by a cron schedule."""

import re
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.cron import cron_schedule, time_zone
from kubestock.values.value import Value

_DURATION = re.compile(r"(?=.*[1-9])(?:[0-9]+h)?(?:[0-9]+m)?")


class SyncWindow(Value):
    """When a sync is allowed, or denied.

    Args:
        kind: allow or deny; if windows overlap, deny has precedence.
        schedule: when the window begins, in cron's format: minute hour day month weekday. Sunday is 0.
        duration: how long the window lasts, such as 4h or 1h30m.
        time_zone: the time zone of the schedule, such as Europe/Zurich. Defaults to UTC.
        manual_sync: whether a person may sync outside an allowed window, or within a denied one. Defaults to false,
            because a person starts every sync here. It also applies to `argocd app rollback`, which is a sync.
        sync_overrun: whether a running sync may continue after the window ends. Defaults to true: otherwise it would
            stop between two waves, with half of a release applied.

    Raises:
        ConfigurationError: if the schedule, the duration or the time zone is invalid; Argo CD would then block every
            sync.

    See https://argo-cd.readthedocs.io/en/stable/user-guide/sync_windows/
    """

    kind: Literal["allow", "deny"]
    schedule: str
    duration: str
    time_zone: str = "UTC"
    manual_sync: bool = False
    sync_overrun: bool = True

    def check(self) -> None:
        cron_schedule("schedule", self.schedule)
        if not _DURATION.fullmatch(self.duration):
            raise ConfigurationError(f"duration must be such as 4h or 1h30m, got {self.duration!r}")
        time_zone("time_zone", self.time_zone)

"""When a sync is allowed: windows that begin as cron says."""

import re
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.cron import cron_schedule, time_zone
from kubestock.values.value import Value

_DURATION = re.compile(r"(?=.*[1-9])(?:[0-9]+h)?(?:[0-9]+m)?")


class SyncWindow(Value):
    """When a sync is allowed, or denied.

    Args:
        kind: allow or deny; where they meet, deny wins.
        schedule: when it begins, as cron writes it: minute hour day month weekday. Sunday is 0.
        duration: such as 4h or 1h30m.
        time_zone: of the schedule, such as Europe/Zurich. Defaults to UTC.
        manual_sync: whether a person may sync outside an allowed window, or within a denied one. Defaults to
            false: the window then binds people, too, and all syncs here are a person's. It also binds
            `argocd app rollback`, which is a sync.
        sync_overrun: whether a sync that has begun may end when its time is over. Defaults to true: it would
            otherwise stop between two waves, with half a release applied.

    Raises:
        ConfigurationError: if the schedule, the duration or the time zone is none; Argo CD would then hold back
            every sync.

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

"""When a sync is allowed: windows that begin as cron says."""

import re
from collections.abc import Mapping
from typing import Literal
from zoneinfo import ZoneInfo

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day": (1, 31, ()),
    "month": (1, 12, _MONTHS),
    "weekday": (0, 6, _DAYS),
}
"""The fields that Argo CD's parser of cron knows: least, most, and names from the least on."""

_PART = re.compile(r"(?:[*?]|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:/([0-9]+))?")
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
        fields = self.schedule.split(" ")
        if len(fields) != len(_FIELDS):
            raise ConfigurationError(
                f"schedule must have the five fields of cron, such as '0 9 * * 1-4', got {self.schedule!r}"
            )
        for (what, (least, most, named)), field in zip(_FIELDS.items(), fields, strict=True):
            if not all(_is_part(each.upper(), least, most, named) for each in field.split(",")):
                raise ConfigurationError(
                    f"{what} of the schedule must be of cron, from {least} to {most}, got {field!r} in "
                    f"{self.schedule!r}"
                )
        if not _DURATION.fullmatch(self.duration):
            raise ConfigurationError(f"duration must be such as 4h or 1h30m, got {self.duration!r}")
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):  # not there, or no name of a zone at all
            raise ConfigurationError(
                f"time_zone must be one of IANA's, such as Europe/Zurich, got {self.time_zone!r}"
            ) from None


def _is_part(part: str, least: int, most: int, named: tuple[str, ...]) -> bool:
    """Tell whether `part` is `*`, a value or a range, each with a step or without."""
    found = _PART.fullmatch(part)
    if not found or found[3] == "0":
        return False
    values = [
        named.index(each) + least if each in named else int(each) if each.isdigit() else -1
        for each in found.groups()[:2]
        if each is not None
    ]
    return all(least <= each <= most for each in values) and values == sorted(values)

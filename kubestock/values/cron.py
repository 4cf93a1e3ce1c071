"""Checks of cron schedules and time zones, as the cron parser of Kubernetes and Argo CD makes them."""

import re
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from kubestock.errors import ConfigurationError

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS: Mapping[str, tuple[int, int, tuple[str, ...]]] = {
    "minute": (0, 59, ()),
    "hour": (0, 23, ()),
    "day": (1, 31, ()),
    "month": (1, 12, _MONTHS),
    "weekday": (0, 6, _DAYS),
}
"""The fields of a schedule: minimum, maximum, and names that begin at the minimum."""

_LENGTHS = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
"""The maximum number of days of each month."""

_OF_THIS_MACHINE = re.compile(r"(posix|right)/.*|localtime|posixrules")
"""Files in the time zone folder of some systems that are not IANA time zones; the cluster does not have them."""

_PART = re.compile(r"(?:[*?]|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:/([0-9]+))?")


def cron_schedule(what: str, value: str) -> str:
    """Return `value` after checking that it has the five fields of cron: minute hour day month weekday. Sunday is 0.

    Raises:
        ConfigurationError: if a field is invalid, or no month has the day.
    """
    fields = value.split(" ")
    if len(fields) != len(_FIELDS):
        raise ConfigurationError(
            f"{what} must have five fields (minute, hour, day, month, weekday), such as '0 9 * * 1-4', got {value!r}"
        )
    for (name, (least, most, named)), field in zip(_FIELDS.items(), fields, strict=True):
        if not all(_is_part(each.upper(), least, most, named) for each in field.split(",")):
            raise ConfigurationError(
                f"{name} of the {what} must be a cron field from {least} to {most}, got {field!r} in {value!r}"
            )
    _check_day(what, value, *fields[2:])
    return value


def time_zone(what: str, value: str) -> str:
    """Return `value` after checking that it is the name of an IANA time zone.

    Raises:
        ConfigurationError: if there is no such time zone.
    """
    if _OF_THIS_MACHINE.fullmatch(value) or not _is_zone(value):
        raise ConfigurationError(f"{what} must be an IANA time zone, such as Europe/Zurich, got {value!r}")
    return value


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # the file does not exist, or the name is not a valid one
        return False
    return True


def _check_day(what: str, value: str, days: str, months: str, weekdays: str) -> None:
    earliest = min(_first(each, "day") for each in days.split(","))
    # With a weekday, the schedule matches if the day or the weekday matches.
    if weekdays in ("*", "?") and earliest > max(map(_LENGTHS.__getitem__, _months(months))):
        raise ConfigurationError(
            f"{what} must have a day that its months have, got {value!r}: none of them has {earliest} days"
        )


def _first(part: str, field: str) -> int:
    least, _, named = _FIELDS[field]
    first = re.split("[-/]", part.upper())[0]
    if first in ("*", "?"):
        return least
    return named.index(first) + least if first in named else int(first)


def _months(field: str) -> set[int]:
    found = set()
    for part in field.upper().split(","):
        span, _, step = part.partition("/")
        begin = _first(span, "month")
        end = 12 if span in ("*", "?") or (step and "-" not in span) else _first(span.rpartition("-")[2], "month")
        found |= set(range(begin, end + 1, int(step or 1)))
    return found


def _is_part(part: str, least: int, most: int, named: tuple[str, ...]) -> bool:
    """Return whether `part` is `*`, a value or a range, with an optional step."""
    found = _PART.fullmatch(part)
    if not found or found[3] == "0":
        return False
    values = [
        named.index(each) + least if each in named else int(each) if each.isdigit() else -1
        for each in found.groups()[:2]
        if each is not None
    ]
    return all(least <= each <= most for each in values) and values == sorted(values)

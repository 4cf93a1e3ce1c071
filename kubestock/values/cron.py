"""Schedules as cron writes them, as the parser of Kubernetes and of Argo CD reads them."""

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
"""The fields that the parser knows: least, most, and names from the least on."""

_LENGTHS = dict(enumerate((31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31), start=1))
"""How many days each month has, at the most."""

_OF_THIS_MACHINE = re.compile(r"(posix|right)/.*|localtime|posixrules")
"""Files beside those of IANA's names on some systems; the cluster does not know them."""

_PART = re.compile(r"(?:[*?]|([0-9A-Z]+)(?:-([0-9A-Z]+))?)(?:/([0-9]+))?")


def cron_schedule(what: str, value: str) -> str:
    """Return `value` if it has the five fields of cron: minute hour day month weekday. Sunday is 0.

    Raises:
        ConfigurationError: naming the field that is wrong, or if no month has the day.
    """
    fields = value.split(" ")
    if len(fields) != len(_FIELDS):
        raise ConfigurationError(f"{what} must have the five fields of cron, such as '0 9 * * 1-4', got {value!r}")
    for (name, (least, most, named)), field in zip(_FIELDS.items(), fields, strict=True):
        if not all(_is_part(each.upper(), least, most, named) for each in field.split(",")):
            raise ConfigurationError(
                f"{name} of the {what} must be of cron, from {least} to {most}, got {field!r} in {value!r}"
            )
    _refuse_no_such_day(what, value, *fields[2:])
    return value


def time_zone(what: str, value: str) -> str:
    """Return `value` if it is the name of a time zone of IANA.

    Raises:
        ConfigurationError: if there is no such zone.
    """
    if _OF_THIS_MACHINE.fullmatch(value) or not _is_zone(value):
        raise ConfigurationError(f"{what} must be one of IANA's, such as Europe/Zurich, got {value!r}")
    return value


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # not there, or no name of a zone at all
        return False
    return True


def _refuse_no_such_day(what: str, value: str, days: str, months: str, weekdays: str) -> None:
    earliest = min(_first(each, "day") for each in days.split(","))
    # A weekday that is named counts beside the day.
    if weekdays in ("*", "?") and earliest > max(map(_LENGTHS.__getitem__, _months(months))):
        raise ConfigurationError(
            f"{what} must name a day that there is, got {value!r}: no such month has {earliest} days"
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

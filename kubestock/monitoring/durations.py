"""Durations in the format of Prometheus: 30s, 5m, 1h30m."""

import re

from kubestock.errors import ConfigurationError

# The pattern of the operator's custom resources: each unit at most once, longest first, and no number without a unit.
_UNITS = {"y": 31_536_000.0, "w": 604_800.0, "d": 86_400.0, "h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_DURATION = re.compile("".join(rf"(?:([0-9]+){unit})?" for unit in _UNITS))


def seconds_of(what: str, text: str) -> float:
    """Return the seconds of a duration.

    Raises:
        ConfigurationError: if the operator would refuse it, such as a number without a unit, or it is zero.

    See https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.Duration
    """
    found = _DURATION.fullmatch(text)
    seconds = 0.0
    if found is not None:
        seconds = sum(int(each or 0) * unit for each, unit in zip(found.groups(), _UNITS.values(), strict=True))
    if seconds <= 0:
        raise ConfigurationError(f"{what} must be a duration such as 30s, 5m or 1h30m, got {text!r}")
    return seconds

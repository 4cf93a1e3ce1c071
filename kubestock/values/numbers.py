"""Checks of whole numbers, percentages and seconds: type and range."""

import re

from kubestock.errors import ConfigurationError

INT32_MAX = 2**31 - 1
"""The largest value of most fields of Kubernetes; the API server cannot read a larger one."""

_PERCENT = re.compile(r"(?P<number>[0-9]{1,9})%")


def whole(what: str, value: int, *, minimum: int = 0, maximum: int | None = INT32_MAX) -> int:
    """Return `value` after checking that it is a whole number from `minimum` to `maximum` (unlimited if None).

    `maximum` defaults to 2147483647, the largest value of most integer fields of Kubernetes.

    Raises:
        ConfigurationError: if it is a bool, a float or a text, or out of range.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{what} must be a whole number, got {value!r}")
    if value < minimum:
        raise ConfigurationError(f"{what} must be at least {minimum}, got {value}")
    if maximum is not None and value > maximum:
        raise ConfigurationError(f"{what} must be at most {maximum}, got {value}")
    return value


def percent(what: str, value: str, *, maximum: int | None = 100) -> int:
    """Return the number in a percentage such as "25%".

    Raises:
        ConfigurationError: if it is not one to nine digits followed by a percent sign, or is greater than `maximum`.
    """
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ConfigurationError(f"{what} must be a percentage such as '25%', got {value!r}")
    return whole(what, int(found["number"]), maximum=maximum)


def count_or_percent(what: str, value: int | str, *, maximum_percent: int | None = 100) -> int | str:
    """Return `value` after checking that it is a whole number of pods or a percentage of them.

    Kubernetes calls this type IntOrString; it also rejects a text such as "1", which is not a percentage.
    """
    if isinstance(value, str):
        percent(what, value, maximum=maximum_percent)
        return value
    return whole(what, value)


def is_zero(value: int | str) -> bool:
    """Return whether a number or percentage of pods is zero, such as 0, "0%" or "00%"."""
    return int(value.removesuffix("%") if isinstance(value, str) else value) == 0


def of_pods(value: int | str, pods: int, *, round_up: bool) -> int:
    """Return a number or percentage as a number of pods, rounded as the Deployment controller rounds it.

    maxSurge is rounded up, maxUnavailable is rounded down.
    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    """
    if isinstance(value, int):
        return value
    share = int(value.removesuffix("%")) * pods
    return -(-share // 100) if round_up else share // 100


def seconds(what: str, value: int, *, minimum: int = 0, maximum: int | None = INT32_MAX) -> int:
    """Return `value` after checking that it is a duration in whole seconds within its range.

    Raises:
        ConfigurationError: if it is not a whole number or is out of range; a text such as "30s" is invalid, because
            the `…Seconds` fields of Kubernetes are numbers.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{what} must be a whole number of seconds, got {value!r}")
    return whole(what, value, minimum=minimum, maximum=maximum)

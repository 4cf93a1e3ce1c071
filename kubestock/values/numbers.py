"""Whole numbers, percentages and seconds, checked for type and range."""

import re

from kubestock.errors import ConfigurationError

INT32_MAX = 2**31 - 1
"""The largest number that most fields of Kubernetes hold; the API server cannot read a larger one."""

_PERCENT = re.compile(r"(?P<number>[0-9]{1,9})%")


def whole(what: str, value: int, *, minimum: int = 0, maximum: int | None = INT32_MAX) -> int:
    """Return `value` if it is a whole number from `minimum` to `maximum` (unbounded if None).

    `maximum` defaults to 2147483647, the largest that the integer fields of Kubernetes hold.

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
        ConfigurationError: if it is not one to nine digits followed by a percent sign, or above `maximum`.
    """
    found = _PERCENT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ConfigurationError(f"{what} must be a percentage such as '25%', got {value!r}")
    return whole(what, int(found["number"]), maximum=maximum)


def count_or_percent(what: str, value: int | str, *, maximum_percent: int | None = 100) -> int | str:
    """Return `value` if it is a whole number of pods or a percentage of them.

    Kubernetes names this type IntOrString; a text such as "1" is not a percentage and is refused there too.
    """
    if isinstance(value, str):
        percent(what, value, maximum=maximum_percent)
        return value
    return whole(what, value)


def is_zero(value: int | str) -> bool:
    """Tell whether a number of pods or a percentage of them is none at all, such as 0, "0%" or "00%"."""
    return int(value.removesuffix("%") if isinstance(value, str) else value) == 0


def of_pods(value: int | str, pods: int, *, round_up: bool) -> int:
    """Turn a number or percentage into pods, as the Deployment controller rounds it.

    A surge rounds up, an unavailability rounds down.
    See https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#max-surge
    """
    if isinstance(value, int):
        return value
    share = int(value.removesuffix("%")) * pods
    return -(-share // 100) if round_up else share // 100


def seconds(what: str, value: int, *, minimum: int = 0, maximum: int | None = INT32_MAX) -> int:
    """Return `value` if it is a duration in whole seconds within its range.

    Raises:
        ConfigurationError: if it is not a whole number, or out of range; texts such as "30s" are refused,
            because the fields of Kubernetes that are named `…Seconds` take a number.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise ConfigurationError(f"{what} must be a whole number of seconds, got {value!r}")
    return whole(what, value, minimum=minimum, maximum=maximum)

"""Durations as Prometheus writes them: 30s, 5m, 1h30m."""

import promql_parser

from kubestock.errors import ConfigurationError


def seconds_of(what: str, text: str) -> float:
    """Return the seconds of a duration.

    Raises:
        ConfigurationError: if it is none, or no time at all.
    """
    try:
        seconds = float(promql_parser.parse_duration(text).total_seconds())
    except ValueError:
        seconds = 0.0
    if seconds <= 0:
        raise ConfigurationError(f"{what} must be a duration such as 30s, 5m or 1h30m, got {text!r}")
    return seconds

"""The ranges of health checks are those in Kong's schema of an upstream."""

from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.healthchecks import (
    ActiveHealthCheck,
    ActiveHealthy,
    ActiveUnhealthy,
    HealthChecks,
    PassiveHealthy,
    PassiveUnhealthy,
)
from kubestock.gateway.kong.config.upstreams import Hashing


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        (ActiveHealthy, {"interval": -1}, "interval must be from 0 to 65535, got -1"),
        (ActiveHealthy, {"successes": -3}, "successes must be from 0 to 255, got -3"),
        (ActiveHealthy, {"http_statuses": [1]}, "each of http_statuses must be from 100 to 999, got 1"),
        (ActiveUnhealthy, {"interval": 65536}, "interval must be from 0 to 65535, got 65536"),
        (ActiveUnhealthy, {"http_failures": 256}, "http_failures must be from 0 to 255, got 256"),
        (ActiveUnhealthy, {"tcp_failures": -1}, "tcp_failures must be from 0 to 255, got -1"),
        (ActiveUnhealthy, {"timeouts": -1}, "timeouts must be from 0 to 255, got -1"),
        (ActiveUnhealthy, {"http_statuses": [1000]}, "each of http_statuses must be from 100 to 999, got 1000"),
        (ActiveHealthCheck, {"timeout": -1}, "timeout must be from 0 to 65535, got -1"),
        (ActiveHealthCheck, {"concurrency": 0}, "concurrency must be from 1 to"),
        (
            ActiveHealthCheck,
            {"http_path": "//x"},
            "http_path must begin with '/', have no empty segment .*, got '//x'",
        ),
        (ActiveHealthCheck, {"http_path": "x"}, "http_path must begin with '/'"),
        (PassiveHealthy, {"successes": 256}, "successes must be from 0 to 255, got 256"),
        (PassiveHealthy, {"http_statuses": [99]}, "each of http_statuses must be from 100 to 999, got 99"),
        (PassiveUnhealthy, {"http_failures": -1}, "http_failures must be from 0 to 255, got -1"),
        (PassiveUnhealthy, {"http_statuses": [99]}, "each of http_statuses must be from 100 to 999, got 99"),
        (HealthChecks, {"threshold": 101}, "threshold must be from 0 to 100, got 101"),
    ],
)
def test_rejects_numbers_and_paths_that_kong_rejects(kind: Any, fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        kind(**fields)


def test_rejects_a_cookie_path_with_an_empty_segment() -> None:
    with pytest.raises(ConfigurationError, match="hash_on_cookie_path must begin with '/'"):
        Hashing(hash_on="cookie", hash_on_cookie="pod", hash_on_cookie_path="//")

"""Health checks: they take unhealthy targets out of load balancing, and return them.

See https://developer.konghq.com/gateway/traffic-control/health-checks-circuit-breakers/
"""

from collections.abc import Sequence
from dataclasses import field
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.values import names
from kubestock.values.value import Value

Scheme = Literal["tcp", "http", "https", "grpc", "grpcs"]
_MAX_SECONDS, _MAX_COUNT = 65535, 255


class ActiveHealthy(Value):
    """When active probes return an unhealthy target to load balancing.

    Args:
        interval: the time between two probes of an unhealthy target, in seconds. Defaults to Kong's 0: no probes.
        successes: how many successful probes return the target. Defaults to Kong's 0: it never returns.
        http_statuses: the status codes that count as success. Defaults to Kong's 200 and 302.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts.
    """

    interval: float = 0
    successes: int = 0
    http_statuses: Sequence[int] = (200, 302)

    def check(self) -> None:
        """Check that the numbers are within Kong's ranges."""
        http.check_range("interval", self.interval, 0, _MAX_SECONDS)
        http.check_range("successes", self.successes, 0, _MAX_COUNT)
        http.check_statuses(self.http_statuses)


class ActiveUnhealthy(Value):
    """When active probes take a healthy target out of load balancing.

    Args:
        interval: the time between two probes of a healthy target, in seconds. Defaults to Kong's 0: no probes.
        http_statuses: the status codes that count as failure. Defaults to Kong's.
        http_failures: how many failed HTTP probes take the target out. Defaults to Kong's 0: never.
        tcp_failures: how many failed connections take the target out. Defaults to Kong's 0: never.
        timeouts: how many timeouts take the target out. Defaults to Kong's 0: never.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts.
    """

    interval: float = 0
    http_statuses: Sequence[int] = (429, 404, 500, 501, 502, 503, 504, 505)
    http_failures: int = 0
    tcp_failures: int = 0
    timeouts: int = 0

    def check(self) -> None:
        """Check that the numbers are within Kong's ranges."""
        http.check_range("interval", self.interval, 0, _MAX_SECONDS)
        for name in ("http_failures", "tcp_failures", "timeouts"):
            http.check_range(name, getattr(self, name), 0, _MAX_COUNT)
        http.check_statuses(self.http_statuses)


class ActiveHealthCheck(Value):
    """Probes that each worker of Kong sends to each target.

    Args:
        concurrency: how many probes run at the same time. Defaults to Kong's 10.
        timeout: how long a probe waits for a response, in seconds. Defaults to Kong's 1.
        https_sni: the server name that a probe over TLS sends. Defaults to the host of the target.
        https_verify_certificate: whether a probe over TLS fails if the certificate is not trusted. Defaults to True.
        http_path: the path of HTTP probes. Defaults to Kong's /.
        healthy: when a target returns to load balancing. Defaults to never.
        unhealthy: when a target is taken out of load balancing. Defaults to never.
        type: the protocol of the probes; `tcp` only opens a connection. Defaults to http.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts, the path is invalid, or probes take a
            target out and never return it.

    See https://developer.konghq.com/gateway/traffic-control/health-checks-circuit-breakers/
    """

    concurrency: int = 10
    timeout: float = 1
    https_sni: str | None = None
    https_verify_certificate: bool = True
    http_path: str = "/"
    healthy: ActiveHealthy = field(default_factory=ActiveHealthy)
    unhealthy: ActiveUnhealthy = field(default_factory=ActiveUnhealthy)
    type: Scheme = "http"

    def check(self) -> None:
        """Check the fields, and that a target which probes take out can return."""
        request_paths.target_path("http_path", self.http_path)
        if self.https_sni is not None:
            names.dns_subdomain("https_sni", self.https_sni)
            http.host("https_sni", self.https_sni)
        http.check_range("concurrency", self.concurrency, 1, 2147483648)
        http.check_range("timeout", self.timeout, 0, _MAX_SECONDS)
        if self.unhealthy.interval > 0 and (self.healthy.interval <= 0 or self.healthy.successes < 1):
            raise ConfigurationError(
                "healthy of the active check must have an interval and successes greater than 0, because "
                "unhealthy has an interval: otherwise a target that was taken out never returns"
            )


class PassiveHealthy(Value):
    """Which responses to real requests count for a target.

    Args:
        successes: how many of them reset the failure counters. Defaults to Kong's 0.
        http_statuses: the status codes that count as success. Defaults to Kong's.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts.
    """

    successes: int = 0
    http_statuses: Sequence[int] = (*range(200, 209), 226, *range(300, 309))

    def check(self) -> None:
        """Check that the numbers are within Kong's ranges."""
        http.check_range("successes", self.successes, 0, _MAX_COUNT)
        http.check_statuses(self.http_statuses)


class PassiveUnhealthy(Value):
    """Which responses to real requests take a target out of load balancing.

    Args:
        http_failures: how many failed responses take the target out. Defaults to Kong's 0: never, so that a client that
            provokes errors cannot take a target out.
        http_statuses: the status codes that count as failure. Defaults to Kong's 429, 500 and 503.
        tcp_failures: how many failed connections take the target out. Defaults to Kong's 0: never.
        timeouts: how many timeouts take the target out. Defaults to Kong's 0: never.

    Raises:
        ConfigurationError: if a number is outside the range that Kong accepts.
    """

    http_failures: int = 0
    http_statuses: Sequence[int] = (429, 500, 503)
    tcp_failures: int = 0
    timeouts: int = 0

    def check(self) -> None:
        """Check that the numbers are within Kong's ranges."""
        for name in ("http_failures", "tcp_failures", "timeouts"):
            http.check_range(name, getattr(self, name), 0, _MAX_COUNT)
        http.check_statuses(self.http_statuses)


class PassiveHealthCheck(Value):
    """Observes the responses to real requests.

    Args:
        healthy: which responses count for a target. Defaults to Kong's.
        unhealthy: which responses take a target out. Defaults to none.
        type: what is observed: status codes for http and https, connections for tcp. Defaults to http.
    """

    healthy: PassiveHealthy = field(default_factory=PassiveHealthy)
    unhealthy: PassiveUnhealthy = field(default_factory=PassiveUnhealthy)
    type: Scheme = "http"


class HealthChecks(Value):
    """Active and passive health checks of the targets of an upstream.

    Kong sends no requests to a target that is taken out. Each pod of Kong decides by itself.

    Args:
        active: probes that Kong sends. Defaults to none.
        passive: observation of the responses to real requests. Defaults to none.
        threshold: the minimum share of healthy weight, in percent. Below it, the whole upstream responds with 503.
            Defaults to Kong's 0: one healthy target is enough.

    Raises:
        ConfigurationError: if the threshold is not between 0 and 100, or passive checks take a target out and no active
            probe can return it.

    See https://developer.konghq.com/gateway/traffic-control/health-checks-circuit-breakers/
    """

    active: ActiveHealthCheck = field(default_factory=ActiveHealthCheck)
    passive: PassiveHealthCheck = field(default_factory=PassiveHealthCheck)
    threshold: float = 0

    def check(self) -> None:
        """Check the threshold, and that a target which passive checks take out can return."""
        http.check_range("threshold", self.threshold, 0, 100)
        unhealthy = self.passive.unhealthy
        ejects = unhealthy.http_failures or unhealthy.tcp_failures or unhealthy.timeouts
        if ejects and self.active.healthy.interval <= 0:
            raise ConfigurationError(
                "active.healthy must have an interval greater than 0, because the passive check takes "
                "targets out: Kong sends such a target no requests, so only an active probe can return it"
            )


def default_healthchecks(path: str | None = None, protocol: Literal["http", "https"] = "http") -> HealthChecks:
    """Return active probes every 5 s and passive checks of connections.

    The probes use `protocol` if there is a path, and TCP otherwise. The status codes of real responses never take a pod
    out of load balancing: otherwise a client that provokes errors could take out every pod.
    """
    http_failures = 0 if path is None else 2
    return HealthChecks(
        active=ActiveHealthCheck(
            type="tcp" if path is None else protocol,
            http_path=path or "/",
            timeout=2,
            healthy=ActiveHealthy(interval=5, successes=2, http_statuses=(200,)),
            unhealthy=ActiveUnhealthy(
                interval=5,
                http_statuses=(429, 500, 502, 503, 504),
                http_failures=http_failures,
                tcp_failures=2,
                timeouts=2,
            ),
        ),
        passive=PassiveHealthCheck(unhealthy=PassiveUnhealthy(tcp_failures=2, timeouts=5)),
    )

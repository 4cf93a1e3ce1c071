"""The checks that take a sick target out, and bring it back.

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
_LONGEST, _MOST = 65535, 255


class ActiveHealthy(Value):
    """When a probe of a target that is out counts for it.

    Args:
        interval: between two probes, in seconds. Defaults to Kong's 0: none are sent.
        successes: that bring the target back. Defaults to Kong's 0: none do.
        http_statuses: that are a success. Defaults to Kong's.

    Raises:
        ConfigurationError: for numbers out of Kong's range.
    """

    interval: float = 0
    successes: int = 0
    http_statuses: Sequence[int] = (200, 302)

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        http.check_range("interval", self.interval, 0, _LONGEST)
        http.check_range("successes", self.successes, 0, _MOST)
        http.check_statuses(self.http_statuses)


class ActiveUnhealthy(Value):
    """When a probe of a target that is in counts against it.

    Args:
        interval: between two probes, in seconds. Defaults to Kong's 0: none are sent.
        http_statuses: that are a failure. Defaults to Kong's.
        http_failures: that take the target out. Defaults to Kong's 0: none do.
        tcp_failures: connections that fail, likewise.
        timeouts: likewise.

    Raises:
        ConfigurationError: for numbers out of Kong's range.
    """

    interval: float = 0
    http_statuses: Sequence[int] = (429, 404, 500, 501, 502, 503, 504, 505)
    http_failures: int = 0
    tcp_failures: int = 0
    timeouts: int = 0

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        http.check_range("interval", self.interval, 0, _LONGEST)
        for name in ("http_failures", "tcp_failures", "timeouts"):
            http.check_range(name, getattr(self, name), 0, _MOST)
        http.check_statuses(self.http_statuses)


class ActiveHealthCheck(Value):
    """Probes that Kong sends, from each of its workers to each target.

    Args:
        concurrency: probes at a time. Defaults to Kong's 10.
        timeout: of a probe, in seconds. Defaults to Kong's 1.
        https_sni: the name that a probe over TLS asks for. Defaults to the host of the target.
        https_verify_certificate: whether a probe over TLS fails with a certificate of nobody trusted.
        http_path: that is asked for. Defaults to Kong's /.
        healthy: when a target comes back. Defaults to never.
        unhealthy: when a target is taken out. Defaults to never.
        type: what a probe speaks; `tcp` only connects. Defaults to http.

    Raises:
        ConfigurationError: for numbers out of Kong's range, an invalid path, and a probe that takes a target out
            and never back.

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
        """Refuse a probe that ejects a target and never takes it back."""
        request_paths.target_path("http_path", self.http_path)
        if self.https_sni is not None:
            names.dns_subdomain("https_sni", self.https_sni)
            http.host("https_sni", self.https_sni)
        http.check_range("concurrency", self.concurrency, 1, 2147483648)
        http.check_range("timeout", self.timeout, 0, _LONGEST)
        if self.unhealthy.interval > 0 and (self.healthy.interval <= 0 or self.healthy.successes < 1):
            raise ConfigurationError(
                "healthy of the active check must have an interval and successes, or an ejected pod never comes back"
            )


class PassiveHealthy(Value):
    """Which answers to clients count for a target.

    Args:
        successes: that set the count of failures back. Defaults to Kong's 0.
        http_statuses: that are a success. Defaults to Kong's.

    Raises:
        ConfigurationError: for numbers out of Kong's range.
    """

    successes: int = 0
    http_statuses: Sequence[int] = (*range(200, 209), 226, *range(300, 309))

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        http.check_range("successes", self.successes, 0, _MOST)
        http.check_statuses(self.http_statuses)


class PassiveUnhealthy(Value):
    """Which answers to clients count against a target.

    Args:
        http_failures: that take the target out. Defaults to Kong's 0: none do, so that a client who provokes errors
            takes nothing out.
        http_statuses: that are a failure. Defaults to Kong's.
        tcp_failures: connections that fail, likewise.
        timeouts: likewise.

    Raises:
        ConfigurationError: for numbers out of Kong's range.
    """

    http_failures: int = 0
    http_statuses: Sequence[int] = (429, 500, 503)
    tcp_failures: int = 0
    timeouts: int = 0

    def check(self) -> None:
        """Refuse numbers out of Kong's range."""
        for name in ("http_failures", "tcp_failures", "timeouts"):
            http.check_range(name, getattr(self, name), 0, _MOST)
        http.check_statuses(self.http_statuses)


class PassiveHealthCheck(Value):
    """What Kong learns from real answers; `type` says what counts, statuses for http or connections for tcp."""

    healthy: PassiveHealthy = field(default_factory=PassiveHealthy)
    unhealthy: PassiveUnhealthy = field(default_factory=PassiveUnhealthy)
    type: Scheme = "http"


class HealthChecks(Value):
    """Both kinds of check; Kong sends no requests to a target that is taken out, and each pod of Kong decides alone.

    Args:
        active: probes. Defaults to none.
        passive: what is learned from real answers. Defaults to nothing.
        threshold: the share of the weight, in percent, below which the whole upstream answers 503. Defaults to Kong's
            0: as long as one target is left.

    Raises:
        ConfigurationError: for a threshold that is no percentage, and a passive check that nothing undoes.

    See https://developer.konghq.com/gateway/traffic-control/health-checks-circuit-breakers/
    """

    active: ActiveHealthCheck = field(default_factory=ActiveHealthCheck)
    passive: PassiveHealthCheck = field(default_factory=PassiveHealthCheck)
    threshold: float = 0

    def check(self) -> None:
        """Refuse a passive check that nothing undoes."""
        http.check_range("threshold", self.threshold, 0, 100)
        bad = self.passive.unhealthy
        ejects = bad.http_failures or bad.tcp_failures or bad.timeouts
        if ejects and self.active.healthy.interval <= 0:
            raise ConfigurationError(
                "active.healthy must have an interval beside a passive check: Kong sends an ejected pod no requests, "
                "so only a probe brings it back"
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

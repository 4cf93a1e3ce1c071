"""Probes, with which the kubelet checks whether a container has started, is alive and is ready."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Literal, Self

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import int_or_string
from kubestock.values.numbers import seconds, whole
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.value import Value
from kubestock.workload.ports import Port

_HEADER = re.compile(r"[-A-Za-z0-9]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class HttpGet(Value):
    """Probes a container with an HTTP request, which succeeds with a status from 200 to 399.

    Args:
        path: the path, which begins with a slash.
        port: the name of a port of the same container. Defaults to its first one.
        scheme: HTTP or HTTPS (the certificate is not verified). Defaults to HTTP.
        headers: headers of the request; `Host` selects a virtual host.

    Raises:
        ConfigurationError: if the path does not begin with a slash, the name of a header has characters other than
            letters, digits and hyphens, or a value has a line break or another control character.
    """

    path: str
    port: str | None = None
    scheme: Literal["HTTP", "HTTPS"] = "HTTP"
    headers: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        if not self.path.startswith("/"):
            raise ConfigurationError(f"probe path must begin with '/', got {self.path!r}")
        for name, value in self.headers.items():
            if not _HEADER.fullmatch(name):
                raise ConfigurationError(
                    f"the name of a header must have only letters, digits and hyphens, got {name!r}"
                )
            if _CONTROL.search(value):
                raise ConfigurationError(
                    f"the value of header {name!r} must have no control characters, such as line breaks; remove them"
                )

    def to_kube(self, port: Port) -> k8s.HttpGetAction:
        """Return the binding for that port."""
        headers = [k8s.HttpHeader(name=name, value=value) for name, value in self.headers.items()]
        return k8s.HttpGetAction(
            path=self.path,
            port=int_or_string(port.name),
            scheme=None if self.scheme == "HTTP" else self.scheme,
            http_headers=headers or None,
        )


class TcpSocket(Value):
    """Probes a container with a TCP connection.

    Args:
        port: the name of a port of the same container. Defaults to its first one.
    """

    port: str | None = None


class Grpc(Value):
    """Probes a container with a call of grpc.health.v1.Health/Check, which must return SERVING.

    Args:
        port: the name of a port of the same container. Defaults to its first one.
        service: the name of the service in the request. Defaults to none: the whole server.
    """

    port: str | None = None
    service: str | None = None


class Exec(Value, kw_only=False):
    """Probes a container with a command in it, which must exit with 0.

    Args:
        command: the program and its arguments, such as `("pg_isready", "-U", "orders")`. It runs in a shell only if it
            names one.
    """

    command: tuple[str, ...]

    def check(self) -> None:
        if not self.command:
            raise ConfigurationError(
                f"command must be a tuple of words such as ('sh', '-c', 'true'), got {self.command!r}"
            )

    def to_kube(self) -> k8s.ExecAction:
        """Return the binding."""
        return k8s.ExecAction(command=list(self.command))


Action = HttpGet | TcpSocket | Grpc | Exec


class Probe(Value):
    """Says what the kubelet checks, how often, and how many results it requires; the defaults are those of Kubernetes.

    See https://kubernetes.io/docs/tasks/configure-pod-container/configure-liveness-readiness-startup-probes/
    """

    action: Action
    initial_delay_seconds: int = 0
    period_seconds: int = 10
    timeout_seconds: int = 1
    failure_threshold: int = 3
    success_threshold: int = 1
    termination_grace_period_seconds: int | None = None

    def check(self) -> None:
        seconds("initial_delay_seconds", self.initial_delay_seconds)
        seconds("period_seconds", self.period_seconds, minimum=1)
        seconds("timeout_seconds", self.timeout_seconds, minimum=1)
        whole("failure_threshold", self.failure_threshold, minimum=1)
        whole("success_threshold", self.success_threshold, minimum=1)
        if self.termination_grace_period_seconds is not None:
            seconds("termination_grace_period_seconds", self.termination_grace_period_seconds, minimum=1)

    def to_kube(self, port: Port | None) -> k8s.Probe:
        """Return the binding; `port` is the port of the action, if it needs one."""
        action = self.action
        return k8s.Probe(
            http_get=action.to_kube(_needed(port)) if isinstance(action, HttpGet) else None,
            tcp_socket=(
                k8s.TcpSocketAction(port=int_or_string(_needed(port).name)) if isinstance(action, TcpSocket) else None
            ),
            grpc=(
                k8s.GrpcAction(port=_needed(port).number, service=action.service) if isinstance(action, Grpc) else None
            ),
            exec=action.to_kube() if isinstance(action, Exec) else None,
            initial_delay_seconds=self.initial_delay_seconds or None,
            period_seconds=self.period_seconds,
            timeout_seconds=self.timeout_seconds,
            failure_threshold=self.failure_threshold,
            success_threshold=self.success_threshold,
            termination_grace_period_seconds=self.termination_grace_period_seconds,
        )


class Probes(Value):
    """The readiness, liveness and startup probes of a container.

    Args:
        readiness: while it fails, the pod gets no traffic from Services. Defaults to none.
        liveness: when it fails, the kubelet restarts the container. Defaults to none.
        startup: the other probes start when it has succeeded. Defaults to none.
        identical: why readiness and liveness may have the same action, timing and thresholds, as `Off(reason)`.
            Defaults to none: they must differ.

    Raises:
        ConfigurationError: if readiness and liveness have the same action, timing and thresholds (a slow
            dependency would then restart every pod instead of removing it from its Services), or if liveness or
            startup requires more than one success or readiness sets a termination grace period, which the API
            server rejects.
    """

    readiness: Probe | None = None
    liveness: Probe | None = None
    startup: Probe | None = None
    identical: Off | None = None

    def relaxations(self) -> dict[str, str]:
        """Return one annotation with the reason if readiness and liveness are the same."""
        return {} if self.identical is None else {f"{RELAXED_PREFIX}identical-probes": self.identical.reason}

    def check(self) -> None:
        same = self.readiness is not None and self.readiness == self.liveness
        if self.identical is not None and not same:
            raise ConfigurationError(
                "identical must be left out if readiness and liveness differ, or one of them is missing"
            )
        if same and self.identical is None:
            raise ConfigurationError(
                "readiness and liveness must differ in action, timing or thresholds, got the same; give liveness a "
                "higher failure_threshold, so that a pod gets no traffic before it is restarted, or give a reason: "
                "identical=Off('…')"
            )
        for name in ("liveness", "startup"):
            probe: Probe | None = getattr(self, name)
            if probe is not None and probe.success_threshold != 1:
                raise ConfigurationError(f"success_threshold of {name} must be 1, got {probe.success_threshold}")
        if self.readiness is not None and self.readiness.termination_grace_period_seconds is not None:
            raise ConfigurationError(
                "termination_grace_period_seconds must be left out for readiness, which never restarts a container; "
                "only liveness and startup have it"
            )

    @classmethod
    def http(cls, path: str, *, startup_seconds: int = 30, port: str | None = None) -> Self:
        """Return all three probes for one path, with suitable thresholds for each.

        A container that does not answer gets no traffic after 15 s and is restarted after 60 s. It has three times
        `startup_seconds` to start: for a slow start, raise `startup_seconds` instead of a delay.

        Args:
            path: a path that returns a status from 200 to 399 when the program can serve.
            startup_seconds: how long a normal start takes. Defaults to 30.
            port: the name of a port. Defaults to the container's first one.
        """
        action = HttpGet(path=path, port=port)
        period = 3
        return cls(
            readiness=Probe(action=action, period_seconds=5, timeout_seconds=2, failure_threshold=3),
            liveness=Probe(action=action, period_seconds=10, timeout_seconds=5, failure_threshold=6),
            startup=Probe(
                action=action,
                period_seconds=period,
                timeout_seconds=2,
                failure_threshold=max(startup_seconds, 3),
            ),
        )

    @property
    def longest_start(self) -> int:
        """Seconds after which the kubelet restarts a container that has not started."""
        probe = self.startup
        return 0 if probe is None else probe.initial_delay_seconds + probe.period_seconds * probe.failure_threshold


def _needed(port: Port | None) -> Port:
    if port is None:
        raise ConfigurationError("a container with a network probe must have a port, got none; add one to `ports`")
    return port

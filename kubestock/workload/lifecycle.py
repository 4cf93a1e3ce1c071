"""Lifecycle hooks of containers, and the grace period in which a pod stops."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values.numbers import seconds
from kubestock.values.value import Value
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, HttpGet

Hook = Exec | HttpGet

_USUAL_GRACE, _GRACE_MARGIN = 30, 5
"""Seconds: the default grace period of Kubernetes, and the margin between a program's exit and SIGKILL."""
_USUAL_END = 20
"""Seconds from SIGTERM to SIGKILL for a program of unknown shutdown time: the default grace minus the pause."""


class Lifecycle(Value):
    """Says what a container does after it starts and before it stops, so that no request is lost.

    Args:
        drain_seconds: pause before SIGTERM, so that the container keeps serving while its endpoint is removed. Defaults
            to 10: endpoint removal reaches every node within a few seconds. The pause runs the `sleep` of the image;
            for an image without one, give `native_sleep` or `pre_stop`, or 0 for no pause.
        pre_stop: a hook that replaces the pause; `drain_seconds` then says how long the hook takes.
        post_start: a hook that runs in parallel with the program; if it fails, the kubelet kills the container.
        native_sleep: use the sleep action of the kubelet (Kubernetes 1.30 and later), for images without a `sleep`.
            Defaults to false.
        shutdown_seconds: how long the program may take to exit after SIGTERM, for example to close connections. The
            grace period of the pod must be longer than the pause and this time. Defaults to unknown.

    See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
    """

    drain_seconds: int = 10
    pre_stop: Hook | None = None
    post_start: Hook | None = None
    shutdown_seconds: int | None = None
    native_sleep: bool = False

    def check(self) -> None:
        if self.native_sleep and (self.pre_stop is not None or not self.drain_seconds):
            raise ConfigurationError(
                "native_sleep must be given with drain_seconds and without pre_stop: it is the pause of drain_seconds"
            )
        seconds("drain_seconds", self.drain_seconds)
        if self.shutdown_seconds is not None:
            seconds("shutdown_seconds", self.shutdown_seconds, minimum=1)

    def to_kube(self, port_of: Callable[[Hook], Port | None]) -> k8s.Lifecycle | None:
        """Return the binding, or None if there is no hook; `port_of` finds the port that a hook names."""
        pre_stop = self.pre_stop
        if self.native_sleep:
            sleeping = cast("k8s.LifecycleHandler", {"sleep": {"seconds": self.drain_seconds}})
            return k8s.Lifecycle(pre_stop=sleeping, post_start=_handler(self.post_start, port_of))
        if pre_stop is None and self.drain_seconds:
            pre_stop = Exec(("sleep", str(self.drain_seconds)))
        if pre_stop is None and self.post_start is None:
            return None
        return k8s.Lifecycle(pre_stop=_handler(pre_stop, port_of), post_start=_handler(self.post_start, port_of))


def needed_grace(lifecycles: Iterable[Lifecycle]) -> int:
    """Return the grace period of a pod, in seconds, in which each container can pause and then exit."""
    return max([_USUAL_GRACE, *(_grace_of(each) for each in lifecycles)])


def _grace_of(lifecycle: Lifecycle) -> int:
    if lifecycle.shutdown_seconds is not None:
        return lifecycle.drain_seconds + lifecycle.shutdown_seconds + _GRACE_MARGIN
    return lifecycle.drain_seconds + _USUAL_END


def serving_for(lifecycle: Lifecycle | None, seconds: int) -> Lifecycle:
    """Return the lifecycle of a container that keeps serving at least `seconds` before SIGTERM.

    Raises:
        ConfigurationError: if a `pre_stop` hook replaces the pause and does not take that long.
    """
    known = lifecycle or Lifecycle()
    if known.drain_seconds >= seconds:
        return known
    if known.pre_stop is not None:
        raise ConfigurationError(
            f"pre_stop must take at least the deregistration_seconds of the Service ({seconds}), got "
            f"drain_seconds={known.drain_seconds}; make the hook wait that long, and raise drain_seconds"
        )
    return replace(known, drain_seconds=seconds)


def check_grace(workload: str, grace: int, lifecycles: Sequence[tuple[str, Lifecycle]]) -> None:
    """Check that the grace period is long enough for every container; each lifecycle comes with its name.

    Raises:
        ConfigurationError: if it is too short; the message names the container.
    """
    for name, lifecycle in lifecycles:
        drain, shutdown = lifecycle.drain_seconds, lifecycle.shutdown_seconds
        if drain >= grace:
            raise ConfigurationError(
                f"drain_seconds of container {name!r} must be below termination_grace_period_seconds ({grace}), "
                f"got {drain}: no time would be left between SIGTERM and SIGKILL; raise the grace period"
            )
        if shutdown is not None and drain + shutdown > grace:
            raise ConfigurationError(
                f"termination_grace_period_seconds of {workload!r} must be at least {drain + shutdown}, "
                f"drain_seconds ({drain}) and shutdown_seconds ({shutdown}) of container {name!r}, got {grace}: "
                "the kubelet would kill the program while it still serves; raise it, or leave it out to compute it"
            )


def _handler(hook: Hook | None, port_of: Callable[[Hook], Port | None]) -> k8s.LifecycleHandler | None:
    if hook is None:
        return None
    if isinstance(hook, Exec):
        return k8s.LifecycleHandler(exec=hook.to_kube())
    port = port_of(hook)
    if port is None:
        raise ConfigurationError("a container with an HTTP hook must have a port, got none; add one to `ports`")
    return k8s.LifecycleHandler(http_get=hook.to_kube(port))

"""What happens between the decision to stop a pod and its end."""

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
"""Seconds: what Kubernetes itself gives, and what stays between a program's own end and SIGKILL."""
_USUAL_END = 20
"""Seconds from SIGTERM to SIGKILL for a program whose end is not known."""


class Lifecycle(Value):
    """Hooks at both ends of a container's life.

    Args:
        drain_seconds: pause before SIGTERM, so that the container serves on while its endpoint is withdrawn.
            Defaults to 10: endpoint removal reaches every node within a few seconds. The pause runs the
            image's own `sleep`; for an image without one, give `native_sleep` or `pre_stop`, or 0 for no pause.
        pre_stop: takes the place of the pause; `drain_seconds` then says how long it takes.
        post_start: runs beside the program once it has started; the container is killed if it fails.
        native_sleep: pause with the kubelet's own sleep (Kubernetes 1.30 and later), for images without a `sleep`.
            Defaults to false.
        shutdown_seconds: how long the program may take to end after SIGTERM, such as its own timer for open
            connections. The grace period of the pod must hold the pause and this. Defaults to unknown.

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
                "native_sleep is the pause of drain_seconds; take pre_stop out, or raise 0 seconds"
            )
        seconds("drain_seconds", self.drain_seconds)
        if self.shutdown_seconds is not None:
            seconds("shutdown_seconds", self.shutdown_seconds, minimum=1)

    def to_kube(self, port_of: Callable[[Hook], Port | None]) -> k8s.Lifecycle | None:
        """Return the binding, or None where there is no hook; `port_of` finds the port that a hook names."""
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
    """Return the grace period of a pod, in seconds, in which each container can pause and then end by itself."""
    return max([_USUAL_GRACE, *(_grace_of(each) for each in lifecycles)])


def _grace_of(lifecycle: Lifecycle) -> int:
    if lifecycle.shutdown_seconds is not None:
        return lifecycle.drain_seconds + lifecycle.shutdown_seconds + _GRACE_MARGIN
    return lifecycle.drain_seconds + _USUAL_END


def serving_for(lifecycle: Lifecycle | None, seconds: int) -> Lifecycle:
    """Return the lifecycle of a container that serves at least so long before SIGTERM.

    Raises:
        ConfigurationError: if a hook of its own takes the place of a pause and does not take so long.
    """
    known = lifecycle or Lifecycle()
    if known.drain_seconds >= seconds:
        return known
    if known.pre_stop is not None:
        raise ConfigurationError(
            f"pre_stop must take at least the withdrawal_seconds of the Service ({seconds}), got "
            f"drain_seconds={known.drain_seconds}; make the hook wait as long, and say so in drain_seconds"
        )
    return replace(known, drain_seconds=seconds)


def check_grace(workload: str, grace: int, lifecycles: Sequence[tuple[str, Lifecycle]]) -> None:
    """Refuse a grace period that ends before a container has ended, each given with its name.

    Raises:
        ConfigurationError: naming the container.
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
                "the program would be killed while it still serves; raise it, or leave it out to have it computed"
            )


def _handler(hook: Hook | None, port_of: Callable[[Hook], Port | None]) -> k8s.LifecycleHandler | None:
    if hook is None:
        return None
    if isinstance(hook, Exec):
        return k8s.LifecycleHandler(exec=hook.to_kube())
    port = port_of(hook)
    if port is None:
        raise ConfigurationError("an HTTP hook needs a port; give the container one in `ports`")
    return k8s.LifecycleHandler(http_get=hook.to_kube(port))

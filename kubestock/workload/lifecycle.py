"""What happens between the decision to stop a pod and its end."""

from collections.abc import Callable
from dataclasses import dataclass

from cdk8s_plus_27 import k8s

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import seconds
from kubestock.values.types import typed
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, HttpGet

Hook = Exec | HttpGet


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Hooks at both ends of a container's life.

    Args:
        drain_seconds: pause before SIGTERM, so that the container serves on while its endpoint is withdrawn.
            Defaults to 10: endpoint removal reaches every node within a few seconds. The pause runs the
            image's own `sleep`; for an image without one, give `pre_stop`, or 0 for no pause.
        pre_stop: takes the place of the pause; `drain_seconds` then says how long it takes.
        post_start: runs beside the program once it has started; the container is killed if it fails.

    See https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination
    """

    drain_seconds: int = 10
    pre_stop: Hook | None = None
    post_start: Hook | None = None

    def __post_init__(self) -> None:
        seconds("drain_seconds", self.drain_seconds)

    def to_kube(self, port_of: Callable[[Hook], Port | None]) -> k8s.Lifecycle | None:
        """Return the binding, or None where there is no hook; `port_of` finds the port that a hook names."""
        pre_stop = self.pre_stop
        if pre_stop is None and self.drain_seconds:
            pre_stop = Exec(("sleep", str(self.drain_seconds)))
        if pre_stop is None and self.post_start is None:
            return None
        return k8s.Lifecycle(pre_stop=_handler(pre_stop, port_of), post_start=_handler(self.post_start, port_of))


def _handler(hook: Hook | None, port_of: Callable[[Hook], Port | None]) -> k8s.LifecycleHandler | None:
    if hook is None:
        return None
    if isinstance(hook, Exec):
        return k8s.LifecycleHandler(exec=hook.to_kube())
    port = port_of(hook)
    if port is None:
        raise ConfigurationError("an HTTP hook needs a port; give the container one in `ports`")
    return k8s.LifecycleHandler(http_get=hook.to_kube(port))

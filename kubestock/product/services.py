"""The container and the Services of a product's service, from the arguments of `Product.service`."""

from collections.abc import Mapping, Sequence

from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, EnvValue
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probe, Probes, TcpSocket
from kubestock.workload.resources import ContainerResources
from kubestock.workload.service import Service


def container_of(
    *,
    image: ContainerImage,
    resources: ContainerResources,
    port: int | None,
    health: str | None,
    metrics: str | None,
    startup_seconds: int,
    shutdown_seconds: int | None,
    env: Mapping[str, EnvValue],
    env_from: Sequence[EnvFrom],
    command: Sequence[str] | None,
    args: Sequence[str] | None,
    mounts: Sequence[VolumeMount],
) -> Container:
    """Return the container of a service; the arguments are those of `Product.service`."""
    return Container(
        image=image,
        resources=resources,
        ports=() if port is None else (Port(port, metrics_path=metrics),),
        probes=_probes(port, health, startup_seconds),
        lifecycle=None if shutdown_seconds is None else Lifecycle(shutdown_seconds=shutdown_seconds),
        env=env,
        env_from=tuple(env_from),
        command=None if command is None else tuple(command),
        args=None if args is None else tuple(args),
        mounts=tuple(mounts),
    )


def services_of(name: str, port: int | None) -> tuple[Service, ...] | None:
    """Return the Service that callers connect to, and the headless Service by which the gateway finds the pods."""
    return None if port is None else (Service(), Service(name=f"{name}-pods", headless=True))


def _probes(port: int | None, health: str | None, startup_seconds: int) -> Probes:
    if health is not None:
        return Probes.http(health, startup_seconds=startup_seconds)
    if port is None:
        return Probes()
    return Probes(readiness=Probe(action=TcpSocket(), period_seconds=5, timeout_seconds=2))

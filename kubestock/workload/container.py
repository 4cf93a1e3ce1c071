"""The containers of a pod."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import Any, cast

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
from kubestock.values.value import Value, require_unique
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.env import (
    EnvFrom,
    EnvValue,
    check_environment,
    environment,
)
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.paths import mount_point
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, HttpGet, Probe, Probes
from kubestock.workload.projections import ProjectedKeys
from kubestock.workload.resources import ContainerResources
from kubestock.workload.security import ContainerSecurity
from kubestock.workload.volumes import ConfigMapVolume, ProjectedVolume, SecretVolume, Volume

_NAME_MAX = 63
_TMP = "/tmp"  # noqa: S108  # the folder that programs expect, mounted from an emptyDir of the pod


class Container(Value):
    """Describes one container of a pod: its image, resources, ports, probes and environment.

    Args:
        image: the image that the container runs.
        resources: its requests and limits.
        name: the name of the container. Defaults to the workload's name for the main container; others must have one.
        ports: the ports that it listens on; the first one is the default port. Defaults to none.
        probes: Defaults to none.
        env: environment variables in order; one can refer to an earlier one by `$(NAME)`.
        env_from: ConfigMaps and Secrets whose keys become environment variables.
        command: overrides the image's entrypoint.
        args: overrides the image's command.
        working_dir: an absolute path. Defaults to the image's working directory.
        mounts: the volumes that it mounts; the pod declares each of them.
        lifecycle: Defaults to a pause of 10 s before SIGTERM for the main container, and to none for the others.
        security: Defaults to no privileges and a read-only root filesystem.
        writable_tmp: mount an emptyDir of 64Mi at /tmp. Defaults to true.

    Raises:
        ConfigurationError: if names or numbers of ports, variables or mount paths are duplicated, or a probe or hook
            names a port that the container does not have.
    """

    image: ContainerImage
    resources: ContainerResources
    name: str | None = None
    ports: tuple[Port, ...] = ()
    probes: Probes = Probes()
    env: Mapping[str, EnvValue] = field(default_factory=dict)
    env_from: tuple[EnvFrom, ...] = ()
    command: tuple[str, ...] | None = None
    args: tuple[str, ...] | None = None
    working_dir: str | None = None
    mounts: tuple[VolumeMount, ...] = ()
    lifecycle: Lifecycle | None = None
    security: ContainerSecurity = ContainerSecurity()
    writable_tmp: bool = True

    def check(self) -> None:
        if self.name is not None:
            names.dns_label("container name", self.name)
        require_unique("port name", [port.name for port in self.ports])
        require_unique("port number", [f"{port.number}/{port.protocol}" for port in self.ports])
        require_unique("mount path", [mount_point(mount.path) for mount in self.mounts])
        check_environment(self.env, self.env_from)
        if self.working_dir is not None and not self.working_dir.startswith("/"):
            raise ConfigurationError(f"working_dir must be absolute, got {self.working_dir!r}")
        for _, probe in self._probes():
            self._port_of(probe.action)
        if self.lifecycle is not None:
            for hook in (self.lifecycle.pre_stop, self.lifecycle.post_start):
                self._port_of(hook)

    def port(self, name: str | None = None) -> Port:
        """Return the port with that name, or the first one.

        Raises:
            ConfigurationError: if the container has no such port.
        """
        for port in self.ports:
            if name in (None, port.name):
                return port
        known = ", ".join(port.name for port in self.ports) or "none"
        wanted = "at least one port" if name is None else f"port {name!r}"
        raise ConfigurationError(
            f"the container of {self.image.repository} must have {wanted}, got {known}; add the port to ports"
        )

    def operating_paths(self, port: Port) -> tuple[str, ...]:
        """Return the paths of a port that serve operations, not clients: those of its metrics and of HTTP probes."""
        requests = [probe.action for _, probe in self._probes() if isinstance(probe.action, HttpGet)]
        probed = [each.path for each in requests if self._port_of(each) == port]
        return tuple(dict.fromkeys([*([port.metrics_path] if port.metrics_path else []), *probed]))

    def readiness_path(self, port: Port) -> str | None:
        """Return the path of the readiness probe if it sends HTTP requests to that port, or None."""
        action = None if self.probes.readiness is None else self.probes.readiness.action
        return action.path if isinstance(action, HttpGet) and self._port_of(action) == port else None

    def mounts_of(self, container: str, *, main: bool) -> tuple[VolumeMount, ...]:
        """Return its mounts, including the writable /tmp; each container has its own /tmp."""
        if not self.writable_tmp or any(mount_point(mount.path) == _TMP for mount in self.mounts):
            return self.mounts
        volume = EmptyDir(name="tmp" if main else _short(f"tmp-{container}"))
        return (*self.mounts, VolumeMount(volume=volume, path=_TMP))

    def relaxations(self) -> dict[str, str]:
        """Return one annotation with the reasons for each default that is relaxed or left out."""
        found = {**self.security.annotations(), **self.resources.relaxations(), **self.probes.relaxations()}
        for volume in dict.fromkeys(mount.volume for mount in self.mounts if isinstance(mount.volume, EmptyDir)):
            for key, reason in volume.relaxations().items():
                found[key] = f"{found[key]}; {reason}" if key in found else reason
        return found

    def references(self) -> list[ConfigMapRef | SecretRef]:
        """Return every ConfigMap and Secret that its variables and mounts read."""
        keys = [value for value in self.env.values() if isinstance(value, ConfigMapKey | SecretKey)]
        return [
            *(key.source for key in keys),
            *(source.source for source in self.env_from),
            *(ref for mount in self.mounts for ref in _references_of(mount.volume)),
        ]

    def to_kube(
        self, name: str, *, main: bool = False, init: bool = False, variables: Mapping[str, EnvValue] | None = None
    ) -> k8s.Container:
        """Return the binding of the container with that name; `variables` follow the container's own variables."""
        lifecycle = self.lifecycle or (Lifecycle() if main else None)
        probes = {} if init else {kind: probe.to_kube(self._port_of(probe.action)) for kind, probe in self._probes()}
        return k8s.Container(
            name=name,
            image=self.image.reference,
            image_pull_policy=self.image.effective_pull_policy,
            command=list(self.command) if self.command else None,
            args=list(self.args) if self.args else None,
            working_dir=self.working_dir,
            ports=[port.to_kube() for port in self.ports] or None,
            env=environment({**self.env, **(variables or {})}),
            env_from=[source.to_kube() for source in self.env_from] or None,
            resources=self.resources.to_kube(),
            readiness_probe=probes.get("readiness"),
            liveness_probe=probes.get("liveness"),
            startup_probe=probes.get("startup"),
            lifecycle=lifecycle.to_kube(self._port_of) if lifecycle else None,
            security_context=self.security.to_kube(),
            volume_mounts=[mount.to_kube() for mount in self.mounts_of(name, main=main)] or None,
        )

    def _probes(self) -> list[tuple[str, Probe]]:
        kinds = ("readiness", "liveness", "startup")
        return [(kind, getattr(self.probes, kind)) for kind in kinds if getattr(self.probes, kind)]

    def _port_of(self, action: object) -> Port | None:
        if action is None or isinstance(action, Exec):
            return None
        try:
            return self.port(getattr(action, "port", None))
        except ConfigurationError as error:
            raise ConfigurationError(f"port of {type(action).__name__}: {error}") from None


def _short(name: str) -> str:
    """Return a name of at most 63 characters; a hash keeps names with the same beginning different."""
    if len(name) <= _NAME_MAX:
        return name
    unique = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _NAME_MAX - 9].rstrip('-')}-{unique}"


def _references_of(volume: Volume) -> list[ConfigMapRef | SecretRef]:
    if isinstance(volume, ConfigMapVolume | SecretVolume):
        return [volume.source]
    if isinstance(volume, ProjectedVolume):
        return [source.source for source in volume.sources if isinstance(source, ProjectedKeys)]
    return []


def restarted(container: k8s.Container) -> k8s.Container:
    """Return a native sidecar: an init container that is restarted; the bindings of Kubernetes 1.27 lack the field."""
    cast("dict[str, Any]", container)["restartPolicy"] = "Always"
    return container

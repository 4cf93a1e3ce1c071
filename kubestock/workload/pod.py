"""Pods and pod templates, for all kinds of workloads."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import meta
from kubestock.values import names
from kubestock.values.labels import Labels, annotation_map, check_annotations_size
from kubestock.values.numbers import seconds
from kubestock.values.references import ConfigMapRef, SecretRef, checksum
from kubestock.values.value import Value, require_unique
from kubestock.workload.annotations import check_containers, pod_annotations
from kubestock.workload.container import Container, restarted
from kubestock.workload.env import EnvValue
from kubestock.workload.lifecycle import Lifecycle, check_grace, needed_grace
from kubestock.workload.platform import Platform
from kubestock.workload.ports import Port, check_bindable
from kubestock.workload.probes import Probes
from kubestock.workload.scheduling import Scheduling
from kubestock.workload.security import PodSecurity
from kubestock.workload.storage import VolumeClaimTemplate
from kubestock.workload.volumes import Volume

_CHECK = re.compile(r"CKV2?_K8S_\d+")
CONFIG_CHECKSUM = "checksum/config"
SECRETS_CHECKSUM = "checksum/secrets"  # the name of an annotation


class Pod(Value):
    """Describes a pod except for its main container: additional containers, scheduling, security and annotations.

    Args:
        init_containers: containers that run one after the other before the main container starts.
        native_sidecars: init containers with restartPolicy Always, which keep running (Kubernetes 1.29 and later).
        sidecars: ordinary containers that run in parallel with the main one.
        scheduling: on which nodes the pods may run.
        security: the security context of the pods.
        termination_grace_period_seconds: from the deletion of a pod to SIGKILL. Defaults to the largest sum of pause
            and `shutdown_seconds` of a container plus 5 seconds, and to at least 30.
        annotations: annotations of the pods. Defaults to none.
        service_account_annotations: annotations of the ServiceAccount, such as a cloud role. Defaults to none.
        service_account: the name of a ServiceAccount that exists or is shared. Defaults to a new one for this workload.
        enable_service_links: set environment variables for each Service of the namespace. Defaults to false.
        exemptions: checks of checkov, by id, with the reason; they become annotations. Defaults to none.

    Raises:
        ConfigurationError: if a container other than the main one has no name, an init container has probes or
            hooks, which the API server rejects, or annotations are malformed or too large.
    """

    init_containers: tuple[Container, ...] = ()
    native_sidecars: tuple[Container, ...] = ()
    sidecars: tuple[Container, ...] = ()
    scheduling: Scheduling = Scheduling()
    security: PodSecurity = PodSecurity()
    termination_grace_period_seconds: int | None = None
    annotations: Mapping[str, str] = field(default_factory=dict)
    service_account_annotations: Mapping[str, str] = field(default_factory=dict)
    exemptions: Mapping[str, str] = field(default_factory=dict)
    service_account: str | None = None
    enable_service_links: bool = False

    def check(self) -> None:
        if self.termination_grace_period_seconds is not None:
            seconds("termination_grace_period_seconds", self.termination_grace_period_seconds, minimum=1)
        pod_annotations(self.annotations)
        annotation_map("service_account_annotations", self.service_account_annotations)
        if self.service_account is not None:
            names.object_name("service_account", self.service_account)
            if self.service_account_annotations:
                raise ConfigurationError(
                    "service_account_annotations must be left out with service_account: no ServiceAccount is created"
                )
        for check, reason in self.exemptions.items():
            if not _CHECK.fullmatch(check) or not reason.strip():
                raise ConfigurationError(
                    f"exemptions must map the id of a check, such as CKV_K8S_35, to a reason, got {check!r}: {reason!r}"
                )
        for container in (*self.init_containers, *self.native_sidecars, *self.sidecars):
            if container.name is None:
                raise ConfigurationError(
                    f"the container of {container.image.repository} must have a name: only the main container gets the "
                    "name of the workload; set name"
                )
        for container in self.init_containers:
            if container.probes != Probes() or container.lifecycle is not None:
                raise ConfigurationError(
                    f"init container {container.name!r} must have no probes and no lifecycle, because it runs to "
                    "completion; leave them out, or make it a native sidecar if it must keep running"
                )


class PodTemplate(Value):
    """Builds the pod template of one workload, and checks the rules that span its containers.

    Raises:
        ConfigurationError: if a container, port or volume name or a port number is duplicated, a pause before SIGTERM
            does not fit in the grace period, or the annotations, which include all reasons, are too large.
    """

    labels: Labels
    platform: Platform
    main: Container
    pod: Pod
    revision_label: str | None = "pod-template-hash"

    def check(self) -> None:
        found = [name for name, _ in self.containers()]
        require_unique("container name", found, repr(self.labels.name))
        self._check_ports()
        check_grace(self.labels.name, self.grace_seconds, self._lifecycles())
        self.volumes()
        check_containers(self.pod.annotations, found)
        check_annotations_size(f"annotations of the pods of {self.labels.name!r}", self.annotations())
        check_annotations_size(f"annotations of {self.labels.name!r}", self.object_annotations())

    @property
    def main_name(self) -> str:
        """The name of the main container."""
        return self.main.name or self.labels.name

    @property
    def grace_seconds(self) -> int:
        """Seconds from the deletion of a pod to SIGKILL, including the pause before SIGTERM."""
        given = self.pod.termination_grace_period_seconds
        return needed_grace(each for _, each in self._lifecycles()) if given is None else given

    def containers(self) -> list[tuple[str, Container]]:
        """Return every container with its name, the main one first."""
        pod = self.pod
        others = (*pod.init_containers, *pod.native_sidecars, *pod.sidecars)
        return [(self.main_name, self.main), *((container.name or "", container) for container in others)]

    def ports(self) -> list[Port]:
        """Return the ports of every container, the main one's first."""
        return [port for _, container in self.containers() for port in container.ports]

    def operating_paths(self, port: Port) -> tuple[str, ...]:
        """Return the paths of a port at which its program is operated: those of its metrics and of HTTP probes."""
        return tuple(
            path
            for _, container in self.containers()
            if port in container.ports
            for path in container.operating_paths(port)
        )

    def annotations(self) -> dict[str, str]:
        """Return the annotations of the pods: relaxations, and checksums of their ConfigMaps and Secrets."""
        references = [ref for _, container in self.containers() for ref in container.references()]
        sums: dict[str, str] = {}
        for key, kind in ((CONFIG_CHECKSUM, ConfigMapRef), (SECRETS_CHECKSUM, SecretRef)):
            known = {ref.name: ref.checksum for ref in references if isinstance(ref, kind) and ref.checksum}
            if known:
                sums[key] = checksum(known)
        return {**self.pod.annotations, **self.relaxations(), **sums}

    def relaxations(self) -> dict[str, str]:
        """Return one annotation for each relaxation of a security default."""
        found = self.pod.security.annotations()
        for name, container in self.containers():
            for key, reason in container.relaxations().items():
                found[key] = f"{found[key]}; {name}: {reason}" if key in found else f"{name}: {reason}"
        return found

    def object_annotations(self) -> dict[str, str]:
        """Return the annotations of the object that owns the pods: relaxations and exemptions from checks."""
        exemptions = enumerate(sorted(self.pod.exemptions.items()), start=1)
        skipped = {f"checkov.io/skip{number}": f"{check}={reason}" for number, (check, reason) in exemptions}
        return {**self.relaxations(), **skipped}

    def to_kube(self, variables: Mapping[str, EnvValue]) -> k8s.PodTemplateSpec:
        """Return the binding.

        Args:
            variables: variables to add to the main container.
        """
        pod, selector = self.pod, self.labels.selector
        spec = k8s.PodSpec(
            service_account_name=pod.service_account or self.labels.name,
            automount_service_account_token=pod.security.mount_api_token,
            enable_service_links=pod.enable_service_links,
            security_context=pod.security.to_kube(),
            termination_grace_period_seconds=self.grace_seconds,
            priority_class_name=pod.scheduling.priority_class_name or self.platform.priority_class_name,
            node_selector=dict(pod.scheduling.node_selector) or None,
            affinity=pod.scheduling.affinity(selector),
            tolerations=[toleration.to_kube() for toleration in pod.scheduling.tolerations] or None,
            topology_spread_constraints=[
                spread.to_kube(selector, revision_label=self.revision_label) for spread in pod.scheduling.spread
            ]
            or None,
            image_pull_secrets=[k8s.LocalObjectReference(name=name) for name in self.platform.pull_secrets] or None,
            init_containers=[
                *(restarted(each.to_kube(each.name or "")) for each in pod.native_sidecars),
                *(each.to_kube(each.name or "", init=True) for each in pod.init_containers),
            ]
            or None,
            containers=[
                self.main.to_kube(self.main_name, main=True, variables=variables),
                *(each.to_kube(each.name or "") for each in pod.sidecars),
            ],
            volumes=[each.to_kube() for each in self.volumes() if not isinstance(each, VolumeClaimTemplate)] or None,
        )
        metadata = k8s.ObjectMeta(labels=self.labels.of_pods, annotations=self.annotations() or None)
        return k8s.PodTemplateSpec(metadata=metadata, spec=spec)

    def service_account(self) -> dict[str, Any]:
        """Return the manifest of the ServiceAccount of these pods; it does not mount a token."""
        manifest: dict[str, Any] = k8s.KubeServiceAccount.manifest(
            metadata=meta(self.labels.name, self.labels.metadata, self.pod.service_account_annotations),
            automount_service_account_token=False,
        )
        return manifest

    def volumes(self) -> list[Volume]:
        """Return the volumes that the containers mount, each once."""
        volumes: dict[str, Volume] = {}
        for name, container in self.containers():
            for volume in (each.volume for each in container.mounts_of(name, main=name == self.main_name)):
                names.dns_label("volume name", volume.name)
                if volumes.setdefault(volume.name, volume) != volume:
                    raise ConfigurationError(
                        f"volume name {volume.name!r} of {self.labels.name!r} must be unique, got it twice; rename one"
                    )
        return list(volumes.values())

    def _check_ports(self) -> None:
        taken: dict[str, str] = {}
        lowest = self.pod.security.lowest_unprivileged_port
        for name, container in self.containers():
            usable = container.security.usable_capabilities(root=self.pod.security.may_be_root)
            check_bindable(name, container.ports, usable, lowest)
            for port in container.ports:
                for identity in (f"port name {port.name!r}", f"port number {port.number}/{port.protocol}"):
                    if identity in taken:
                        raise ConfigurationError(
                            f"{identity} of {self.labels.name!r} must be unique, got it in containers "
                            f"{taken[identity]!r} and {name!r}, which share the network of the pod; change one of them"
                        )
                    taken[identity] = name

    def _lifecycles(self) -> list[tuple[str, Lifecycle]]:
        usual = {id(self.main): Lifecycle()}
        found = [(name, each.lifecycle or usual.get(id(each))) for name, each in self.containers()]
        return [(name, lifecycle) for name, lifecycle in found if lifecycle is not None]

"""The pods of Kong: one hardened container, its files, its probes and its shutdown."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.runtime import (
    CERTIFICATES,
    CONFIG,
    CONFIG_FILE,
    HTTP_PORT,
    HTTPS_PORT,
    PREFIX,
    STATUS_PORT,
    Runtime,
)
from kubestock.gateway.kong.tls import TLS_KEYS, TlsAtGateway, TlsAtLoadBalancer
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.values.value import checked
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.container import Container
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.ports import Port
from kubestock.workload.probes import Exec, HttpGet, Probe, Probes
from kubestock.workload.security import PodSecurity
from kubestock.workload.service import Service
from kubestock.workload.volumes import ConfigMapVolume, SecretVolume

_QUIT_SECONDS, _MARGIN_SECONDS = 30, 15
_DRAIN_SECONDS = {"ClusterIP": 15, "NodePort": 90, "LoadBalancer": 90}
"""How long a terminating pod still gets new connections, by the type of the proxy Service: the nodes stop sending
connections within a few seconds, and a load balancer that health-checks the nodes within 90 s.
"""

STATUS, SECURE = "status", "proxy-tls"


class KongPods(Microservice):
    """The workload that runs Kong: a Deployment and the objects that belong to it.

    Args:
        source: returns the reference to the configuration when the chart is written; its checksum restarts the pods
            after a change.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        *,
        name: str,
        platform: Platform,
        container: Container,
        pod: Pod,
        services: Sequence[Service],
        scaling: Autoscaler,
        source: Callable[[], ConfigMapRef | SecretRef],
    ) -> None:
        self._source = source
        super().__init__(
            scope,
            "Workload",
            name=name,
            platform=platform,
            component="gateway",
            container=container,
            pod=pod,
            services=services,
            scaling=scaling,
        )

    def _final_template(self) -> PodTemplate:
        return replace(self.template, main=with_config(self.template.main, self._source()))


def kong_container(
    runtime: Runtime, tls: TlsAtGateway | TlsAtLoadBalancer, config: ConfigMapRef | SecretRef, proxy: Service
) -> Container:
    """Return Kong's container, which reads its configuration from the given ConfigMap or Secret.

    When the pod terminates, Kong accepts connections as long as the proxy Service may still send some, and then
    finishes the requests that are in progress.
    """
    wait = _DRAIN_SECONDS[proxy.type]
    at_gateway = isinstance(tls, TlsAtGateway)
    secure = (Port(HTTPS_PORT, name=SECURE, service_port=443),) if at_gateway else ()
    status = Port(STATUS_PORT, name=STATUS, metrics_path="/metrics")
    mounts = [VolumeMount(volume=EmptyDir(name="prefix", size_limit="512Mi"), path=PREFIX)]
    if isinstance(tls, TlsAtGateway):
        volume = SecretVolume(name="tls", source=tls.secret, items={key: key for key in TLS_KEYS})
        mounts.append(VolumeMount(volume=volume, path=CERTIFICATES))
    container = Container(
        image=runtime.image,
        resources=runtime.resources,
        ports=(Port(HTTP_PORT, name="proxy", service_port=80), *secure, status),
        probes=_probes(),
        env=runtime.environment(tls),
        mounts=tuple(mounts),
        lifecycle=Lifecycle(
            pre_stop=Exec(("kong", "quit", f"--wait={wait}", f"--timeout={_QUIT_SECONDS}")),
            drain_seconds=wait + _QUIT_SECONDS,
        ),
    )
    return with_config(container, config)


def with_config(container: Container, config: ConfigMapRef | SecretRef) -> Container:
    """Return the container with this configuration mounted, instead of the one that was mounted before."""
    items = {CONFIG_FILE: CONFIG_FILE}
    volume = (
        SecretVolume(name="config", source=config, items=items)
        if isinstance(config, SecretRef)
        else ConfigMapVolume(name="config", source=config, items=items)
    )
    others = tuple(each for each in container.mounts if each.path != CONFIG)
    return replace(container, mounts=(*others, VolumeMount(volume=volume, path=CONFIG)))


def kong_pod(image: ContainerImage, proxy: Service) -> Pod:
    """Return the settings of the pod: the user of the image, and enough grace period to finish requests."""
    exemptions = {"CKV_K8S_40": "the files of Kong's image belong to user 1000"}
    if image.digest is None:
        exemptions["CKV_K8S_43"] = "the image is named by its release; give Runtime an image with a digest"
    reasons = {"run_as_user": "the files of Kong's image belong to user 1000"}
    return Pod(
        security=PodSecurity(run_as_user=1000, reasons=reasons),
        exemptions=exemptions,
        termination_grace_period_seconds=_DRAIN_SECONDS[proxy.type] + _QUIT_SECONDS + _MARGIN_SECONDS,
    )


def _probes() -> Probes:
    alive = HttpGet(path="/status", port=STATUS)
    return Probes(
        readiness=Probe(
            action=HttpGet(path="/status/ready", port=STATUS),
            period_seconds=5,
            timeout_seconds=2,
            failure_threshold=2,
        ),
        liveness=Probe(action=alive, timeout_seconds=5, failure_threshold=6),
        startup=Probe(action=alive, period_seconds=3, timeout_seconds=2, failure_threshold=40),
    )


def check_client_ip_preserved(proxy: Service, runtime: Runtime) -> None:
    """Check that Kong sees the address of the client, and that a client cannot choose that address.

    A NodePort or LoadBalancer Service with external_traffic_policy Cluster replaces the address of the client by that
    of a node.

    Raises:
        ConfigurationError: if the proxy Service hides the addresses of clients. The message says how to fix it.
    """
    if proxy.type == "ClusterIP" or proxy.external_traffic_policy == "Local":
        return
    if runtime.client_address is not None:
        raise ConfigurationError(
            f"proxy of type {proxy.type} must have external_traffic_policy='Local' if "
            f"{runtime.client_address.header} is trusted: otherwise every connection comes from the address "
            "of a node, so a client that connects to a node's port is trusted like the load balancer"
        )
    raise ConfigurationError(
        f"proxy of type {proxy.type} must preserve the client's address: set external_traffic_policy='Local', "
        "or client_address of the runtime; otherwise all clients share one address, and one client that "
        "exceeds a limit blocks all clients"
    )

"""The pods of Kong: one hardened container, its files, and how it stops."""

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

_QUIT, _MARGIN = 30, 15
_WAITS = {"ClusterIP": 15, "NodePort": 90, "LoadBalancer": 90}
"""Seconds for which new connections come after a pod has begun to end, by the type of the proxy Service: nodes hear of
it within a few seconds, a load balancer that asks the nodes within a minute and a half."""

STATUS, SECURE = "status", "proxy-tls"


class KongPods(Microservice):
    """The Deployment of Kong and what is beside it; its pods read what `source` returns when the chart is written.

    Args:
        source: of the configuration, with a checksum by which a change of it rolls the pods.
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
        return replace(self.template, main=mounted(self.template.main, self._source()))


def kong_container(
    runtime: Runtime, tls: TlsAtGateway | TlsAtLoadBalancer, config: ConfigMapRef | SecretRef, proxy: Service
) -> Container:
    """Return Kong's container, which reads its configuration from that ConfigMap or Secret.

    It accepts connections for as long as the proxy Service sends some to a pod that ends, and finishes requests then.
    """
    wait = _WAITS[proxy.type]
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
            pre_stop=Exec(("kong", "quit", f"--wait={wait}", f"--timeout={_QUIT}")), drain_seconds=wait + _QUIT
        ),
    )
    return mounted(container, config)


def mounted(container: Container, config: ConfigMapRef | SecretRef) -> Container:
    """Return the container with that configuration in the place of the one it had."""
    items = {CONFIG_FILE: CONFIG_FILE}
    volume = (
        SecretVolume(name="config", source=config, items=items)
        if isinstance(config, SecretRef)
        else ConfigMapVolume(name="config", source=config, items=items)
    )
    others = tuple(each for each in container.mounts if each.path != CONFIG)
    return replace(container, mounts=(*others, VolumeMount(volume=volume, path=CONFIG)))


def kong_pod(image: ContainerImage, proxy: Service) -> Pod:
    """Return what surrounds the container: the user of the image, and time to finish requests."""
    exemptions = {"CKV_K8S_40": "the files of Kong's image belong to user 1000"}
    if image.digest is None:
        exemptions["CKV_K8S_43"] = "the image is named by its release; give Runtime an image with a digest"
    reasons = {"run_as_user": "the files of Kong's image belong to user 1000"}
    return Pod(
        security=PodSecurity(run_as_user=1000, reasons=reasons),
        exemptions=exemptions,
        termination_grace_period_seconds=_WAITS[proxy.type] + _QUIT + _MARGIN,
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
    """Refuse a proxy Service behind which every client has the address of a node or a balancer, or could choose one.

    Raises:
        ConfigurationError: naming the mends.
    """
    if proxy.type == "ClusterIP" or proxy.external_traffic_policy == "Local":
        return
    if runtime.client_address is not None:
        raise ConfigurationError(
            f"proxy of type {proxy.type} must have external_traffic_policy='Local' where "
            f"{runtime.client_address.header} is believed: otherwise every connection comes from a node, and whoever "
            "reaches a node's port is believed like the load balancer"
        )
    raise ConfigurationError(
        f"proxy of type {proxy.type} must keep the client's address: set external_traffic_policy='Local', or "
        "client_address of the runtime; else all clients have one address, and one client's flood limits all clients"
    )

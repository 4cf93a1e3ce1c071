"""The web frontend: static files behind an unprivileged nginx."""

from constructs import Construct

from kubestock.services.exemptions import exemptions
from kubestock.services.size import FRONTEND_SIZE, Size
from kubestock.values.types import typed
from kubestock.workload.container import Container
from kubestock.workload.image import ContainerImage
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import Mount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probes
from kubestock.workload.service import Service
from kubestock.workload.volumes import EmptyDir


class Frontend(Microservice):
    """frontend: nginx on 8080 in the pod, 80 in front of it.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs: nginx without privileges, on 8080.
        platform: what the product's workloads share.
        size: of its pods, and how many.
    """

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        platform: Platform,
        size: Size = FRONTEND_SIZE,
    ) -> None:
        cache = EmptyDir(name="nginx-cache")
        super().__init__(
            scope,
            id,
            name="frontend",
            platform=platform,
            component="frontend",
            container=Container(
                image=image,
                resources=size.resources,
                ports=(Port(8080, service_port=80),),
                probes=Probes.http("/", startup_seconds=5),
                mounts=(Mount(volume=cache, path="/var/cache/nginx"),),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=False)),
            services=(Service(), Service(name="frontend-pods", headless=True)),
            scaling=size.scaling,
        )

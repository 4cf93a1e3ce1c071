"""A single-page application that nginx serves, from an image that needs no change."""

from constructs import Construct

from kubestock.product.exemptions import exemptions
from kubestock.product.nginx import CACHE, MAIN_FILE, RUN, SERVER_FILE, StaticSite
from kubestock.product.size import PAGE_SIZE, Size
from kubestock.values.references import ConfigMapRef
from kubestock.values.value import checked
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.container import Container
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.image import ContainerImage
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probes
from kubestock.workload.service import Service
from kubestock.workload.volumes import ConfigMapVolume

_MAIN, _SERVER, _CONFIG = "nginx.conf", "default.conf", "config.js"


class SinglePageApplication(Microservice):
    """Serves the files of a single-page application with the nginx of its image, as non-root with a read-only root.

    The image needs no change: the configuration of nginx and of the page come from a ConfigMap `<name>-nginx`, which is
    mounted over the files of the image. nginx writes to emptyDir volumes. The container runs nginx directly, without an
    entrypoint that writes to the image. The image must have nginx, its /etc/nginx/mime.types, and `sleep`.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct.
        name: the name of the objects.
        image: the image that runs.
        platform: the settings that all workloads of the product share.
        site: what is served, and how. Defaults to files below /usr/share/nginx/html on port 8080.
        service_port: the port of the Service. Defaults to 80.
        component: the workload's role. Defaults to frontend.
        size: the resources of each pod, and the number of pods.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        image: ContainerImage,
        platform: Platform,
        site: StaticSite = StaticSite(),
        service_port: int = 80,
        component: str = "frontend",
        size: Size = PAGE_SIZE,
    ) -> None:
        files = ConfigMap(
            scope,
            f"{id}-nginx",
            name=f"{name}-nginx",
            data=_files(site),
            labels=platform.labels(name, component=component, version=image.version),
        )
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            component=component,
            container=Container(
                image=image,
                resources=size.resources,
                ports=(Port(site.port, service_port=service_port),),
                probes=Probes.http("/", startup_seconds=5),
                command=("nginx", "-e", "stderr", "-g", "daemon off;"),
                mounts=_mounts(site, files.ref),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=False)),
            services=(Service(), Service(name=f"{name}-pods", headless=True)),
            scaling=size.scaling,
        )


def _files(site: StaticSite) -> dict[str, str]:
    config = {} if site.config is None else {_CONFIG: site.config.script()}
    return {_MAIN: site.main, _SERVER: site.server, **config}


def _mounts(site: StaticSite, files: ConfigMapRef) -> tuple[VolumeMount, ...]:
    volume = ConfigMapVolume(name="nginx", source=files)
    places = {_MAIN: MAIN_FILE, _SERVER: SERVER_FILE}
    if site.config is not None:
        places[_CONFIG] = f"{site.root}{site.config.path}"
    return (
        *(VolumeMount(volume=volume, path=path, sub_path=file) for file, path in places.items()),
        VolumeMount(volume=EmptyDir(name="run"), path=RUN),
        VolumeMount(volume=EmptyDir(name="nginx-cache"), path=CACHE),
    )

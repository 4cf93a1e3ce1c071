"""The web frontend of KubeStock."""

from constructs import Construct

from kubestock.product.nginx import PageConfig, StaticSite
from kubestock.product.single_page import SinglePageApplication
from kubestock.product.size import Size
from kubestock.production.provider import IdentityProvider
from kubestock.production.sizes import FRONTEND_SIZE
from kubestock.values.value import checked
from kubestock.workload.image import ContainerImage
from kubestock.workload.platform import Platform

FRONTEND = "frontend"


class Frontend(SinglePageApplication):
    """frontend: the web page, which nginx serves on port 8080 of the pod and port 80 of the Service.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct.
        image: the image `web`, unchanged.
        platform: the settings that all workloads of the product share.
        provider: the identity provider for sign-ins, which the page reads from /config.js.
        size: the resources of each pod, and the number of pods.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        platform: Platform,
        provider: IdentityProvider,
        size: Size = FRONTEND_SIZE,
    ) -> None:
        site = StaticSite(config=PageConfig(values=provider.page_config()))
        super().__init__(scope, id, name=FRONTEND, image=image, platform=platform, site=site, size=size)

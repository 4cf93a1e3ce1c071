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
    """frontend: the page, by nginx on 8080 in the pod, 80 in front of it.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs: the image `web` as it is.
        platform: what the product's workloads share.
        provider: where people sign in, which the page reads from /config.js.
        size: of its pods, and how many.
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

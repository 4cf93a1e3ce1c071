"""The test after each sync."""

from constructs import Construct

from kubestock.delivery.smoke import Expectation, SmokeTest
from kubestock.gateway.kong import KongGateway
from kubestock.production.edge import Edge
from kubestock.workload.image import ContainerImage
from kubestock.workload.platform import Platform

_UNAUTHORIZED = 401


def add_smoke_test(
    scope: Construct, *, edge: Edge, gateway: KongGateway, platform: Platform, image: ContainerImage
) -> SmokeTest:
    """Add a test of what the edge promises: public paths answer, and nobody gets in without a token."""
    health = [] if edge.health is None else [edge.health]
    public = [path for each in edge.public for path in (each.path, *each.other_paths)]
    guarded = [
        f"{path}{each.answered}"
        for each in edge.api
        if "GET" in each.methods
        for path in (each.path, *each.other_paths)
    ]
    return SmokeTest(
        scope,
        "smoke-test",
        platform=platform,
        gateway=gateway,
        host=edge.host,
        image=image,
        expectations=[
            *(Expectation(path=each) for each in (*health, *public)),
            Expectation(path="/"),
            *(Expectation(path=each, status=_UNAUTHORIZED) for each in guarded),
        ],
    )

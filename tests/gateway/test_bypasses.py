import pytest
from kong_rich import PUBLIC_KEY

from kubestock.errors import ConfigurationError
from kubestock.gateway.consumers import Consumer, JwtIssuer
from kubestock.gateway.declarative import GatewayConfig
from kubestock.gateway.plugins.authentication import Jwt
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.routes import Route, Service
from kubestock.gateway.upstreams import Target, Upstream

PEOPLE = Consumer(
    username="people",
    issuers=[JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)],
)


def service(name: str, target: str, *routes: Route, plugins: tuple[Plugin, ...] = ()) -> Service:
    upstream = Upstream(name=f"{name}.upstream", targets=[Target(target=target)])
    return Service(name=name, upstream=upstream, routes=routes, plugins=plugins)


def protected(path: str = "/api/orders", methods: list[str] | None = None, **headers: list[str]) -> Route:
    hosts = ["shop.example.com"]
    return Route(name="protected", path=path, hosts=hosts, methods=methods, headers=headers or None, plugins=[Jwt()])


def public(path: str = "/", methods: list[str] | None = None, host: str = "shop.example.com") -> Route:
    return Route(name="public", path=path, hosts=[host], methods=methods)


def together(*services: Service) -> GatewayConfig:
    return GatewayConfig(services=services, consumers=[PEOPLE])


@pytest.mark.parametrize(
    ("inner", "outer", "left"),
    [
        (protected(methods=["GET"]), public(), "methods other than GET"),
        (protected(methods=["GET"]), public(methods=["GET", "DELETE"]), "DELETE"),
        (protected(methods=["GET"]), public("/api", methods=["POST"]), "POST"),
        (protected(Channel=["internal"]), public(), "requests without Channel"),
        (protected(methods=["POST"]), public("/api/orders"), "methods other than POST"),
    ],
)
def test_refuses_a_public_route_that_leads_to_protected_pods(inner: Route, outer: Route, left: str) -> None:
    with pytest.raises(ConfigurationError, match=f"is public and leads {left} for /api/orders to the pods"):
        together(service("orders", "orders-pods.shop:80", inner, outer))


def test_refuses_it_through_another_service_with_the_same_target_too() -> None:
    with pytest.raises(ConfigurationError, match="is public and leads"):
        together(
            service("orders", "orders-pods.shop:80", protected(methods=["GET"])),
            service("again", "orders-pods.shop:80", public()),
        )


@pytest.mark.parametrize(
    "outer",
    [
        public(host="other.example.com"),
        public("/other"),
        public(methods=["GET", "OPTIONS"]),
        public("/api/orders", methods=["HEAD"]),
    ],
)
def test_accepts_a_public_route_that_takes_nothing_protected(outer: Route) -> None:
    together(service("orders", "orders-pods.shop:80", protected(methods=["GET"]), outer))


def test_accepts_a_public_route_to_other_pods_and_a_protected_route_that_takes_every_request() -> None:
    together(
        service("orders", "orders-pods.shop:80", protected(methods=["GET"])),
        service("web", "web-pods.shop:80", public()),
    )
    together(service("orders", "orders-pods.shop:80", protected(), public()))


def test_accepts_a_wider_route_that_authenticates_by_its_service() -> None:
    together(service("orders", "orders-pods.shop:80", protected(methods=["GET"]), public(), plugins=(Jwt(),)))

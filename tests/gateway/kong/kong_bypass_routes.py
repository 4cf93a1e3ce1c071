"""Routes to the same pods that allow different clients."""

from kong_full_configuration import PUBLIC_KEY

from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer
from kubestock.kube.peers import Pods
from kubestock.values.references import SecretRef

PEOPLE = Consumer(
    username="people",
    issuers=[JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)],
    groups=["people"],
)
ADMINS = Consumer(
    username="admins",
    issuers=[JwtIssuer(key="https://admins.example.com", rsa_public_key=PUBLIC_KEY)],
    groups=["admins", "people"],
)
MACHINES = Consumer(username="machines", api_keys=[SecretRef(name="keys")["machines"]], groups=["machines"])
HEALTH = RequestTransformer(replace=RequestReplacements(uri="/health"))
SHOP = "shop.example.com"
PODS = "orders-pods.shop.svc.cluster.local:80"


def service(
    name: str, *routes: Route, target: str = PODS, pods: Pods | None = None, plugins: tuple[Plugin, ...] = ()
) -> KongService:
    upstream = Upstream(name=f"{name}.upstream", targets=[Target(target=target)])
    return KongService(name=name, upstream=upstream, routes=routes, pods=pods, plugins=plugins)


def route(
    name: str,
    path: str,
    *plugins: Plugin,
    methods: list[str] | None = None,
    headers: dict[str, list[str]] | None = None,
    keep: bool = False,
    exact: bool = False,
    host: str = SHOP,
) -> Route:
    return Route(
        name=name,
        path=path,
        exact=exact,
        hosts=[host],
        methods=methods,
        headers=headers,
        strip_path=not keep,
        plugins=plugins,
        public=name == "public",
    )


def protected(
    path: str = "/api/orders",
    methods: list[str] | None = None,
    headers: dict[str, list[str]] | None = None,
    *,
    keep: bool = False,
) -> Route:
    return route("protected", path, Jwt(), Acl(allow=["people"]), methods=methods, headers=headers, keep=keep)


def configuration(*services: KongService) -> GatewayConfig:
    return GatewayConfig(services=services, consumers=[PEOPLE, ADMINS, MACHINES])

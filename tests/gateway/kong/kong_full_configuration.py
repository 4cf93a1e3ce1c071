"""A configuration that contains every kind of entity and plugin."""

from pathlib import Path

from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Hashing, Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Jwt, KeyAuth
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.custom import CustomPlugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.limits import BotDetection, IpRestriction, RequestSizeLimiting, RequestTermination
from kubestock.gateway.kong.plugins.log_fields import redactions
from kubestock.gateway.kong.plugins.logs import FileLog, HttpLog, TcpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.values.references import SecretRef

PUBLIC_KEY = (Path(__file__).parents[3] / "examples" / "identity_provider.pub.pem").read_text()
HOSTS = ["shop.example.com"]


def full_configuration() -> GatewayConfig:
    keys = SecretRef(name="kong-config")
    redis = Redis(host="redis.shop", password=keys["redis"], ssl=True, ssl_verify=True, server_name="redis.shop")
    orders = Route(
        name="orders",
        path="/api/orders",
        hosts=HOSTS,
        methods=["POST"],
        headers={"X-Channel": ["web", "app"]},
        plugins=[KeyAuth(), RequestSizeLimiting(), JsonBody(schema={"type": "object"}).to_plugin()],
    )
    preflights = Route(name="preflights", path="/api/orders", hosts=HOSTS, methods=["OPTIONS"])
    users = Route(
        name="users",
        path="/api/users",
        hosts=HOSTS,
        plugins=[
            Jwt(maximum_expiration=3600),
            PreFunction(access=["kong.log.debug('here')"]),
            RateLimiting(minute=10, hour=100, limit_by="ip", policy="redis", redis=redis),
            RequestTransformer(
                replace=RequestReplacements(uri="/users"), add=RequestEntries(headers=["X-Tenant:shop"])
            ),
        ],
    )
    closed = Route(
        name="closed",
        path="/closed",
        hosts=HOSTS,
        plugins=[RequestTermination(status_code=410, message="gone"), IpRestriction(deny=["192.0.2.0/24"])],
    )
    robots = Route(name="robots", path="/robots.txt", exact=True, hosts=HOSTS, strip_path=False, public=True)
    hashing = Hashing(hash_on="header", hash_on_header="X-Tenant", hash_fallback="ip")
    upstream = Upstream(
        name="orders.upstream",
        targets=[Target(target="orders-pods.shop:3005")],
        algorithm="consistent-hashing",
        hashing=hashing,
    )
    issuer = JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)
    return GatewayConfig(
        services=[KongService(name="orders", upstream=upstream, routes=[orders, users, closed, robots, preflights])],
        consumers=[
            Consumer(username="reports", api_keys=[keys["reports"]], groups=["staff"]),
            Consumer(username="people", issuers=[issuer], groups=["staff"]),
        ],
        plugins=[
            RateLimiting(minute=100, limit_by="ip"),
            SecurityHeaders().to_plugin(),
            BotDetection(deny=["curl"]),
            Cors(origins=["https://shop.example.com"], credentials=True),
            HttpLog(
                http_endpoint="http://logs.example.com", headers={"X-Source": "kong", "Authorization": keys["log"]}
            ),
            Prometheus(),
            CorrelationId(),
            FileLog(path="/dev/stdout"),
            TcpLog(host="logs.example.com", port=5170, tls=True, tls_sni="logs.example.com"),
            CustomPlugin(plugin="syslog", settings={"log_level": "info", "custom_fields_by_lua": dict(redactions())}),
        ],
    )

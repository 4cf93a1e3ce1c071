"""A configuration with something of everything."""

from pathlib import Path

from kubestock.gateway.consumers import Consumer
from kubestock.gateway.declarative import GatewayConfig
from kubestock.gateway.plugins.authentication import Acl, KeyAuth
from kubestock.gateway.plugins.cross_origin import Cors
from kubestock.gateway.plugins.limits import RateLimiting, RequestSizeLimiting
from kubestock.gateway.plugins.logs import HttpLog
from kubestock.gateway.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.plugins.security_headers import SecurityHeaders
from kubestock.gateway.plugins.validation import JsonBody
from kubestock.gateway.routes import Route, Service
from kubestock.gateway.upstreams import Target, Upstream
from kubestock.values.references import SecretRef

PUBLIC_KEY = (Path(__file__).parents[2] / "examples" / "identity_provider.pub.pem").read_text()


def rich() -> GatewayConfig:
    orders = Route(
        name="orders",
        path="/api/orders",
        hosts=["shop.example.com"],
        methods=["POST", "OPTIONS"],
        plugins=[KeyAuth(), RequestSizeLimiting(), JsonBody(schema={"type": "object"}).to_plugin()],
    )
    upstream = Upstream(name="orders.upstream", targets=[Target(target="orders-pods.shop:3005")])
    return GatewayConfig(
        services=[Service(name="orders", upstream=upstream, routes=[orders])],
        consumers=[Consumer(username="reports", api_keys=[SecretRef(name="kong-config")["reports"]], groups=["staff"])],
        plugins=[
            RateLimiting(minute=100),
            SecurityHeaders().to_plugin(),
            Acl(allow=["staff"]),
            Cors(origins=["https://shop.example.com"], credentials=True),
            HttpLog(http_endpoint="http://logs.example.com"),
            Prometheus(),
            CorrelationId(),
        ],
    )

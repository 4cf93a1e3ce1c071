"""How the public reaches KubeStock production."""

import json
from pathlib import Path
from typing import Any

from kubestock.charts.edge import ApiRoute, Edge, LogEndpoint, MachineRoute, PublicRoute
from kubestock.gateway.backends import Egress
from kubestock.gateway.plugins.cross_origin import Method
from kubestock.gateway.plugins.security_headers import SecurityHeaders
from kubestock.kube.peers import Pods
from kubestock.workload.service import Service

_FOLDER = Path(__file__).parent
_ALL: tuple[Method, ...] = ("GET", "POST", "PUT", "PATCH", "DELETE")


def _schema(name: str) -> Any:
    return json.loads((_FOLDER / "schemas" / f"{name}.json").read_text("utf-8"))


_API = (
    ApiRoute(path="/api/products", service="ms-product", methods=("GET",)),
    ApiRoute(path="/api/orders", service="ms-order-management", methods=_ALL, body=_schema("orders")),
    ApiRoute(path="/api/users", service="ms-identity", methods=_ALL),
    ApiRoute(path="/api/inventory", service="ms-inventory", methods=("GET", "POST"), body=_schema("inventory")),
    ApiRoute(path="/api/suppliers", service="ms-supplier", methods=_ALL),
)

EDGE = Edge(
    host="kubestock.dpiyumal.me",
    issuer_public_key=(_FOLDER / "identity-provider.pub.pem").read_text("utf-8"),
    api=_API,
    public=tuple(PublicRoute(path=f"{each.path}/health", service=each.service, uri="/health") for each in _API),
    # Who calls whom inside the product, for the same callers where they run elsewhere.
    machines=(
        MachineRoute(
            path="/internal/products",
            service="ms-product",
            methods=("GET",),
            callers=("ms-inventory", "ms-supplier", "ms-order-management"),
        ),
        MachineRoute(
            path="/internal/inventory",
            service="ms-inventory",
            methods=("GET", "PUT", "PATCH"),
            callers=("ms-product", "ms-supplier", "ms-order-management"),
        ),
        MachineRoute(path="/internal/suppliers", service="ms-supplier", methods=("GET",), callers=("ms-inventory",)),
    ),
    requests_per_minute={
        "ms-product": 200,
        "ms-inventory": 200,
        "ms-supplier": 100,
        "ms-order-management": 150,
        "ms-identity": 100,
    },
    log=LogEndpoint(
        destination=Egress(
            host="logs.observability-production.svc.cluster.local",
            peer=Pods(namespace="observability-production", labels={"app.kubernetes.io/name": "fluent-bit"}),
            port=9880,
        ),
        path="/kong",
    ),
    tls_secret="kubestock-tls",  # noqa: S106  # the name of an object
    # A network load balancer of AWS keeps the client's address; Local keeps it on the node, too.
    proxy=Service(
        type="LoadBalancer",
        external_traffic_policy="Local",
        annotations={"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
    ),
    security_headers=SecurityHeaders(
        content_security_policy="default-src 'self'; connect-src 'self' https://api.asgardeo.io; img-src 'self' data:; "
        "style-src 'self' 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    ),
)

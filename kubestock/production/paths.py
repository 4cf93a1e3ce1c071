"""How the public reaches KubeStock production."""

from pathlib import Path

from kubestock.gateway.kong.backends import Egress
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.kube.peers import Pods
from kubestock.production.bodies.identity import IDENTITY
from kubestock.production.bodies.inventory import INVENTORY
from kubestock.production.bodies.orders import ORDERS
from kubestock.production.bodies.products import PRODUCTS
from kubestock.production.bodies.suppliers import SUPPLIERS
from kubestock.production.edge import ApiRoute, Edge, LogEndpoint, MachineRoute, PublicRoute
from kubestock.workload.service import Service

_FOLDER = Path(__file__).parent
_API = (
    ApiRoute(
        path="/api/products",
        other_paths=("/api/product",),
        service="ms-product",
        methods=("GET", "POST", "PUT", "DELETE"),
    ),
    ApiRoute(
        path="/api/orders",
        other_paths=("/api/order",),
        service="ms-order-management",
        methods=("GET", "POST", "PUT", "DELETE"),
    ),
    ApiRoute(
        path="/api/users",
        other_paths=("/api/identity",),
        service="ms-identity",
        methods=("GET", "POST", "DELETE"),
        answered="/suppliers",
    ),
    ApiRoute(
        path="/api/inventory",
        service="ms-inventory",
        methods=("GET", "POST", "PUT", "DELETE"),
    ),
    ApiRoute(
        path="/api/suppliers",
        other_paths=("/api/supplier",),
        service="ms-supplier",
        methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
        answered="/purchase-orders",
    ),
)
"""The names that the person who asked gave, and those that the web page calls."""


EDGE = Edge(
    host="kubestock.dpiyumal.me",
    issuer_public_key=(_FOLDER / "identity-provider.pub.pem").read_text("utf-8"),
    api=_API,
    public=tuple(
        PublicRoute(
            path=f"{each.path}/health",
            other_paths=tuple(f"{path}/health" for path in each.other_paths),
            service=each.service,
            uri="/health",
        )
        for each in _API
    ),
    health="/api/gateway/health",
    # Who calls whom inside the product, for the same callers where they run elsewhere. No program calls ms-supplier,
    # and ms-supplier calls no ms-product: those two are declared, and unused.
    machines=(
        MachineRoute(
            path="/internal/products",
            service="ms-product",
            methods=("GET", "POST"),
            callers=("ms-inventory", "ms-supplier", "ms-order-management"),
        ),
        MachineRoute(
            path="/internal/inventory",
            service="ms-inventory",
            methods=("GET", "POST"),
            callers=("ms-product", "ms-supplier", "ms-order-management"),
        ),
        MachineRoute(path="/internal/suppliers", service="ms-supplier", methods=("GET",), callers=("ms-inventory",)),
    ),
    bodies={
        "ms-product": PRODUCTS,
        "ms-inventory": INVENTORY,
        "ms-supplier": SUPPLIERS,
        "ms-order-management": ORDERS,
        "ms-identity": IDENTITY,
    },
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
        # Scripts and config.js come from the page's own origin, and so does the API. Signing in asks the identity
        # provider for tokens and keys, and looks in a frame of it whether somebody is signed in already.
        content_security_policy="default-src 'self'; connect-src 'self' https://api.asgardeo.io; "
        "frame-src https://api.asgardeo.io; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    ),
    largest_body=100 * 1024,  # all that express.json() reads
)

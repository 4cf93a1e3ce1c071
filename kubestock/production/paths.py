"""The public routes of KubeStock production."""

from kubestock.gateway.kong.backends import Egress
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.kube.peers import Pods
from kubestock.product.gateway_settings import LogEndpoint
from kubestock.production.data import data_file
from kubestock.production.edge import Edge, PublicRoute
from kubestock.production.services import BACKENDS
from kubestock.workload.service import Service

_API = tuple(each.API for each in BACKENDS)
"""The paths that the requirements name, and the paths that the web page uses."""

EDGE = Edge(
    host="kubestock.dpiyumal.me",
    issuer_public_key=data_file("identity-provider.pub.pem").read_text("utf-8"),
    # Set the client ID of the web page here: audiences=("…",). Without it, Kong accepts a token that the identity
    # provider signed for another application of its organization.
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
    # The calls inside the product, for the same callers outside the cluster. No program calls ms-supplier, and
    # ms-supplier does not call ms-product: these two calls are declared but unused.
    machines=tuple(each.MACHINES for each in BACKENDS if each.MACHINES is not None),
    bodies={each.NAME: each.BODIES for each in BACKENDS if each.BODIES},
    requests_per_minute={each.NAME: each.REQUESTS_PER_MINUTE for each in BACKENDS},
    log=LogEndpoint(
        destination=Egress(
            host="logs.observability-production.svc.cluster.local",
            peer=Pods(namespace="observability-production", labels={"app.kubernetes.io/name": "fluent-bit"}),
            port=9880,
        ),
        path="/kong",
    ),
    tls_secret="kubestock-tls",  # noqa: S106  # the name of an object
    # A network load balancer of AWS preserves the client's address; Local preserves it on the node, too.
    proxy=Service(
        type="LoadBalancer",
        external_traffic_policy="Local",
        annotations={"service.beta.kubernetes.io/aws-load-balancer-type": "nlb"},
    ),
    security_headers=SecurityHeaders(
        # Scripts, config.js and the API have the page's own origin. A sign-in requests tokens and keys from the
        # identity
        # provider, and checks in a frame of it whether the user is signed in already.
        content_security_policy="default-src 'self'; connect-src 'self' https://api.asgardeo.io; "
        "frame-src https://api.asgardeo.io; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
        "object-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'self'"
    ),
    max_body=100 * 1024,  # the limit of express.json()
)

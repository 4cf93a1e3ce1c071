"""The settings of a product's gateway."""

from kubestock.delivery.smoke import CURL
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong import PROXY
from kubestock.gateway.kong.backends import Egress
from kubestock.gateway.kong.config.consumers import JwtIssuer
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RequestSizeLimiting
from kubestock.gateway.kong.plugins.logs import FileLog, HttpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.image import ContainerImage
from kubestock.workload.service import Service

PROTECTED = ("/api", "/internal")
REQUEST_ID = "X-Request-ID"
_PREFLIGHT_SECONDS = 600


class LogEndpoint(Value):
    """Where the gateway sends a JSON object for each request, without keys, cookies, tokens and query strings.

    Args:
        destination: the host and port of the endpoint, and its location for the network policy. For a Service, the port
            is that of its pods.
        path: the path of the endpoint. Defaults to /.
    """

    destination: Egress
    path: str = "/"

    @property
    def url(self) -> str:
        """The URL of the endpoint. It is plain HTTP, because the traffic stays in the cluster."""
        return f"http://{self.destination.host}:{self.destination.port}{self.path}"


class GatewaySettings(Value):
    """The settings of a product's gateway; `Product.gateway` takes the same arguments.

    Args:
        host: the public host name.
        tls: where TLS ends. The name of a Secret of type kubernetes.io/tls ends it at the gateway. Defaults to a load
            balancer in front of the gateway, which `runtime.client_address` must name.
        issuer: the issuer of users' tokens, for routes with `auth="people"`. Defaults to none.
        audiences: the audiences of which a token must have one in `aud`. Defaults to none: Kong then also accepts
            tokens that the issuer signed for its other applications.
        callers: programs with an API key, for routes that name them in `callers`. The Secret `credentials` has a key
            for each of them. Defaults to none.
        credentials: the name of the sealed Secret with the API keys. Kong's configuration is then stored in that
            Secret. Defaults to gateway-consumers.
        protected: path prefixes below which every route must require authentication or be `public`. A path there
            without a route answers 404 to authenticated clients and 401 to all others. Defaults to /api and /internal.
        health: a path for which the gateway itself answers 200, without authentication. Defaults to none.
        log: where the gateway logs requests. Defaults to standard output.
        max_body: the largest body of any request, in bytes. Defaults to 1 MiB.
        security_headers: the security headers of every response.
        plugins: additional plugins for every request. Defaults to none.
        egress: the destinations that these plugins connect to. Defaults to none.
        proxy: the Service that clients connect to. Defaults to a LoadBalancer that preserves the client's address.
        runtime: the image and the settings of Kong itself.
        scaling: the number of gateway pods. Defaults to 2 to 6.
        smoke_test: the image of the smoke test after each sync, or None for no test. Defaults to curl's official image.
    """

    host: str
    tls: str | TlsAtGateway | TlsAtLoadBalancer = TlsAtLoadBalancer()
    issuer: JwtIssuer | None = None
    audiences: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    credentials: str = "gateway-consumers"
    protected: tuple[str, ...] = PROTECTED
    health: str | None = None
    log: LogEndpoint | None = None
    max_body: int = 1024 * 1024
    security_headers: SecurityHeaders = SecurityHeaders()
    plugins: tuple[Plugin, ...] = ()
    egress: tuple[Egress, ...] = ()
    proxy: Service = PROXY
    runtime: Runtime = Runtime()
    scaling: Autoscaler = Autoscaler(min_replicas=2, max_replicas=6)
    smoke_test: ContainerImage | None = CURL

    def check(self) -> None:
        if "://" in self.host:
            raise ConfigurationError(
                f"host of the gateway must be a name without a scheme, got {self.host!r}; write "
                f"{self.host.partition('://')[2].strip('/')!r}"
            )
        names.host_name("host of the gateway", self.host.lower())
        whole("max_body", self.max_body, minimum=1)
        if self.audiences and self.issuer is None:
            raise ConfigurationError("audiences must be given with an issuer, whose tokens have them; give issuer")
        if isinstance(self.tls, TlsAtLoadBalancer) and self.runtime.client_address is None:
            raise ConfigurationError(
                "the gateway must know where TLS ends: give gateway(tls='<name of a Secret with the certificate>'), "
                "or, behind a load balancer that ends TLS, gateway(runtime=Runtime(client_address=ClientAddress(…)))"
            )

    @property
    def everywhere(self) -> list[Plugin]:
        """The plugins that act on every request."""
        origin = f"https://{self.host}"
        return [
            self.security_headers.to_plugin(),
            Prometheus(),
            CorrelationId(header_name=REQUEST_ID, echo_downstream=True),
            Cors(
                origins=[origin],
                credentials=True,
                headers=["Authorization", "Content-Type", REQUEST_ID],
                exposed_headers=[REQUEST_ID, "Retry-After"],
                max_age=_PREFLIGHT_SECONDS,
            ),
            RequestSizeLimiting(allowed_payload_size=self.max_body, size_unit="bytes"),
            FileLog(path="/dev/stdout") if self.log is None else HttpLog(http_endpoint=self.log.url),
            *self.plugins,
        ]

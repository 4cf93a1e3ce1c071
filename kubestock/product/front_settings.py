"""How the public reaches a product, as one value."""

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
from kubestock.gateway.kong.tls import TlsAtGateway, TlsInFront
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
    """Where the gateway sends a line of JSON for each request, without keys, cookies, tokens and query strings.

    Args:
        destination: its host and port, and where that is for the network policy; a Service in front of it has
            the port of its pods.
        path: of the endpoint. Defaults to /.
    """

    destination: Egress
    path: str = "/"

    @property
    def url(self) -> str:
        """The address, plain http: it stays in the cluster."""
        return f"http://{self.destination.host}:{self.destination.port}{self.path}"


class FrontSettings(Value):
    """How the public reaches a product; `Product.gateway` takes these as arguments.

    Args:
        host: the public name.
        tls: where TLS ends: at the gateway with a Secret of type kubernetes.io/tls, given by its name, or as the value
            says. Defaults to a load balancer in front of it, which `runtime.client_address` must name.
        issuer: whose tokens identify people, for routes with `auth="people"`. Defaults to none.
        audiences: one of which a token must name in `aud`. Defaults to none: tokens that the issuer signed for its
            other applications enter, too.
        callers: programs with an API key, for routes that name them in `callers`. Each one is a key of the Secret
            `credentials`. Defaults to none.
        credentials: the name of the sealed Secret with the API keys, which then becomes Kong's configuration.
            Defaults to gateway-consumers.
        protected: prefixes below which every route requires authentication or says `public`. A path there that no
            route has is answered 404, and 401 without a credential. Defaults to /api and /internal.
        health: a path that the gateway answers with 200 itself, without authentication. Defaults to none.
        log: where requests are logged. Defaults to standard output.
        largest_body: of any request, in bytes. Defaults to 1 MiB.
        security_headers: on every answer.
        plugins: further ones, for every request. Defaults to none.
        egress: where those connect to. Defaults to nowhere.
        proxy: the Service that clients dial. Defaults to a LoadBalancer that keeps the client's address.
        runtime: Kong's program.
        scaling: of the gateway. Defaults to 2 to 6 pods.
        smoke_test: the image of the test after each sync, or None for no test. Defaults to curl's own.
    """

    host: str
    tls: str | TlsAtGateway | TlsInFront = TlsInFront()
    issuer: JwtIssuer | None = None
    audiences: tuple[str, ...] = ()
    callers: tuple[str, ...] = ()
    credentials: str = "gateway-consumers"
    protected: tuple[str, ...] = PROTECTED
    health: str | None = None
    log: LogEndpoint | None = None
    largest_body: int = 1024 * 1024
    security_headers: SecurityHeaders = SecurityHeaders()
    plugins: tuple[Plugin, ...] = ()
    egress: tuple[Egress, ...] = ()
    proxy: Service = PROXY
    runtime: Runtime = Runtime()
    scaling: Autoscaler = Autoscaler(minimum=2, maximum=6)
    smoke_test: ContainerImage | None = CURL

    def check(self) -> None:
        if "://" in self.host:
            raise ConfigurationError(
                f"host of the gateway must be a name without a scheme, got {self.host!r}; write "
                f"{self.host.partition('://')[2].strip('/')!r}"
            )
        names.host_name("host of the gateway", self.host.lower())
        whole("largest_body", self.largest_body, minimum=1)
        if self.audiences and self.issuer is None:
            raise ConfigurationError("audiences must come with an issuer, whose tokens name them; give issuer, too")
        if isinstance(self.tls, TlsInFront) and self.runtime.client_address is None:
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
            RequestSizeLimiting(allowed_payload_size=self.largest_body, size_unit="bytes"),
            FileLog(path="/dev/stdout") if self.log is None else HttpLog(http_endpoint=self.log.url),
            *self.plugins,
        ]

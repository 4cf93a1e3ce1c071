"""The gateway of a product: its routes, the gateway's health path, and the smoke test of both."""

from collections.abc import Callable, Sequence

from constructs import Construct

from kubestock.delivery.smoke import Expectation, SmokeTest
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong import KongGateway
from kubestock.gateway.kong.backends import RouteOptions, ServiceOptions
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Method
from kubestock.gateway.kong.plugins.limits import RequestTermination
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.gateway.kong.plugins.request_transformation import RequestReplacements, RequestTransformer
from kubestock.gateway.kong.plugins.validation import JsonBodies, JsonBody
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.product.gateway_settings import GatewaySettings
from kubestock.product.route_access import PEOPLE, RouteAccess
from kubestock.product.routes import ProductRoute
from kubestock.product.secrets import ProductSecret
from kubestock.values.references import SecretRef
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform

_UNAUTHORIZED = 401


class ProductGateway:
    """The gateway of a product, with its routes and its smoke test, in the chart `scope`.

    Args:
        settings: the hosts, TLS, callers and limits of the gateway.
        platform: the settings that all workloads of the product share.
        secret: returns the secret with a name, or None if there is none.
    """

    def __init__(
        self,
        scope: Construct,
        *,
        settings: GatewaySettings,
        platform: Platform,
        secret: Callable[[str], ProductSecret | None],
    ) -> None:
        self.settings = settings
        self._found: list[ProductRoute] = []
        self._closed = False
        credentials = secret(settings.credentials) if settings.callers else None
        if settings.callers and credentials is None:
            name, callers = settings.credentials, ", ".join(settings.callers)
            raise ConfigurationError(
                f"the API keys of callers ({callers}) must be in the secret {name!r} of the product, which becomes "
                f"Kong's configuration; run 'kubestock seal {name} {settings.callers[0]}', and give "
                "Product(…, secrets=read_store('secrets.yaml'))"
            )
        self.kong = KongGateway(
            scope,
            "gateway",
            hosts=[settings.host],
            platform=platform,
            tls=_tls(settings.tls, secret),
            proxy=settings.proxy,
            runtime=settings.runtime,
            consumers=_consumers(settings, credentials),
            plugins=settings.everywhere,
            credentials=credentials,
            egress=[*([] if settings.log is None else [settings.log.destination]), *settings.egress],
            protected=settings.protected,
            scaling=settings.scaling,
        )
        self.smoke_test: SmokeTest | None = None
        if settings.smoke_test is not None:
            self.smoke_test = SmokeTest(
                scope,
                "smoke-test",
                platform=platform,
                gateway=self.kong,
                host=settings.host,
                image=settings.smoke_test,
                expectations=self.expectations,
            )

    @property
    def backends(self) -> tuple[Microservice, ...]:
        """The workloads that have a route, without duplicates, in the order of their routes."""
        return tuple({id(each.to): each.to for each in self._found}.values())

    def route(
        self,
        path: str,
        *,
        to: Microservice,
        admission: RouteAccess,
        methods: Sequence[Method] | None,
        limit_per_minute: int | None,
        body: JsonBody | Sequence[JsonBody],
        uri: str | None,
        smoke_test_path: str | None,
        other_paths: Sequence[str],
        exact: bool,
        port: str | None,
        name: str | None,
        plugins: Sequence[Plugin],
        options: RouteOptions,
        service_options: ServiceOptions | None,
    ) -> Route:
        """Declare a route; the arguments are those of `Product.route`."""
        if self._closed:
            raise ConfigurationError(f"route {path!r} must be declared before the chart is read or written")
        self._check_admission(path, admission)
        if smoke_test_path and not smoke_test_path.startswith("/"):
            raise ConfigurationError(f"smoke_test_path of route {path!r} must begin with '/', got {smoke_test_path!r}")
        route = self.kong.route(
            path,
            to=to,
            other_paths=other_paths,
            exact=exact,
            port=port,
            name=name,
            methods=http.METHODS if methods is None and self._is_protected(path) else methods,
            plugins=[
                *admission.plugins(self.settings.audiences),
                *_limits(limit_per_minute, admission),
                *self._bodies(body),
                *([] if uri is None else [RequestTransformer(replace=RequestReplacements(uri=uri))]),
                *plugins,
            ],
            options=options,
            service_options=service_options,
            public=admission.public,
        )
        found = ProductRoute(route=route, to=to, admission=admission, smoke_test_path=smoke_test_path, uri=uri)
        self._found.append(found)
        return route

    def close(self) -> None:
        """Add the gateway's health path, and a route for each protected prefix that answers 404 for unknown paths."""
        if self._closed or not self._found:
            return
        target = self._target()
        if self.settings.health is not None:
            serves = RequestTermination(status_code=200, content_type="application/json", body='{"status":"ok"}')
            self.kong.route(
                self.settings.health,
                to=target,
                exact=True,
                name="gateway.health",
                methods=["GET"],
                plugins=[serves],
                public=True,
            )
        for prefix in self.settings.protected:
            admission = self._admission_below(prefix)
            if admission is not None:
                # The route lists every method: Kong prefers a route with methods, as the site's may be, to one without.
                nothing = RequestTermination(status_code=404, message="Not found")
                hidden = f"unknown.{prefix.strip('/')}"
                plugins = [*admission.plugins(self.settings.audiences), nothing]
                self.kong.route(prefix, to=target, name=hidden, methods=http.METHODS, plugins=plugins)
        self._closed = True

    def expectations(self) -> list[Expectation]:
        """Return what the smoke test checks: public paths answer 200, and all others require a token or an API key."""
        health = [] if self.settings.health is None else [Expectation(path=self.settings.health)]
        public = [path for each in self._found if each.admission.public and each.answers for path in each.asked_paths]
        below = [path for path in public if path != "/"]
        guarded = [path for each in self._found if not each.admission.public and each.gets for path in each.asked_paths]
        found = [
            *health,
            *(Expectation(path=each) for each in below),
            *(Expectation(path="/") for _ in range("/" in public)),
            *(Expectation(path=each, status=_UNAUTHORIZED) for each in guarded),
        ]
        if not found:
            raise ConfigurationError(
                "the smoke test of the gateway has no path to request: no route requires a credential or leads to the "
                "path of a readiness probe; give gateway(…, health='/api/gateway/health'), or a path that a service "
                "answers, route(…, smoke_test_path='/…'), or disable the test, gateway(…, smoke_test=None)"
            )
        return found

    def _check_admission(self, path: str, admission: RouteAccess) -> None:
        settings = self.settings
        if admission.auth is not None and settings.issuer is None:
            raise ConfigurationError(
                f"issuer of the gateway must be given, because route {path!r} requires tokens: gateway(…, "
                "issuer=JwtIssuer(key='https://…', rsa_public_key='…'))"
            )
        if unknown := sorted(set(admission.callers) - set(settings.callers)):
            raise ConfigurationError(
                f"callers of route {path!r} must be callers of the gateway, got {', '.join(unknown)}; add them to the "
                "gateway: gateway(…, callers=[…])"
            )

    def _is_protected(self, path: str) -> bool:
        """Whether a path is below a protected prefix: its route then lists every method, as that of the prefix does."""
        return any(_below(path, prefix) for prefix in self.settings.protected)

    def _bodies(self, body: JsonBody | Sequence[JsonBody]) -> list[Plugin]:
        bodies = [body] if isinstance(body, JsonBody) else list(body)
        return [JsonBodies(bodies=bodies, max_body=self.settings.max_body).to_plugin()] if bodies else []

    def _admission_below(self, prefix: str) -> RouteAccess | None:
        below = [
            each.admission
            for each in self._found
            if not each.admission.public and any(_below(path, prefix) for path in each.route.paths)
        ]
        if not below:
            return None
        people = any(each.auth for each in below)
        return RouteAccess(auth=PEOPLE) if people else RouteAccess(callers=tuple(sorted(self.settings.callers)))

    def _target(self) -> Microservice:
        """Return the workload for routes that Kong answers itself: that of the route /, or the first by name."""
        sites = [each.to for each in self._found if each.route.path == "/"]
        return sites[0] if sites else min(self.backends, key=lambda each: each.name)


def _tls(
    given: str | TlsAtGateway | TlsAtLoadBalancer, secret: Callable[[str], ProductSecret | None]
) -> TlsAtGateway | TlsAtLoadBalancer:
    if not isinstance(given, str):
        return given
    sealed = secret(given)
    return TlsAtGateway(secret=SecretRef(name=given) if sealed is None else sealed.ref)


def _consumers(settings: GatewaySettings, credentials: ProductSecret | None) -> list[Consumer]:
    keys = SecretRef(name=settings.credentials) if credentials is None else credentials.ref
    people = [] if settings.issuer is None else [Consumer(username=PEOPLE, issuers=[settings.issuer], groups=[PEOPLE])]
    return [
        *people,
        *(Consumer(username=each, api_keys=[keys[each]], groups=[each]) for each in sorted(settings.callers)),
    ]


def _below(path: str, prefix: str) -> bool:
    return path == prefix or path.startswith(f"{prefix}/")


def _limits(per_minute: int | None, admission: RouteAccess) -> list[Plugin]:
    if per_minute is None:
        return []
    return [RateLimiting(minute=per_minute, limit_by="credential" if admission.callers else "ip")]

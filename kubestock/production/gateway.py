"""Kong in front of the services of a chart, from the settings of its edge."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.gateway.kong.backends import Connection
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RateLimiting, RequestSizeLimiting, RequestTermination
from kubestock.gateway.kong.plugins.logs import HttpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.kong.plugins.transformation import RequestReplacements, RequestTransformer
from kubestock.gateway.kong.plugins.validation import JsonBodies
from kubestock.gateway.kong.tls import TlsAtGateway, TlsInFront
from kubestock.production.edge import API, INTERNAL, Edge
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.values.references import SecretRef
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform

PEOPLE = "people"
REQUEST_ID = "X-Request-ID"
_PREFLIGHT_SECONDS = 600


def add_gateway(
    scope: Construct, *, edge: Edge, platform: Platform, issuer: str, secrets: Mapping[str, SealedSecret]
) -> KongGateway:
    """Add Kong without routes.

    Args:
        scope: the chart.
        edge: what it serves.
        platform: what the product's workloads share.
        issuer: what the tokens of people say in `iss`.
        secrets: the sealed ones of the chart, by name.
    """
    credentials = secrets.get(edge.credentials)
    keys = SecretRef(name=edge.credentials) if credentials is None else credentials.ref
    tls = TlsInFront() if edge.tls_secret is None else TlsAtGateway(secret=_certificate(edge.tls_secret, secrets))
    people = JwtIssuer(key=issuer, rsa_public_key=edge.issuer_public_key)
    return KongGateway(
        scope,
        "gateway",
        hosts=[edge.host],
        platform=platform,
        tls=tls,
        proxy=edge.proxy,
        runtime=edge.runtime,
        consumers=[
            Consumer(username=PEOPLE, issuers=[people], groups=[PEOPLE]),
            *(Consumer(username=each, api_keys=[keys[each]], groups=[each]) for each in edge.callers),
        ],
        plugins=_everywhere(edge),
        credentials=credentials if edge.callers else None,
        egress=[edge.log.destination],
        protected=[API, INTERNAL],
        scaling=edge.scaling,
    )


def add_routes(gateway: KongGateway, edge: Edge, services: Mapping[str, Microservice], frontend: Microservice) -> None:
    """Route the paths of the edge to the services, and everything else to the frontend.

    Below /api and /internal that is nothing: whoever may enter there is told 404, and nobody else learns that much.
    """
    for public in edge.public:
        rewrite = RequestTransformer(replace=RequestReplacements(uri=public.uri))
        gateway.route(
            public.path,
            to=services[public.service],
            other_paths=public.other_paths,
            methods=["GET"],
            plugins=[rewrite],
            connection=_connection(edge, public.service),
            public=True,
        )
    for api in edge.api:
        gateway.route(
            api.path,
            to=services[api.service],
            other_paths=api.other_paths,
            methods=api.methods,
            plugins=_people(),
            connection=_connection(edge, api.service),
        )
    for machine in edge.machines:
        limit = edge.requests_per_minute.get(machine.service)
        gateway.route(
            machine.path,
            to=services[machine.service],
            methods=machine.methods,
            plugins=[
                *_programs(machine.callers),
                *([RateLimiting(minute=limit, limit_by="credential")] if limit else []),
            ],
            connection=_connection(edge, machine.service),
        )
    site = Connection(health_path="/")
    gateway.route("/", to=frontend, methods=["GET", "HEAD"], connection=site)
    if edge.health is not None:
        serves = RequestTermination(status_code=200, content_type="application/json", body='{"status":"ok"}')
        gateway.route(
            edge.health, to=frontend, exact=True, name="gateway.health", methods=["GET"], plugins=[serves], public=True
        )
    closed: dict[str, list[Plugin]] = {API: _people()}
    if edge.callers:
        closed[INTERNAL] = _programs(edge.callers)
    for path, asked in closed.items():
        # Every method is named: Kong would prefer the frontend, which names some, to a route that names none.
        nothing = RequestTermination(status_code=404, message="Not found")
        name = f"unknown.{path.strip('/')}"
        gateway.route(path, to=frontend, name=name, methods=http.METHODS, plugins=[*asked, nothing])


def _people() -> list[Plugin]:
    return [Jwt(), Acl(allow=[PEOPLE])]


def _programs(callers: Sequence[str]) -> list[Plugin]:
    return [KeyAuth(key_names=["x-api-key"]), Acl(allow=callers)]


def _everywhere(edge: Edge) -> list[Plugin]:
    origin = f"https://{edge.host}"
    return [
        edge.security_headers.to_plugin(),
        Prometheus(),
        CorrelationId(header_name=REQUEST_ID, echo_downstream=True),
        Cors(
            origins=[origin],
            credentials=True,
            headers=["Authorization", "Content-Type", REQUEST_ID],
            exposed_headers=[REQUEST_ID, "Retry-After"],
            max_age=_PREFLIGHT_SECONDS,
        ),
        RequestSizeLimiting(allowed_payload_size=edge.largest_body, size_unit="bytes"),
        HttpLog(http_endpoint=edge.log.url),
    ]


def _connection(edge: Edge, service: str) -> Connection:
    limit = edge.requests_per_minute.get(service)
    limits = [RateLimiting(minute=limit, limit_by="ip")] if limit else []
    return Connection(health_path="/health", plugins=[*limits, *_bodies(edge, service)])


def _bodies(edge: Edge, service: str) -> list[Plugin]:
    largest = edge.largest_body
    held = [replace(each, max_body=min(each.max_body, largest)) for each in edge.bodies.get(service, ())]
    return [JsonBodies(bodies=held, max_body=largest).to_plugin()] if held else []


def _certificate(name: str, secrets: Mapping[str, SealedSecret]) -> SecretRef:
    sealed = secrets.get(name)
    return SecretRef(name=name) if sealed is None else sealed.ref

"""The same objects, made with this library: services of seven objects that call one another, and routes to them."""

from pathlib import Path

from kubestock import (
    App,
    Autoscaler,
    Chart,
    Container,
    ContainerImage,
    ContainerResources,
    Guardrails,
    Microservice,
    Platform,
    Port,
    Probes,
)
from kubestock.gateway.kong import Consumer, Cors, Jwt, JwtIssuer, KongGateway, RateLimiting, RouteOptions, TlsAtGateway
from kubestock.values import SecretRef
from kubestock.workload import Service

HOST = "fleet.example.com"
_BACKENDS = 20
_KEY = Path(__file__).parent.parent / "examples" / "identity_provider.pub.pem"


def fleet(services: int, outdir: str) -> App:
    """Return an app of that many services, each of which calls the next one."""
    app, chart, platform = _chart(outdir)
    Guardrails(chart, "guardrails", labels=platform.labels("fleet"), viewers=["fleet:developers"])
    made = [_service(chart, platform, number) for number in range(services)]
    for caller, callee in zip(made, [*made[1:], made[0]], strict=True):
        caller.calls(callee, variable="PEER_URL")
    return app


def gateway(routes: int, outdir: str) -> App:
    """Return an app of a gateway with that many routes to twenty services."""
    app, chart, platform = _chart(outdir, "Secret/fleet-tls")
    backends = [_service(chart, platform, number, headless=True) for number in range(_BACKENDS)]
    people = Consumer(
        username="people", issuers=[JwtIssuer(key="https://login.example.com", rsa_public_key=_KEY.read_text())]
    )
    kong = KongGateway(
        chart,
        "gateway",
        hosts=[HOST],
        platform=platform,
        tls=TlsAtGateway(secret=SecretRef(name="fleet-tls", keys=("tls.crt", "tls.key"))),
        plugins=[Cors(origins=[f"https://{HOST}"])],
        consumers=[people],
    )
    for number in range(routes):
        kong.route(
            f"/api/group-{number % _BACKENDS:04}/item-{number:04}",
            to=backends[number % _BACKENDS],
            methods=["GET", "POST"],
            plugins=[Jwt(), RateLimiting(minute=100, limit_by="ip")],
            options=RouteOptions(strip_path=False),
        )
    return app


def _chart(outdir: str, *provided: str) -> tuple[App, Chart, Platform]:
    app = App(outdir=outdir)
    chart = Chart(app, "fleet", namespace="fleet", provided=provided)
    return app, chart, Platform(part_of="fleet", environment="production")


def _service(chart: Chart, platform: Platform, number: int, *, headless: bool = False) -> Microservice:
    name = f"service-{number:04}"
    container = Container(
        image=ContainerImage(f"ghcr.io/acme/{name}", tag="1.0.0"),
        ports=(Port(8080),),
        probes=Probes.http("/healthz", startup_seconds=10),
        resources=ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi")),
        env={"LOG_LEVEL": "info"},
    )
    return Microservice(
        chart,
        name,
        name=name,
        platform=platform,
        container=container,
        config={"MODE": "fast"},
        services=[Service(), Service(name=f"{name}-pods", headless=True)] if headless else None,
        scaling=Autoscaler(min_replicas=2, max_replicas=6),
    )

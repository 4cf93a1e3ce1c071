"""Another product behind Kong: a public catalogue, orders by token, stock by API key, and a storefront.

The credentials are samples, sealed with a certificate of which no key remains. docs/gateway.md says how this
gateway answers.
"""

from pathlib import Path

from kubestock import (
    App,
    Autoscaler,
    Chart,
    Container,
    ContainerImage,
    ContainerResources,
    Microservice,
    Platform,
    Pods,
    Port,
    Probes,
    read_store,
)
from kubestock.certificates import Certificate
from kubestock.gateway.kong import (
    Acl,
    ClientAddress,
    Consumer,
    CorrelationId,
    Cors,
    Egress,
    FloodLimit,
    HttpLog,
    JsonBody,
    Jwt,
    JwtIssuer,
    KeyAuth,
    KongGateway,
    Prometheus,
    RateLimiting,
    RequestSizeLimiting,
    Runtime,
    SecurityHeaders,
    ServiceOptions,
    TlsAtGateway,
)
from kubestock.secrets import SealedSecret
from kubestock.workload import Service

HERE = Path(__file__).parent
HOST = "acme.example.com"
ISSUER = "https://login.acme.example.com"
ORDER = {
    "type": "object",
    "additionalProperties": False,
    "required": ["sku", "quantity"],
    "properties": {
        "sku": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]{4}$"},
        "quantity": {"type": "integer", "minimum": 1, "maximum": 100},
    },
}
PEOPLE = (Jwt(), Acl(allow=["people"]))
MACHINES = (KeyAuth(key_names=["x-api-key"]), Acl(allow=["warehouses"]))


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    chart = Chart(app, "acme", namespace="acme")
    platform = Platform(part_of="acme", environment="production", scraper=Pods(namespace="monitoring"))
    gateway = add_gateway(chart, platform)
    catalogue, orders = add_service(chart, platform, "catalogue"), add_service(chart, platform, "orders")
    stock, storefront = add_service(chart, platform, "stock"), add_service(chart, platform, "storefront")

    small = RequestSizeLimiting(allowed_payload_size=64, size_unit="kilobytes")
    gateway.route(
        "/api/catalogue",
        to=catalogue,
        methods=["GET"],
        plugins=[RateLimiting(minute=200, limit_by="ip")],
        service_options=ServiceOptions(health_path="/healthz"),
    )
    gateway.route(
        "/api/orders",
        to=orders,
        methods=["GET", "POST"],
        plugins=[*PEOPLE, small, RateLimiting(minute=100, limit_by="ip"), JsonBody(schema=ORDER).to_plugin()],
        service_options=ServiceOptions(health_path="/healthz", algorithm="least-connections"),
    )
    gateway.route(
        "/api/stock",
        to=stock,
        methods=["GET", "PUT"],
        plugins=[*MACHINES, RateLimiting(minute=60, limit_by="credential")],
    )
    gateway.route("/", to=storefront, methods=["GET", "HEAD"])
    return app


def add_gateway(chart: Chart, platform: Platform) -> KongGateway:
    store = read_store(HERE / "gateway_secrets.yaml")
    keys = SealedSecret(
        chart,
        "credentials",
        secret=store["gateway-consumers"],
        certificates=store.certificates,
        labels=platform.labels("gateway-consumers", component="secret"),
    )
    certificate = Certificate(
        chart, "certificate", name="acme-tls", hosts=[HOST], issuer="letsencrypt", labels=platform.labels("acme-tls")
    )
    logs = Egress(host="logs.monitoring.svc", peer=Pods(namespace="monitoring", labels={"app": "logs"}), port=9880)
    issuer = JwtIssuer(key=ISSUER, rsa_public_key=(HERE / "identity_provider.pub.pem").read_text())
    return KongGateway(
        chart,
        "gateway",
        hosts=[HOST],
        platform=platform,
        tls=TlsAtGateway(secret=certificate.ref),
        # An application load balancer: it ends the clients' TLS, and opens its own to Kong.
        proxy=Service(
            type="LoadBalancer", load_balancer_source_ranges=("203.0.113.0/24",), external_traffic_policy="Local"
        ),
        runtime=Runtime(
            client_address=ClientAddress(trusted_proxies=("10.20.0.0/16",), reencrypts=True),
            flood_limit=FloodLimit(per_second=20, burst=40),
            max_body="1m",
        ),
        consumers=[
            Consumer(username="people", issuers=[issuer], groups=["people"]),
            Consumer(username="reports", api_keys=[keys["reports"]], groups=["readers"]),
            Consumer(username="warehouse", api_keys=[keys["warehouse"]], groups=["warehouses"]),
        ],
        plugins=[
            SecurityHeaders().to_plugin(),
            Prometheus(),
            CorrelationId(header_name="X-Request-ID", echo_downstream=True),
            Cors(origins=[f"https://{HOST}"], credentials=True, max_age=600),
            RateLimiting(minute=600, limit_by="ip"),
            HttpLog(http_endpoint="http://logs.monitoring.svc:9880/kong"),
        ],
        credentials=keys,
        egress=[logs],
    )


def add_service(chart: Chart, platform: Platform, name: str) -> Microservice:
    container = Container(
        image=ContainerImage(f"ghcr.io/acme/{name}", tag="1.4.2"),
        ports=(Port(8080),),
        probes=Probes.http("/healthz", startup_seconds=10),
        resources=ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi")),
    )
    services = (Service(), Service(name=f"{name}-pods", headless=True))
    scaling = Autoscaler(min_replicas=2, max_replicas=6)
    return Microservice(
        chart, name, name=name, platform=platform, container=container, services=services, scaling=scaling
    )


if __name__ == "__main__":
    build().synth()

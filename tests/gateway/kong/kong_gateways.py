"""Gateways for many tests: the smallest one, and one that uses every field."""

import cdk8s
import sealed
from kong_full_configuration import PUBLIC_KEY
from workload.samples import microservice

from kubestock.certificates import Certificate
from kubestock.gateway.kong.backends import Egress, RouteOptions, ServiceOptions
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import RequestSizeLimiting
from kubestock.gateway.kong.plugins.logs import HttpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import FloodLimit, Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.values.references import SecretRef
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.service import Service

PRIVATE = Service()
HOST = "shop.example.com"
CREDENTIALS = "gateway-consumers"
PLATFORM = Platform(part_of="shop", environment="production", scraper=Pods(namespace="monitoring"))
TLS = TlsAtGateway(secret=SecretRef(name="shop-tls", keys=("tls.crt", "tls.key")))
CORS = Cors(origins=[f"https://{HOST}"], credentials=True, max_age=600)
ORDER = {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string", "pattern": "^{{[A-Z]+$"}}}


def backend(chart: cdk8s.Chart, name: str = "orders") -> Microservice:
    return microservice(chart, name, services=(Service(), Service(name=f"{name}-pods", headless=True)))


def gateway(
    chart: cdk8s.Chart,
    *plugins: Plugin,
    consumers: tuple[Consumer, ...] = (),
    proxy: Service = PRIVATE,
    runtime: Runtime = Runtime(),
    tls: TlsAtGateway | TlsAtLoadBalancer = TLS,
    egress: tuple[Egress, ...] = (),
    credentials: SealedSecret | None = None,
) -> KongGateway:
    return KongGateway(
        chart,
        "kong",
        hosts=[HOST],
        platform=PLATFORM,
        tls=tls,
        proxy=proxy,
        runtime=runtime,
        consumers=consumers,
        plugins=plugins,
        egress=egress,
        credentials=credentials,
    )


def smallest(chart: cdk8s.Chart) -> KongGateway:
    made = KongGateway(chart, "kong", hosts=[HOST], platform=PLATFORM, tls=TLS)
    made.route("/", to=backend(chart))
    return made


def credentials(chart: cdk8s.Chart, *keys: str, plaintext: bytes = b"canary") -> SealedSecret:
    stored = sealed.secret(CREDENTIALS, *(keys or ("reports", "stock-keeper")), plaintext=plaintext)
    labels = PLATFORM.labels(CREDENTIALS, component="secret")
    return SealedSecret(chart, "credentials", secret=stored, certificates=sealed.PINNED, labels=labels)


def fullest(chart: cdk8s.Chart) -> KongGateway:
    orders, stock, site = backend(chart, "orders"), backend(chart, "stock"), backend(chart, "site")
    keys = credentials(chart)
    certificate = Certificate(
        chart, "certificate", name="shop-tls", hosts=[HOST], issuer="letsencrypt", labels=PLATFORM.labels("shop-tls")
    )
    made = KongGateway(
        chart,
        "gateway",
        name="edge",
        hosts=[HOST],
        platform=PLATFORM,
        tls=TlsAtGateway(secret=certificate.ref, policy="modern"),
        proxy=Service(
            type="LoadBalancer",
            load_balancer_source_ranges=("203.0.113.0/24",),
            annotations={"example.com/lb": "nlb"},
            external_traffic_policy="Local",
        ),
        clients=IpBlocks(ranges=("203.0.113.0/24", "10.0.0.0/16")),
        runtime=Runtime(
            client_address=ClientAddress(trusted_proxies=("10.0.0.0/16",), reencrypts=True),
            flood_limit=FloodLimit(per_second=20, burst=40, zone_megabytes=20),
            max_body="1m",
            worker_processes=4,
            log_level="warn",
        ),
        consumers=[
            Consumer(username="reports", api_keys=[keys["reports"]], groups=["readers"]),
            Consumer(username="stock-keeper", api_keys=[keys["stock-keeper"]], groups=["writers"]),
            Consumer(
                username="people",
                issuers=[JwtIssuer(key="https://id.example.com", rsa_public_key=PUBLIC_KEY)],
                groups=["people"],
            ),
        ],
        plugins=[
            SecurityHeaders(hsts_preload=True).to_plugin(),
            Prometheus(),
            CorrelationId(header_name="X-Request-ID", echo_downstream=True),
            CORS,
            RateLimiting(minute=300, limit_by="ip"),
            HttpLog(http_endpoint="http://logs.monitoring.svc:9000/kong"),
        ],
        credentials=keys,
        egress=[Egress(host="logs.monitoring.svc", peer=Pods(namespace="monitoring", labels={"app": "logs"}), port=9)],
        scaling=Autoscaler(min_replicas=3, max_replicas=9, cpu_percent=60),
    )
    made.route(
        "/api/orders",
        to=orders,
        methods=["GET", "POST"],
        plugins=[Jwt(), Acl(allow=["people"]), RequestSizeLimiting(), JsonBody(schema=ORDER).to_plugin()],
        service_options=ServiceOptions(health_path="/health", algorithm="least-connections", retries=2),
    )
    made.route("/internal/stock", to=stock, methods=["OPTIONS"], name="stock-preflights")
    made.route(
        "/internal/stock",
        to=stock,
        methods=["GET"],
        name="stock-service",
        plugins=[KeyAuth(key_names=["x-api-key"]), Acl(allow=["readers", "writers"]), RateLimiting(minute=200)],
        options=RouteOptions(headers={"X-Channel": ["internal"]}, strip_path=False),
    )
    made.route("/", to=site, hosts=[f"www.{HOST}"])
    made.route("/robots.txt", to=site, exact=True, options=RouteOptions(strip_path=False))
    return made

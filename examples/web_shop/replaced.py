"""The web shop of main.py, in which each part of the product is replaced by the construct underneath."""

from pathlib import Path

from kubestock import (
    App,
    Chart,
    Container,
    ContainerResources,
    Database,
    Guardrails,
    IpBlocks,
    Microservice,
    Pods,
    Port,
    Probes,
    Replicas,
)
from kubestock.delivery import ApplicationSource, ArgoApplication, ArgoProject, Expectation, SmokeTest
from kubestock.gateway.kong import (
    GLOBAL_PLUGINS,
    Acl,
    Consumer,
    Jwt,
    JwtIssuer,
    KongGateway,
    RateLimiting,
    TlsAtGateway,
)
from kubestock.monitoring import (
    MonitoredProduct,
    MonitoredService,
    Objective,
    PodMonitor,
    PrometheusRules,
    Thresholds,
    every_group,
)
from kubestock.namespace import Quota
from kubestock.product import Product, read_images
from kubestock.testing import synthesize
from kubestock.values import Off, SecretRef
from kubestock.workload import Service

HERE = Path(__file__).parent
HOST = "shop.example.com"
REPOSITORY = "https://github.com/acme/shop.git"
IMAGES = read_images(HERE / "images.yaml", registry="ghcr.io/acme")
SMALL = ContainerResources.of(cpu=("50m", "200m"), memory=("64Mi", "128Mi"))


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    shop = Product(
        app,
        "shop",
        environment="production",
        scraper=Pods(namespace="monitoring"),
        provided=["Secret/orders-db", "Secret/shop-tls"],
        guardrails=False,
        quota=Quota(hard={"pods": "40", "requests.cpu": "4", "limits.memory": "10Gi"}),
    )
    add_guardrails(shop)
    orders, web = add_service(shop, "orders", "/healthz", "/metrics"), add_service(shop, "web", "/")
    database = Database("orders-db", addresses=IpBlocks(ranges=("10.0.0.0/16",)))
    orders.calls(database, credentials=shop.secret("orders-db"))
    kong = add_gateway(shop, orders, web)
    add_smoke_test(shop, kong)
    watch(shop, orders, web, kong)
    ship(app.folder("argocd"), shop)
    return app


def add_guardrails(shop: Product) -> None:
    """In place of `Product(guardrails=True)`: no limits, because the quota names them."""
    labels = shop.platform.labels("shop", component="namespace")
    limits = Off("every container of the shop says its own")
    Guardrails(shop, "guardrails", labels=labels, viewers=["shop:developers"], limits=limits)


def add_service(shop: Product, name: str, health: str, metrics: str | None = None) -> Microservice:
    """In place of `shop.service(…)`: a fixed number of pods."""
    made = Microservice(
        shop,
        name,
        name=name,
        platform=shop.platform,
        container=Container(
            image=IMAGES[name],
            resources=SMALL,
            ports=(Port(8080, metrics_path=metrics),),
            probes=Probes.http(health, startup_seconds=10),
        ),
        services=(Service(), Service(name=f"{name}-pods", headless=True)),
        scaling=Replicas(3),
    )
    shop.add(made)
    return made


def add_gateway(shop: Product, orders: Microservice, web: Microservice) -> KongGateway:
    """In place of `shop.gateway(…)` and `shop.route(…)`: another group than people."""
    issuer = JwtIssuer(key="https://login.example.com", rsa_public_key=(HERE / "login.pub.pem").read_text())
    kong = KongGateway(
        shop,
        "gateway",
        hosts=[HOST],
        platform=shop.platform,
        tls=TlsAtGateway(secret=SecretRef(name="shop-tls")),
        consumers=[Consumer(username="buyers", issuers=[issuer], groups=["buyers"])],
        plugins=[*GLOBAL_PLUGINS, RateLimiting(minute=600, limit_by="ip")],
        protected=["/api"],
    )
    kong.route("/api/orders", to=orders, methods=["GET", "POST"], plugins=[Jwt(), Acl(allow=["buyers"])])
    kong.route("/", to=web, methods=["GET", "HEAD"])
    return kong


def add_smoke_test(shop: Product, kong: KongGateway) -> None:
    """In place of the one that `shop.gateway(…)` adds."""
    expectations = [Expectation(path="/"), Expectation(path="/api/orders", status=401)]
    SmokeTest(shop, "smoke-test", platform=shop.platform, gateway=kong, host=HOST, expectations=expectations)


def watch(shop: Product, orders: Microservice, web: Microservice, kong: KongGateway) -> None:
    """In place of `shop.monitoring(…)`: no dashboard, and alerts that go to the team."""
    PodMonitor(shop, "monitor-orders", workload=orders)
    PodMonitor(shop, "monitor-kong", workload=kong.workload)
    watched = MonitoredProduct(
        name="shop",
        namespace=shop.namespace,
        gateway=kong.name,
        services=(
            MonitoredService(name=orders.name, port=8080),
            MonitoredService(name=web.name, port=8080, scraped=False),
        ),
    )
    PrometheusRules(
        shop,
        "alerts",
        name="shop",
        groups=every_group(watched, Objective(availability=99.5), Thresholds()),
        runbooks="https://github.com/acme/shop/blob/main/runbooks",
        labels=shop.platform.labels("shop", component="monitoring"),
        alert_labels={"team": "shop"},
    )


def ship(folder: App, shop: Product) -> None:
    """In place of `shop.argo_cd(…)`: a branch of its own."""
    chart = Chart(folder, "shop", namespace="argocd")
    labels = shop.platform.labels("shop", component="delivery")
    project = ArgoProject(
        chart,
        "project",
        name="shop",
        repo_url=REPOSITORY,
        manifests=lambda: synthesize(shop, judged=False),
        destination=shop.namespace,
        labels=labels,
        namespace="argocd",
    )
    ArgoApplication(
        chart,
        "application",
        name="shop",
        project=project,
        source=ApplicationSource(repo_url=REPOSITORY, target_revision="release", include=shop.file_name),
        manifests=lambda: synthesize(shop, judged=False),
        destination=shop.namespace,
        labels=labels,
    )


if __name__ == "__main__":
    build().synth()

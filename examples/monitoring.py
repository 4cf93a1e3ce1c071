"""Another product with monitoring: a monitor for each workload, alerts, and a dashboard with a row of its own.

Its program tells how it answers and how many database connections it has, under names of its own; the series of paths
with an id are dropped as they are scraped.
"""

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
    Pods,
    Port,
    Probes,
)
from kubestock.gateway.kong import KongGateway, TlsAtGateway
from kubestock.monitoring import (
    DatabaseMetrics,
    MonitoredProduct,
    MonitoredService,
    Objective,
    PodMonitor,
    ProgramMetrics,
    PrometheusRules,
    RequestMetrics,
    Thresholds,
    every_group,
)
from kubestock.monitoring.dashboard import GrafanaDashboard, Panel, Query, Row
from kubestock.values import SecretRef
from kubestock.workload import Service

RUNBOOKS = "https://docs.acme.example/runbooks"
EXPORTS = ProgramMetrics(
    requests=RequestMetrics(
        total="acme_requests_total",
        status="code",
        seconds="acme_request_seconds",
        slow_seconds=1,
        path="path",
        paths=("/orders", "/orders/search"),
    ),
    database=DatabaseMetrics(
        connections_in_use="acme_pool_in_use",
        connections_limit="acme_pool_size",
        query_seconds="acme_query_seconds",
    ),
)
QUEUE = Row(
    title="Queue",
    panels=(
        Panel(
            title="Orders that wait",
            description="Orders that are not packed yet. Normal is below a hundred.",
            unit="short",
            queries=(Query(expression='sum(acme_orders_waiting{namespace="acme"})', legend="waiting"),),
        ),
    ),
)


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    chart = Chart(app, "acme", namespace="acme", provided=("Secret/acme-tls",))
    platform = Platform(
        part_of="acme",
        environment="production",
        scraper=Pods(namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"}),
    )
    Guardrails(chart, "guardrails", labels=platform.labels("acme"), viewers=("acme:developers",))
    orders = Microservice(
        chart,
        "orders",
        name="orders",
        platform=platform,
        container=Container(
            image=ContainerImage("ghcr.io/acme/orders", tag="1.4.2"),
            ports=(Port(8080, metrics_path="/metrics"),),
            probes=Probes.http("/healthz", startup_seconds=10),
            resources=ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi")),
        ),
        scaling=Autoscaler(min_replicas=2, max_replicas=6),
        services=(Service(), Service(name="orders-pods", headless=True)),
    )
    gateway = KongGateway(
        chart,
        "gateway",
        hosts=["acme.example.com"],
        platform=platform,
        tls=TlsAtGateway(secret=SecretRef(name="acme-tls")),
    )
    gateway.route("/orders", to=orders, methods=["GET"], public=True)
    watch(chart, platform, gateway, orders)
    return app


def watch(chart: Chart, platform: Platform, gateway: KongGateway, orders: Microservice) -> None:
    product = MonitoredProduct(
        name="acme",
        namespace="acme",
        gateway=gateway.name,
        services=(MonitoredService(name=orders.name, port=orders.port().number, exports=EXPORTS),),
    )
    objective, labels = Objective(availability=99.5, latency_ms=700), platform.labels("acme", component="monitoring")
    for each, keep in ((orders, EXPORTS.kept), (gateway.workload, ())):
        PodMonitor(chart, f"monitor-{each.name}", workload=each, keep=keep, labels={"release": "prometheus"})
    PrometheusRules(
        chart,
        "alerts",
        name="acme",
        groups=every_group(product, objective, Thresholds(memory_percent=95)),
        runbooks=RUNBOOKS,
        labels=labels,
        selected_by={"release": "prometheus"},
    )
    GrafanaDashboard(
        chart,
        "dashboard",
        product=product,
        objective=objective,
        labels=labels,
        links={"Runbooks": RUNBOOKS},
        extra_rows=(QUEUE,),
        program_metrics=("acme_orders_waiting",),
    )


if __name__ == "__main__":
    build().synth()

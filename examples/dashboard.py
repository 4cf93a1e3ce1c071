"""The dashboard of KubeStock; docs/dashboard.png is a picture of it."""

from kubestock import App, Chart
from kubestock.monitoring.dashboard import GrafanaDashboard, ServiceObjective, WatchedProduct
from kubestock.values.labels import Labels

NAMESPACE = "kubestock-production"


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    chart = Chart(app, "dashboard", namespace=NAMESPACE)
    GrafanaDashboard(
        chart,
        "dashboard",
        name="kubestock",
        product=WatchedProduct(
            name="KubeStock",
            namespace=NAMESPACE,
            services=("ms-product", "ms-inventory", "ms-supplier", "ms-order-management", "ms-identity", "frontend"),
            objective=ServiceObjective(availability=0.999, days=30, latency_ms=500),
            links={"Runbooks": "https://docs.example.com/runbooks"},
        ),
        labels=Labels(name="kubestock", part_of="kubestock", environment="production", component="monitoring"),
        folder="KubeStock",
    )
    return app


if __name__ == "__main__":
    build().synth()

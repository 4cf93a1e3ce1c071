"""Another product: two services, one of which calls the other."""

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


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    chart = Chart(app, "shop", namespace="shop")
    platform = Platform(part_of="shop", environment="production")
    Guardrails(chart, "guardrails", labels=platform.labels("shop"), viewers=("shop:developers",))

    def service(name: str, tag: str) -> Microservice:
        container = Container(
            image=ContainerImage(f"ghcr.io/acme/{name}", tag=tag),
            ports=(Port(8080),),
            probes=Probes.http("/healthz", startup_seconds=10),
            resources=ContainerResources.of(cpu=("100m", "500m"), memory=("128Mi", "256Mi")),
        )
        scaling = Autoscaler(min_replicas=2, max_replicas=6)
        return Microservice(chart, name, name=name, platform=platform, container=container, scaling=scaling)

    orders, stock = service("orders", "1.4.2"), service("stock", "2.0.0")
    orders.calls(stock, variable="STOCK_URL")
    return app


if __name__ == "__main__":
    build().synth()

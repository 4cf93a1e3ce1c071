"""Staging: production in another namespace, smaller, with a single pod of each service behind a gateway of its own."""

from dataclasses import replace

from kubestock import App, Autoscaler, ContainerResources, Replicas
from kubestock.product import Size
from kubestock.production import PRODUCTION, build_app
from kubestock.secrets import SecretStore

SMALL = Size(resources=ContainerResources.of(cpu=("25m", "200m"), memory=("96Mi", "256Mi")), scaling=Replicas(1))

STAGING = replace(
    PRODUCTION,
    namespace="kubestock-staging",
    environment="staging",
    edge=replace(
        PRODUCTION.edge,
        host="staging.kubestock.dpiyumal.me",
        machines=(),  # no program has a key for staging
        scaling=Autoscaler(min_replicas=2, max_replicas=3),
    ),
    backend_size=SMALL,
    frontend_size=SMALL,
    min_replicas=1,
    priority=1_000,
    secrets=SecretStore(namespace="kubestock-staging"),  # kubestock seal --store … fills it
    provided=tuple(f"Secret/{name}" for name in PRODUCTION.secrets.secrets),
)


def build(outdir: str | None = None) -> App:
    return build_app(STAGING, outdir=outdir)


if __name__ == "__main__":
    build().synth()

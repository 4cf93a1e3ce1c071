"""Staging: production in another namespace, smaller, with a single pod of each service."""

from dataclasses import replace

from kubestock import App, ContainerResources, Pods, Replicas, build_app
from kubestock.production import PRODUCTION
from kubestock.secrets.store import SecretStore
from kubestock.services import Size

SMALL = Size(resources=ContainerResources.of(cpu=("25m", "200m"), memory=("96Mi", "256Mi")), scaling=Replicas(1))

STAGING = replace(
    PRODUCTION,
    namespace="kubestock-staging",
    environment="staging",
    gateway=Pods(namespace="kubestock-staging", labels={"app": "kong"}),
    backend_size=SMALL,
    frontend_size=SMALL,
    least_replicas=1,
    priority=1_000,
    secrets=SecretStore(namespace="kubestock-staging"),  # kubestock seal --store … fills it
    provided=tuple(f"Secret/{name}" for name in PRODUCTION.secrets.secrets),
)


def build(outdir: str | None = None) -> App:
    return build_app(STAGING, outdir=outdir)


if __name__ == "__main__":
    build().synth()

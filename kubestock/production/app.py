"""The app of an environment."""

from dataclasses import replace

from kubestock.app import App
from kubestock.delivery.chart import DeliveryChart, DeliverySettings
from kubestock.production.chart import ProductionChart
from kubestock.production.settings import Settings
from kubestock.values.labels import Labels

ARGO_CD = "argocd"
"""The folder, below the output, of what only Argo CD reads: `kubectl apply -f dist/` passes it over."""


def build_app(settings: Settings, *, outdir: str | None = None) -> App:
    """Return the app of an environment; it touches no disk before `synth`.

    What only Argo CD reads, where `settings.delivery` says how it ships, is in the folder argocd below the others.

    Args:
        settings: what the environment is.
        outdir: where `synth` writes. Defaults to what `cdk8s synth` asks for, else dist.
    """
    app = App(outdir=outdir)
    chart = ProductionChart(app, settings.environment, settings=settings)
    if settings.delivery is not None:
        labels = Labels(
            name=settings.part_of, part_of=settings.part_of, environment=settings.environment, component="delivery"
        )
        DeliveryChart(
            app.folder(ARGO_CD),
            settings.environment,
            settings=_of_one_file(settings.delivery, settings.environment),
            name=f"{settings.part_of}-{settings.environment}",
            labels=labels,
            destination=settings.namespace,
            shipped=chart,
        )
    return app


def _of_one_file(delivery: DeliverySettings, environment: str) -> DeliverySettings:
    # Environments that share a folder would otherwise ship one another's objects.
    source = delivery.source
    return replace(delivery, source=replace(source, include=source.include or f"{environment}.k8s.yaml"))

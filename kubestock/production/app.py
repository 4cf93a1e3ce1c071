"""The app of an environment."""

from kubestock.app import App
from kubestock.production.chart import ProductionChart
from kubestock.production.settings import Settings


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
        chart.ship(settings.delivery)
    return app

"""The app of an environment."""

from kubestock.app import App
from kubestock.production.chart import ProductionChart
from kubestock.production.settings import Settings


def build_app(settings: Settings, *, outdir: str | None = None) -> App:
    """Return the app of an environment; it writes no file before `synth`.

    The manifests of Argo CD itself, if `settings.delivery` is set, are in the folder argocd below the other manifests.

    Args:
        settings: the settings of the environment.
        outdir: the folder that `synth` writes. Defaults to the one that `cdk8s synth` requests, or else dist.
    """
    app = App(outdir=outdir)
    chart = ProductionChart(app, settings.environment, settings=settings)
    if settings.delivery is not None:
        chart.ship(settings.delivery)
    return app

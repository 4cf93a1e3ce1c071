"""The cdk8s app: a chart of settings, which refuses to write what could not work."""

from dataclasses import replace
from pathlib import Path

import cdk8s

from kubestock.charts import DeliveryChart, DeliverySettings, ProductionChart, Settings
from kubestock.errors import ConfigurationError
from kubestock.values.labels import Labels

ARGO_CD = "argocd"
"""The folder, below the output, of what only Argo CD reads: `kubectl apply -f dist/` passes it over."""


class App(cdk8s.App):
    """A cdk8s app that says in one clear error what its charts' rules refuse, before anything is written.

    Args:
        outdir: where `synth` writes. Defaults to what `cdk8s synth` asks for, else dist.
    """

    def __init__(self, *, outdir: str | None = None) -> None:
        super().__init__(outdir=outdir)
        self.folders: list[App] = []

    def folder(self, name: str) -> "App":
        """Return an app that is written together with this one, into a folder within its own."""
        inner = App(outdir=str(Path(self.outdir) / name))
        self.folders.append(inner)
        return inner

    def synth(self) -> None:
        """Write the manifests.

        Raises:
            ConfigurationError: with every finding; nothing is written.
        """
        refuse_unworkable(self, *self.folders)
        super().synth()
        for each in self.folders:
            each.synth()


def refuse_unworkable(*apps: cdk8s.App) -> None:
    """Raise what the rules of all charts of the apps find.

    Raises:
        ConfigurationError: with one line for each finding.
    """
    findings = [finding for app in apps for chart in app.charts for finding in chart.node.validate()]
    if findings:
        lines = "\n".join(f"  - {finding}" for finding in findings)
        raise ConfigurationError(f"nothing was written, because in a cluster this would not work:\n{lines}")


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

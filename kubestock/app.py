"""The cdk8s app: a chart of settings, which refuses to write what could not work."""

import cdk8s

from kubestock.charts import ProductionChart, Settings
from kubestock.errors import ConfigurationError


class App(cdk8s.App):
    """A cdk8s app that says in one clear error what its charts' rules refuse, before anything is written."""

    def synth(self) -> None:
        """Write the manifests.

        Raises:
            ConfigurationError: with every finding; nothing is written.
        """
        refuse_unworkable(self)
        super().synth()


def refuse_unworkable(app: cdk8s.App) -> None:
    """Raise what the rules of all charts find.

    Raises:
        ConfigurationError: with one line for each finding.
    """
    findings = [finding for chart in app.charts for finding in chart.node.validate()]
    if findings:
        lines = "\n".join(f"  - {finding}" for finding in findings)
        raise ConfigurationError(f"nothing was written, because in a cluster this would not work:\n{lines}")


def build_app(settings: Settings, *, outdir: str | None = None) -> App:
    """Return the app of an environment; it touches no disk before `synth`.

    Args:
        settings: what the environment is.
        outdir: where `synth` writes. Defaults to what `cdk8s synth` asks for, else dist.
    """
    app = App(outdir=outdir)
    ProductionChart(app, settings.environment, settings=settings)
    return app

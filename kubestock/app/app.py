"""The cdk8s app, which checks its charts and writes the manifests."""

import sys
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

import cdk8s

from kubestock._errorhook import report_configuration_errors
from kubestock.app.chart import Chart
from kubestock.app.checking import check_charts
from kubestock.errors import ConfigurationError
from kubestock.kube.rendering import one_rendering
from kubestock.kube.tree import Scope, real_node
from kubestock.values.headers import Comment, generated_by
from kubestock.yaml.writer import to_yaml

report_configuration_errors()

_COMMAND = "cdk8s synth from the chart"
_GENERATED = generated_by(_COMMAND, Comment.HASH).partition(";")[0]
"""The start of each file that an app writes."""


class App(Scope, cdk8s.App):
    """A cdk8s app that checks its charts with the rules, and writes the manifests only if there are no errors.

    A program that does not catch a `ConfigurationError` exits with its message, without a traceback, and with status
    1. The app renders each object once, in Python. It writes one file for each chart, `<chart>.k8s.yaml`.

    Args:
        outdir: the folder for the manifests. Defaults to the output folder of `cdk8s synth`, or to dist.
    """

    def __init__(self, *, outdir: str | None = None) -> None:
        super().__init__(outdir=outdir)
        self._join(None, "")
        self._chart = None
        self._deferring = True
        self.folders: list[App] = []

    def folder(self, name: str) -> "App":
        """Return an app that is written together with this one, to a folder in its output folder."""
        inner = App(outdir=str(Path(self.outdir) / name))
        self.folders.append(inner)
        return inner

    def synth(self) -> None:
        """Write the manifests, and report files of earlier synths that no chart writes any more.

        Raises:
            ConfigurationError: if the rules find errors; the message lists all of them, and no file is written. Or if
                the output folder is not writable.
        """
        with one_rendering():
            apps = [self, *self.folders]
            charts = {each: each.charts for each in apps}
            check_charts(chart for each in apps for chart in charts[each])
            files = {path: text for each in apps for path, text in each._files(charts[each])}
        for path, text in files.items():
            _write(path, text)
        for each in apps:
            each._report_stale(files)

    def synth_yaml(self) -> str:
        """Return the manifests of all charts as one text.

        Raises:
            ConfigurationError: if the rules find errors; the message lists all of them.
        """
        with one_rendering():
            charts = self.charts
            check_charts(charts)
            return to_yaml([each for chart in charts for each in _written(chart)])

    def _report_stale(self, files: Collection[Path]) -> None:
        for path in sorted(Path(self.outdir).glob(f"*{self.output_file_extension}")):
            if path not in files and path.read_text("utf-8", "replace").startswith(_GENERATED):
                sys.stderr.write(
                    f"kubestock: warning: {path} is from an earlier synth, and no chart writes it now; delete it: "
                    "Argo CD and kubestock check still read it\n"
                )

    def _files(self, charts: Sequence[cdk8s.Chart]) -> Iterator[tuple[Path, str]]:
        numbered = any(real_node(each).dependencies for each in charts)  # cdk8s numbers charts that depend on others
        for number, chart in enumerate(charts):
            label = cdk8s.Names.to_dns_label(chart)
            name = f"{number:04}-" * numbered + label
            header = generated_by(f"{_COMMAND} {label}", Comment.HASH)
            yield Path(self.outdir) / f"{name}{self.output_file_extension}", f"{header}\n{to_yaml(_written(chart))}"


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"the output folder must be writable, got {error.strerror} for {path}; set CDK8S_OUTDIR or "
            "App(outdir=…) to another folder"
        ) from None


def _written(chart: cdk8s.Chart) -> list[Any]:
    return chart.manifests() if isinstance(chart, Chart) else chart.to_json()

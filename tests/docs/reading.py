"""Runs the blocks of a page as its reader would, in one folder."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType

import cdk8s
import pytest
import yaml
from docs.blocks import ROOT, Block, blocks
from docs.changing import added, changed, patched
from docs.comparing import Claim, contradictions
from docs.importing import imported
from docs.preludes import ALTERNATIVES, FILES, PRELUDES

from kubestock import App, Chart, ConfigurationError
from kubestock.testing import Manifest, synthesize

NOT_RUN = {"shell", "jinja", "docker"}
"""Commands against a cluster, and languages of others. A block of output is never among them."""

FIXTURES = "kubestock.testing.fixtures"
OBJECTS = "objects in the chart"
"""The title of a block that lists what a chart holds."""


@dataclass
class Reader:
    """Someone who does what a page says.

    Attributes:
        page: that is read.
        folder: of the reader's project.
        module: in which the Python of the page runs.
        shown: the YAML blocks that show output, with what the folder held then.
        refused: the error of the block before.
        before: what the folder held when a file was last changed.
        claims: the blocks that show a text, with the text that came out.
    """

    page: str
    folder: Path
    module: ModuleType
    charts: list[cdk8s.Chart] = field(default_factory=list)
    shown: list[tuple[Block, list[Manifest]]] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
    refused: str | None = None
    before: list[Manifest] = field(default_factory=list)

    def read(self) -> None:
        """Run every block."""
        for name, source in FILES.get(self.page, {}).items():
            self._write(name, (ROOT / source).read_text("utf-8"))
        self._begin()
        for each in blocks(self.page):
            if not each.is_not_run and each.language not in NOT_RUN:
                getattr(self, f"_{each.language}")(each)

    def untrue(self) -> list[str]:
        """What the page shows, and is not so."""
        told = [f"{each.block}: what came out is:\n{each.printed}" for each in self.claims if not each.is_true]
        return [*told, *self.differences()]

    def differences(self) -> list[str]:
        """What the YAML of the page says, and no object does."""
        return [line for block, there in self.shown for line in contradictions(block.text, str(block), there)]

    def findings(self) -> list[str]:
        """What the rules find in the charts of the page."""
        return [line for each in self.charts if isinstance(each, Chart) for line in each.findings()]

    def _begin(self) -> None:
        if self.page in PRELUDES:
            vars(self.module).update(PRELUDES[self.page](self.folder))

    def _python(self, block: Block) -> None:
        if self.page in ALTERNATIVES:
            self._begin()
        if block.file:
            self._write(block.file, block.text)
            imported(self.folder / block.file)
        elif block.title.startswith("refused"):
            self.refused = self._refusal(block)
        else:
            self._execute(block.text, str(block))

    def _text(self, block: Block) -> None:
        if block.title == OBJECTS:
            lines = [f"{each['kind']} {each['metadata']['name']}" for each in synthesize(self.charts[-1], judged=False)]
            self.claims.append(Claim(block, "\n".join(lines)))
        elif block.title == "new objects":
            self.claims.append(Claim(block, "\n".join(added(self.before, self._files()))))
        elif self.refused is not None:
            self.claims.append(Claim(block, self.refused))
            self.refused = None
        else:
            assert block.title, f"{block}: a text must be what a block before it is refused with, or have a title"

    def _yaml(self, block: Block) -> None:
        if block.file:
            if "{{ " not in block.text:  # a template of Helm is no YAML yet
                list(yaml.safe_load_all(block.text))
            self._write(block.file, block.text)
        else:
            made = [each for chart in self.charts for each in synthesize(chart, judged=False)]
            self.shown.append((block, [*self._files(), *made]))

    def _diff(self, block: Block) -> None:
        """Change a file of the reader as a diff says, or hold a diff of an object against the change that it made."""
        path = self.folder / block.title
        if path.is_file():
            self.before = self._files()
            path.write_text(patched(path.read_text("utf-8"), block.text), "utf-8")
        else:
            self.claims.append(Claim(block, changed(self.before, self._files(), block.title)))

    def _files(self) -> list[Manifest]:
        files = sorted((self.folder / "dist").rglob("*.yaml"))
        return [each for file in files for each in yaml.safe_load_all(file.read_text("utf-8"))]

    def _toml(self, block: Block) -> None:
        assert block.file, f"{block}: must have the name of its file as title"
        self._write(block.file, block.text)

    _json = _groovy = _toml

    def _console(self, block: Block) -> None:
        commands = [each.partition("\n")[0] for each in block.text.removeprefix("$ ").split("\n$ ")]
        printed = [f"$ {each}\n{self._run(each).strip()}".strip() for each in commands]
        self.claims.append(Claim(block, "\n".join(printed)))

    def _run(self, command: str) -> str:
        path = f"{ROOT / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        python = os.pathsep.join([str(ROOT), str(ROOT / "imports")])
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environment = {**inherited, "PATH": path, "PYTHONPATH": python, "COLUMNS": "110", "NO_COLOR": "1"}
        if not any(each.value == FIXTURES for each in entry_points(group="pytest11")):
            environment["PYTEST_ADDOPTS"] = f"-p {FIXTURES}"  # kubestock is not installed where the tests run
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.stdout.replace(f"{self.folder}/", "")

    def _write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")

    def _execute(self, source: str, name: str) -> None:
        exec(compile(source, name, "exec"), self.module.__dict__)  # noqa: S102  # our own documentation
        for each in list(vars(self.module).values()):
            charts = each.charts if isinstance(each, cdk8s.App) else [each] if isinstance(each, cdk8s.Chart) else []
            folders = [chart for app in each.folders for chart in app.charts] if isinstance(each, App) else []
            known = set(map(id, self.charts))
            self.charts += [chart for chart in (*charts, *folders) if id(chart) not in known]

    def _refusal(self, block: Block) -> str:
        """Return the error of a block, which runs in an app of its own so that it leaves nothing behind."""
        app = App(outdir=str(self.folder / "refused"))
        like = vars(self.module).get("chart")
        chart = Chart(app, "shop", namespace=getattr(like, "namespace", "shop"), provided=getattr(like, "provided", ()))
        apart = {"app": app, "chart": chart}
        with pytest.raises(ConfigurationError) as caught:
            exec(compile(block.text, "main.py", "exec"), {**vars(self.module), **apart})  # noqa: S102  # ours
        return str(caught.value)


def reader(page: str, folder: Path) -> Reader:
    """Return who reads a page in a folder."""
    module = ModuleType(f"page_{page.replace('/', '_').removesuffix('.md').replace('-', '_')}")
    module.__file__ = str(folder / "main.py")
    sys.modules[module.__name__] = module  # what a block defines finds its names there
    return Reader(page, folder, module)

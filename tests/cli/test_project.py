from pathlib import Path

import pytest
from commandline import kubestock

TOML = """
[tool.kubestock]
app = "python synth.py"
manifests = "rendered"
store = "sealed/secrets.yaml"
certificate = "sealed/cert.pem"
"""
SYNTH = """
import os
from pathlib import Path

Path(os.environ["CDK8S_OUTDIR"], "all.k8s.yaml").write_text(
    "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: a}\\ndata: {level: info}\\n"
)
"""


@pytest.fixture
def named(here: Path) -> Path:
    Path("pyproject.toml").write_text(TOML)
    Path("synth.py").write_text(SYNTH)
    return here


@pytest.mark.parametrize(
    ("command", "field", "option"),
    [
        (["diff", "--manifests", "."], "manifests", "--dist FOLDER"),
        (["diff", "--live"], "app", "--app COMMAND"),
        (["seal", "db", "password"], "store", "--store FILE"),
        (["seal", "db", "password", "--store", "s.yaml"], "certificate", "--cert FILE"),
        (["secrets"], "certificate", "--cert FILE"),
    ],
    ids=str,
)
def test_a_command_reports_which_setting_to_add(here: Path, command: list[str], field: str, option: str) -> None:
    Path("a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    ran = kubestock(*command)

    assert ran.code != 0
    assert f"must be set; give {option}" in ran.err
    assert f"[tool.kubestock] {field} = " in ran.err


def test_the_store_and_the_certificate_are_those_of_the_project(named: Path) -> None:
    ran = kubestock("seal", "db", "password", stdin=b"")

    assert "sealed/cert.pem" in ran.err


def test_a_folder_below_the_project_uses_its_settings(named: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("below/deep").mkdir(parents=True)
    monkeypatch.chdir("below/deep")

    assert "../../sealed/cert.pem" in kubestock("seal", "db", "password", stdin=b"").err


def test_kubestock_toml_overrides_pyproject(named: Path) -> None:
    Path("kubestock.toml").write_text('certificate = "other.pem"\nstore = "s.yaml"\n')

    assert "other.pem" in kubestock("seal", "db", "password", stdin=b"").err


def test_cdk8s_yaml_sets_the_command_and_the_folder_of_the_manifests(here: Path) -> None:
    Path("synth.py").write_text(SYNTH)
    Path("cdk8s.yaml").write_text("language: python\napp: python synth.py\noutput: made\n")

    assert "not in a Git repository" in kubestock("diff").err


def test_a_project_without_settings_is_refused(here: Path) -> None:
    Path("pyproject.toml").write_text("[tool.other]\nx = 1\n")

    assert "must be set; give" in kubestock("diff").err


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.kubestock]\nap = 'x'\n", "must have app, manifests, store, certificate and provided only, got ap"),
        ("[tool]\nkubestock = 3\n", "must have app, manifests, store, certificate and provided only, got 3"),
        ("[tool.kubestock]\napp = 3\n", "app in [tool.kubestock] of"),
        ("[tool.kubestock]\napp = ''\n", "must be a string that is not empty, got ''"),
        (
            "[tool.kubestock]\nprovided = 'Secret/a'\n",
            "must be a list of kinds and names, such as ['Secret/shop-tls'], got",
        ),
        ("[tool.kubestock]\nprovided = ['a']\n", "must be a kind and a name, got 'a'"),
        ("[tool.kubestock\n", "must be valid TOML: Expected ']'"),
    ],
    ids=["unknown", "no table", "number", "empty", "no list", "no kind", "no TOML"],
)
def test_refuses_invalid_settings(here: Path, text: str, message: str) -> None:
    Path("pyproject.toml").write_text(text)
    ran = kubestock("diff")

    assert ran.code == 2
    assert message in ran.err

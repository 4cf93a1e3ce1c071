"""The examples in docs/check.md work."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from commandline import kubestock

GUIDE = (Path(__file__).parent.parent.parent / "docs" / "check.md").read_text("utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", GUIDE, re.DOTALL | re.MULTILINE)
FINE = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fine, namespace: shop}\n"
COMMANDS = re.findall(r"kubestock (check[^#|\n`]*)", "\n".join(text for language, text in BLOCKS if not language))


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_works(here: Path, command: str) -> None:
    Path("manifests").mkdir()
    for name in ("manifests/a.yaml", "extra.yaml"):
        Path(name).write_text(FINE.replace("fine", Path(name).stem))
    Path("cdk8s.yaml").write_text("output: manifests\n")
    ran = kubestock(*shlex.split(command), stdin=FINE.encode())

    assert (ran.code, ran.err) == (0, "")


def test_there_are_commands() -> None:
    assert len(COMMANDS) == 6


def test_the_findings_in_the_guide_are_those_of_the_command(here: Path) -> None:
    (shown,) = [text for language, text in BLOCKS if language == "text" and "error:" in text]
    sample = "# made up\napiVersion: v1\nkind: Secret\nmetadata:\n  name: sample\n  namespace: shop\n"
    Path("shop.yaml").write_text(f"{FINE}---\n{sample}stringData: {{a: b}}\n---\n{FINE.replace('fine', 'other')}")

    assert kubestock("check", "shop.yaml").out == shown


def test_the_annotation_in_the_guide_silences_the_rule(here: Path) -> None:
    (shown,) = [text for language, text in BLOCKS if language == "yaml" and text.startswith("metadata:")]
    annotations = yaml.safe_load(shown)["metadata"]["annotations"]
    metadata = {"name": "sample", "namespace": "shop", "annotations": annotations}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "stringData": {"a": "b"}}
    Path("shop.yaml").write_text(yaml.safe_dump(secret))

    assert "1 finding silenced" in kubestock("check", "shop.yaml").out


def test_the_formats_in_the_guide_are_those_of_the_command(here: Path) -> None:
    Path("shop.yaml").write_text(FINE)
    named = set(re.findall(r"^\| `--format (\w+)`", GUIDE, re.MULTILINE))

    assert named == {"github", "sarif", "junit", "json"}
    assert all(kubestock("check", "shop.yaml", "--format", each).code == 0 for each in named)


def test_the_options_in_the_workflow_of_the_guide_exist(here: Path) -> None:
    (shown,) = [text for language, text in BLOCKS if language == "yaml" and text.startswith("name:")]
    steps = yaml.safe_load(shown)["jobs"]["manifests"]["steps"]
    runs = [each["run"] for each in steps if each.get("run", "").startswith("kubestock")]

    assert len(runs) == 2
    for run in runs:
        command = shlex.split(run.partition(" > ")[0])[1:]
        options = {each for each in command if each.startswith("--")}
        assert options <= set(re.findall(r"--[a-z-]+", kubestock(command[0], "--help").out))

"""Every example is executed, and what it makes is valid."""

import importlib.util
from pathlib import Path

import pytest
import yaml
from schemas import validate

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


def run(path: Path, outdir: Path) -> list[dict[str, object]]:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.build(str(outdir)).synth()
    return [document for file in outdir.rglob("*.yaml") for document in yaml.safe_load_all(file.read_text())]


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_synthesizes_manifests_that_are_valid(path: Path, tmp_path: Path) -> None:
    documents = run(path, tmp_path)

    assert documents
    for document in documents:
        validate(document)


def test_staging_is_smaller_and_says_staging_everywhere(tmp_path: Path) -> None:
    (path,) = [path for path in EXAMPLES if path.stem == "staging"]
    text = str(run(path, tmp_path))

    assert "'environment': 'staging'" in text
    assert "kubestock-staging" in text
    assert "production'" not in text.replace("'NODE_ENV': 'production'", "").replace("observability-production", "")

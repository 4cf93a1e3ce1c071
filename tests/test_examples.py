"""Every example is executed, and what it makes is valid."""

import importlib.util
import tempfile
from functools import cache
from pathlib import Path

import pytest
import yaml
from schemas import validate

EXAMPLES = sorted((Path(__file__).parent.parent / "examples").glob("*.py"))


@cache
def run(path: Path) -> tuple[dict[str, object], ...]:
    """What an example writes; it is run once."""
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    with tempfile.TemporaryDirectory() as outdir:
        module.build(outdir).synth()
        return tuple(each for file in Path(outdir).rglob("*.yaml") for each in yaml.safe_load_all(file.read_text()))


@pytest.mark.parametrize("path", EXAMPLES, ids=[path.stem for path in EXAMPLES])
def test_an_example_synthesizes_manifests_that_are_valid(path: Path) -> None:
    documents = run(path)

    assert documents
    for document in documents:
        validate(document)


def test_staging_is_smaller_and_says_staging_everywhere() -> None:
    (path,) = [path for path in EXAMPLES if path.stem == "staging"]
    text = str(run(path))

    assert "'environment': 'staging'" in text
    assert "kubestock-staging" in text
    assert "production'" not in text.replace("'NODE_ENV': 'production'", "").replace("observability-production", "")

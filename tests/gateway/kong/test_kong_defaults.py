"""The file leaves out Kong's defaults, and means the same as one with every field."""

import dataclasses
import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from kong_full_configuration import full_configuration
from kong_schema import ROOT as SCHEMAS
from kong_schema import with_defaults
from support import Manifest

from kubestock.gateway.kong.config import entities
from kubestock.production import PRODUCTION, build_app
from kubestock.values.value import Value

ROOT = Path(__file__).parents[3]
EXAMPLES = [path for path in sorted((ROOT / "examples").glob("**/*.py")) if "Gateway" in path.read_text("utf-8")]
BUILT = [pytest.param(None, id="production"), *(pytest.param(each, id=each.stem) for each in EXAMPLES)]
needs_schemas = pytest.mark.skipif(not SCHEMAS.is_dir(), reason=f"Kong's schemas are not at {SCHEMAS}")


def written(path: Path | None, folder: Path) -> list[Manifest]:
    if path is None:
        build_app(PRODUCTION, outdir=str(folder)).synth()
    else:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        module.build(str(folder)).synth()
    return [each for file in folder.rglob("*.yaml") for each in yaml.safe_load_all(file.read_text())]


def files(documents: list[Manifest]) -> Iterator[str]:
    """Yield each Kong file, with placeholders for credentials."""
    for each in documents:
        data = each.get("data") or each.get("spec", {}).get("template", {}).get("data") or {}
        if "kong.yml" in data:
            yield without_templates(data["kong.yml"])


def without_templates(text: str) -> str:
    filled = re.sub(r'\{\{ index \. "([^"]+)" \| toJson \}\}', r'"stand-in-\1"', text)
    return filled.replace('{{ "{{" }}', "{{")


def writing_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_defaults(entity: type[Value]) -> dict[str, object]:
        return {each.name: object() for each in dataclasses.fields(entity)}

    monkeypatch.setattr(entities, "defaults_in_kong", no_defaults)


@needs_schemas
@pytest.mark.parametrize("path", BUILT)
def test_the_file_means_the_same_as_one_with_every_field(
    path: Path | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = list(files(written(path, tmp_path / "short")))
    with monkeypatch.context() as patched:
        writing_every_field(patched)
        full = list(files(written(path, tmp_path / "full")))

    assert len(short) == len(full) == 1
    assert with_defaults(yaml.safe_load(short[0])) == with_defaults(yaml.safe_load(full[0]))
    assert len(short[0]) < len(full[0])


@needs_schemas
def test_each_plugin_means_the_same_as_with_every_field(monkeypatch: pytest.MonkeyPatch) -> None:
    short = yaml.safe_load(without_templates(full_configuration().template()))
    writing_every_field(monkeypatch)
    full = yaml.safe_load(without_templates(full_configuration().template()))

    assert short != full
    assert with_defaults(short) == with_defaults(full)


def entity(path: str) -> Any:
    """Return the first entity of a kind in the configuration with every kind of entity."""
    document = yaml.safe_load(without_templates(full_configuration().template()))
    (route,) = [each for each in document["services"][0]["routes"] if each["name"] == path.partition("/")[0]]
    return {each["name"]: each.get("config", {}) for each in route["plugins"]}[path.partition("/")[2]]


@pytest.mark.parametrize(
    ("path", "always_written"),
    [
        ("orders/key-auth", {"hide_credentials", "key_in_query", "run_on_preflight", "key_names"}),
        ("users/jwt", {"claims_to_verify", "uri_param_names", "run_on_preflight", "header_names"}),
        ("users/rate-limiting", {"limit_by", "policy", "fault_tolerant"}),
        ("closed/request-termination", {"status_code"}),
    ],
)
def test_fields_on_which_security_depends_are_always_written(path: str, always_written: set[str]) -> None:
    assert always_written <= set(entity(path))


def test_other_fields_with_kongs_default_are_left_out() -> None:
    assert set(entity("users/rate-limiting")) >= {"minute", "policy"}
    assert "error_code" not in entity("users/rate-limiting")
    assert "error_code" not in entity("users/rate-limiting")

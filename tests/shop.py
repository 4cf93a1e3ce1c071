"""A chart that works, as plain YAML, and what the rules say once a test has broken it."""

import copy
from pathlib import Path
from typing import Any

import yaml

from kubestock.checks import findings

Manifest = dict[str, Any]

PROVIDED = ("Secret/ecr-cred",)
_FILE = Path(__file__).parent / "checks" / "shop.yaml"
_DOCUMENTS = list(yaml.safe_load_all(_FILE.read_text(encoding="utf-8")))


def shop() -> list[Manifest]:
    """Return the working chart, which the caller may break."""
    return copy.deepcopy(_DOCUMENTS)


def told(manifests: list[Manifest], *rules: str) -> list[str]:
    """Return what some rules say, without their ids at the end."""
    found = findings(manifests, provided=PROVIDED)
    return [str(each).removesuffix(f" [{each.rule}]") for each in found if each.rule in rules]


def the(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """Return the body of one object: its spec, or all of it where it has none."""
    (found,) = [each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name]
    spec: Manifest = found.get("spec", found)
    return spec


def pod(manifests: list[Manifest], name: str) -> Manifest:
    """Return the specification of the pods of a Deployment."""
    spec: Manifest = the(manifests, "Deployment", name)["template"]["spec"]
    return spec


def main(manifests: list[Manifest], name: str) -> Manifest:
    """Return the first container of a Deployment."""
    container: Manifest = pod(manifests, name)["containers"][0]
    return container

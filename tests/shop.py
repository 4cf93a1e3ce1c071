"""A working chart as plain YAML, and helpers to change it and to get the findings of rules."""

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
    """Return a copy of the working chart, which the caller may change."""
    return copy.deepcopy(_DOCUMENTS)


def messages_of(manifests: list[Manifest], *rules: str) -> list[str]:
    """Return the findings of these rules as texts, without the ids of the rules."""
    found = findings(manifests, provided=PROVIDED)
    return [str(each).removesuffix(f" [{each.rule}]") for each in found if each.rule in rules]


def the(manifests: list[Manifest], kind: str, name: str) -> Manifest:
    """Return the spec of an object, or the object itself if it has no spec."""
    (found,) = [each for each in manifests if each["kind"] == kind and each["metadata"]["name"] == name]
    spec: Manifest = found.get("spec", found)
    return spec


def pod(manifests: list[Manifest], name: str) -> Manifest:
    """Return the pod specification of a Deployment."""
    spec: Manifest = the(manifests, "Deployment", name)["template"]["spec"]
    return spec


def main(manifests: list[Manifest], name: str) -> Manifest:
    """Return the first container of a Deployment."""
    container: Manifest = pod(manifests, name)["containers"][0]
    return container

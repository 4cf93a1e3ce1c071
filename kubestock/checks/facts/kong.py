"""The containers that run Kong, and its declarative files in ConfigMaps, Secrets and objects that create Secrets.

See https://developer.konghq.com/gateway/db-less-mode/
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from kubestock.checks.facts.environment import known_variables
from kubestock.checks.facts.inventory import Inventory, Workload
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_PLACES: Mapping[str, tuple[str, ...]] = {
    "ConfigMap": ("data",),
    "Secret": ("stringData",),
    "SealedSecret": ("spec", "template", "data"),
    "ExternalSecret": ("spec", "target", "template", "data"),
}
PLACEHOLDER = "__template__"
"""Replaces the actions of a template in the content of a file; their results are known only in the cluster."""

_FORMAT = re.compile(r"^\s*[\"']?_format_version[\"']?\s*:", re.MULTILINE)
_ACTION = re.compile(r"\{\{-?\s*(?P<action>.*?)\s*-?\}\}")
_CONTROL = re.compile(r"(if|else|end|range|with|define|template|block)\b")
_IMAGE = re.compile(r"(^|/)(kong|kong-gateway)([:@]|$)")
_SETTINGS = frozenset({"KONG_DATABASE", "KONG_DECLARATIVE_CONFIG", "KONG_PROXY_LISTEN"})
_LOADER: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True, kw_only=True)
class KongFile:
    """A declarative file of Kong.

    Args:
        document: the object that contains the file.
        path: the path of the text in the object.
        name: the name of the file.
        content: the parsed file; empty if it cannot be read.
        error: what is wrong with the file, such as `must be valid YAML`; empty if it is valid.
        unreadable: whether template actions such as `if` change its structure, so that it is known only in the cluster.
    """

    document: Document
    path: Path
    name: str
    content: Document
    error: str = ""
    unreadable: bool = False


def kong_files(inventory: Inventory) -> dict[tuple[str, str, str], list[KongFile]]:
    """Return all declarative files by kind (ConfigMap or Secret), namespace and name of the mounted object."""
    found: dict[tuple[str, str, str], list[KongFile]] = {}
    for kind, path in _PLACES.items():
        source = "ConfigMap" if kind == "ConfigMap" else "Secret"
        for document in inventory.of_kind(kind):
            for name, text in documents.text_map(document, *path).items():
                if "_format_version" in text and _FORMAT.search(text):
                    key = (source, documents.namespace(document), documents.name(document))
                    templated = "template" in path
                    found.setdefault(key, []).append(_read(document, (*path, name), name, text, templated=templated))
    return found


def kong_containers(inventory: Inventory, workload: Workload) -> Iterator[tuple[Document, dict[str, str]]]:
    """Yield the containers of a workload that run Kong, each with its environment variables."""
    for container in workload.containers:
        names = {documents.text(each, "name") for each in documents.mappings(container, "env")}
        if _IMAGE.search(documents.text(container, "image")) or not _SETTINGS.isdisjoint(names):
            yield container, {**known_variables(inventory, workload.namespace, container)}


def mounted_kong_files(inventory: Inventory, workload: Workload) -> Iterator[KongFile]:
    """Yield the declarative files that the pods of a workload mount."""
    files = inventory.derived(kong_files)
    if not files:
        return
    for volume in documents.mappings(workload.spec, "volumes"):
        for source in (volume, *documents.mappings(volume, "projected", "sources")):
            of_map = documents.text(source, "configMap", "name")
            secret = documents.mapping(source, "secret")
            of_secret = documents.text(secret, "secretName") or documents.text(secret, "name")
            yield from files.get(("ConfigMap", workload.namespace, of_map), ())
            yield from files.get(("Secret", workload.namespace, of_secret), ())


def template_actions(text: str) -> list[str]:
    """Return the actions of a Go template: the texts between `{{` and `}}`."""
    return [found["action"] for found in _ACTION.finditer(text)]


def _read(document: Document, path: Path, name: str, text: str, *, templated: bool) -> KongFile:
    if templated and any(_CONTROL.match(each) for each in template_actions(text)):
        return KongFile(document=document, path=path, name=name, content={}, unreadable=True)
    written = _ACTION.sub(_placeholder, text) if templated else text
    try:
        content = yaml.load(written, Loader=_LOADER)  # noqa: S506  # both are safe loaders
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        return KongFile(document=document, path=path, name=name, content={}, error=_describe_error(error))
    if not isinstance(content, Mapping):
        return KongFile(document=document, path=path, name=name, content={}, error="must be a mapping")
    return KongFile(document=document, path=path, name=name, content=content)


def _placeholder(found: re.Match[str]) -> str:
    # The results of toJson and quote contain the quotes.
    return f'"{PLACEHOLDER}"' if re.search(r"\b(toJson|quote)$", found["action"]) else PLACEHOLDER


def _describe_error(error: Exception) -> str:
    # The file can contain credentials, so the message has only the line of the error.
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    return "must be valid YAML" + (f", got an error in line {mark.line + 1}" if mark is not None else "")

"""Finds Kong files in manifests: in a ConfigMap, or in the template of a SealedSecret."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.foreign.document import findings_of_file
from kubestock.yaml.reader import read_documents

_FORMAT = re.compile(r"^\s*[\"']?_format_version\b", re.MULTILINE)
_BRACES = re.compile(r'\{\{ "\{\{" \}\}')
_ACTION = re.compile(r"\{\{.*?\}\}")


def findings_of_manifest(manifest: Mapping[str, Any]) -> dict[str, list[KongFinding]]:
    """Return the findings of each Kong file in an object, by its key, such as `kong.yml`.

    Args:
        manifest: an object of any kind. Most have no such file.
    """
    return {key: _findings(text) for key, text in _files(manifest)}


def _files(manifest: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the keys and texts of Kong files, with a placeholder for each template action."""
    if manifest.get("kind") == "ConfigMap":
        data = manifest.get("data")
    else:
        data = _inside(manifest, "spec", "template", "data") if manifest.get("kind") == "SealedSecret" else None
    for key, text in data.items() if isinstance(data, Mapping) else ():
        if isinstance(text, str) and _FORMAT.search(text):
            yield str(key), _ACTION.sub('"{vault://sealed/value}"', _BRACES.sub("{ {", text))


def _findings(text: str) -> list[KongFinding]:
    try:
        documents = read_documents("the Kong file", text.encode(), fix="correct the file")
    except ConfigurationError as error:
        return [_malformed(str(error).removesuffix("; correct the file"))]
    if len(documents) != 1 or not isinstance(documents[0], Mapping):
        return [_malformed("the Kong file must be one mapping")]
    return findings_of_file(documents[0])


def _malformed(message: str) -> KongFinding:
    return KongFinding(id="file-malformed", message=message, fix="correct the file")


def _inside(value: Any, *path: str) -> Any:
    for each in path:
        value = value.get(each) if isinstance(value, Mapping) else None
    return value

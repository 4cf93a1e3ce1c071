"""Removes what a comparison never shows: the values of secrets, and what only a server or Argo CD writes."""

import base64
import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kubestock.changes.change import Path
from kubestock.changes.concealed import conceal, hidden_in
from kubestock.changes.tracking import ANNOTATIONS
from kubestock.values import documents
from kubestock.values.documents import Document

_SERVER_SET = frozenset(
    {
        *("creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields"),
        *("resourceVersion", "selfLink", "uid"),
    }
)
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"
_NOT_OURS = ANNOTATIONS | {_APPLIED}
_OPEN_IN_A_SECRET = (("apiVersion",), ("immutable",), ("metadata", "labels"), ("metadata", "namespace"), ("type",))
_SEALED = (("spec", "encryptedData"), ("spec", "data"))


def manifests_in(stream: Iterable[object]) -> Iterator[dict[str, Any]]:
    """Yield the objects of a stream without fields that the server sets, and with their confidential values `Hidden`.

    Lists of objects yield their items. The annotation of `kubectl apply` is removed as well, because it contains the
    whole object, including the values of a Secret; so are the annotations by which Argo CD tracks objects.
    """
    for document in documents.objects(stream):
        yield conceal(_authored(document))


def is_confidential(kind: str, path: Path) -> bool:
    """Whether the value at a path of an object must not be shown.

    In a Secret, that is everything except its type, its metadata and similar fields, so that a value in the wrong place
    stays confidential as well. The ciphertext of a SealedSecret is not confidential, but useless to readers.
    """
    if kind.lower() == "secret":
        return not any(path[: len(free)] == free for free in _OPEN_IN_A_SECRET)
    return is_sealed(kind, path)


def is_sealed(kind: str, path: Path) -> bool:
    """Whether the value at a path is ciphertext."""
    return kind == "SealedSecret" and any(path[: len(sealed)] == sealed for sealed in _SEALED)


def confidential_texts(stream: Iterable[object]) -> set[str]:
    """Return the confidential values of a stream, as they are written, encoded and decoded."""
    values = (value for manifest in manifests_in(stream) for value in hidden_in(manifest))
    return {text for value in values for text in _spellings(str(value)) if text}


def _spellings(value: str) -> Iterator[str]:
    yield value
    yield base64.b64encode(value.encode()).decode()
    with contextlib.suppress(ValueError):
        yield base64.b64decode(value, validate=True).decode()


def _authored(document: Document) -> dict[str, Any]:
    kept = {key: value for key, value in _plain(document).items() if key != "status"}
    metadata = kept.get("metadata")
    if isinstance(metadata, dict):
        metadata = {key: value for key, value in metadata.items() if key not in _SERVER_SET}
        for field in ("annotations", "labels"):
            notes = metadata.get(field)
            if isinstance(notes, dict):
                metadata[field] = {key: value for key, value in notes.items() if key not in _NOT_OURS}
            if not metadata.get(field):
                metadata.pop(field, None)
        kept["metadata"] = metadata
    return kept


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items() if each is not None}
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    return value

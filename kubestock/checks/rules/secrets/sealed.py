"""Rules about SealedSecrets."""

import base64
import binascii
from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_PREFIX = "sealedsecrets.bitnami.com/"
_SCOPES = (f"{_PREFIX}cluster-wide", f"{_PREFIX}namespace-wide")
_KEY_SIZES = (256, 384, 512, 1024)
_TAG = 16
_SAMPLE = 64
"""A shorter value is a sample for documentation."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
"""The keys that the API server requires in a Secret of each type."""

_Error = tuple[str, str, Path]
"""The message, the fix, and the field of a problem."""


@rule(
    "sealed-secret",
    title="A SealedSecret cannot be decrypted",
    source="https://github.com/bitnami-labs/sealed-secrets#scopes",
    fails="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: database, namespace: shop}
        spec:
          encryptedData: {password: correct-horse}
    """,
    passes="""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: database, namespace: shop}
        spec:
          encryptedData: {password: AgBy8hC}
    """,
)
def sealed_secret(inventory: Inventory) -> Iterator[Problem]:
    """The controller creates no Secret, or the previous Secret stays, and pods use its old values.

    A value is sealed for one name and one namespace, unless an annotation sets another scope.
    """
    for sealed in inventory.of_kind("SealedSecret"):
        for message, fix, field in (*_of_values(sealed), *_of_scope(inventory, sealed), *_of_template(sealed)):
            yield Problem(sealed, message, fix=fix, field=field)


def _of_values(sealed: Document) -> Iterator[_Error]:
    values = documents.mapping(sealed, "spec", "encryptedData")
    if not values:
        yield "has no encryptedData", "seal its values with kubeseal", ("spec", "encryptedData")
    for key, value in values.items():
        error = _error(value) if isinstance(value, str) else "is not a text"
        if error:
            yield f"the value of {key} {error}", "seal it with kubeseal", ("spec", "encryptedData", key)


def _error(value: str) -> str:
    text = "".join(value.split())
    try:
        # A truncated sample can lack its padding.
        content = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        return "is not sealed: it must be base64"
    size = int.from_bytes(content[:2])
    if size not in _KEY_SIZES:
        return "is not sealed: it does not have the format of kubeseal"
    if len(text) > _SAMPLE and len(content) < 2 + size + _TAG:
        return "is truncated"
    return ""


def _of_scope(inventory: Inventory, sealed: Document) -> Iterator[_Error]:
    own = [name for name in _SCOPES if documents.at(sealed, "metadata", "annotations", name) is not None]
    for name in own:
        value = documents.annotation(sealed, name)
        if value not in ("true", "false"):
            yield f"the annotation {name} must be 'true'", "write 'true' in quotes", ("metadata", "annotations", name)
    for name in _SCOPES:
        inside = documents.at(sealed, "spec", "template", "metadata", "annotations", name)
        if inside is not None and name not in own:
            path = ("spec", "template", "metadata", "annotations", name)
            yield (
                f"the annotation {name} is only in the template, but the controller reads it only in metadata",
                "set it in metadata, too",
                path,
            )
    if not documents.namespace(sealed) and not own and inventory.derived(_says_namespaces):
        yield "has no namespace, but its values are sealed for one", "add the namespace", ("metadata",)


def _of_template(sealed: Document) -> Iterator[_Error]:
    for field in ("name", "namespace"):
        inside = documents.text(sealed, "spec", "template", "metadata", field)
        if inside and inside != documents.text(sealed, "metadata", field):
            path = ("spec", "template", "metadata", field)
            yield f"its template has another {field} than the SealedSecret: {inside!r}", "leave it out", path
    kind = documents.text(sealed, "spec", "template", "type")
    keys = {*documents.mapping(sealed, "spec", "encryptedData"), *documents.mapping(sealed, "spec", "template", "data")}
    missing = [key for key in _KEYS.get(kind, ()) if key not in keys]
    if missing:
        yield f"a Secret of type {kind} must have {' and '.join(missing)}", "seal it", ("spec", "template", "type")


def _says_namespaces(inventory: Inventory) -> bool:
    return any(map(documents.namespace, inventory.objects))

"""Where Secrets come from, and that none is written in the open."""

from collections.abc import Iterator
from dataclasses import dataclass

from kubestock.checks.finding import Finding
from kubestock.checks.inventory import Inventory, finding
from kubestock.values import documents
from kubestock.values.documents import Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The keys of a ConfigMap or Secret; not `complete` where a controller decides on them."""

    keys: frozenset[str]
    complete: bool = True


def plain_secret(inventory: Inventory) -> Iterator[Finding]:
    """Base64 is no encryption: whoever reads the repository reads the Secret.

    See https://kubernetes.io/docs/concepts/configuration/secret/#information-security-for-secrets
    """
    for secret in inventory.of_kind("Secret"):
        if documents.at(secret, "data") or documents.at(secret, "stringData"):
            message = "is a Secret in plain text; seal it: commit a SealedSecret of that name instead"
            yield finding("plain-secret", secret, message)


def keys_of(inventory: Inventory, kind: str, namespace: str, name: str) -> Keys | None:
    """Return the keys of a ConfigMap or a Secret, or None if nothing in the chart makes it."""
    declared = inventory.find(kind, namespace, name)
    if declared is not None:
        fields = ("data", "binaryData", "stringData")
        return Keys(keys=frozenset(key for field in fields for key in documents.mapping(declared, field)))
    return None if kind == "ConfigMap" else _keys_of_made(inventory, namespace, name)


def maker_of(inventory: Inventory, kind: str, namespace: str, name: str) -> Document | None:
    """Return the object that makes another one: itself, or for a Secret what a controller makes it from."""
    found = inventory.find(kind, namespace, name)
    if found is not None or kind != "Secret":
        return found
    sealed = inventory.find("SealedSecret", namespace, name)
    if sealed is not None:
        return sealed
    for maker in inventory.of_kind("Certificate", "ExternalSecret"):
        if documents.namespace(maker) == namespace and _made_by(maker) == name:
            return maker
    return None


def _keys_of_made(inventory: Inventory, namespace: str, name: str) -> Keys | None:
    maker = maker_of(inventory, "Secret", namespace, name)
    if maker is None:
        return None
    if documents.kind(maker) != "SealedSecret":
        return Keys(keys=frozenset(), complete=False)
    encrypted = documents.mapping(maker, "spec", "encryptedData")
    return Keys(keys=frozenset({*encrypted, *documents.mapping(maker, "spec", "template", "data")}))


def _made_by(maker: Document) -> str:
    if documents.kind(maker) == "Certificate":
        return documents.text(maker, "spec", "secretName")
    return documents.text(maker, "spec", "target", "name") or documents.name(maker)

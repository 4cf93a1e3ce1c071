"""Reads from finished manifests which Secrets a controller creates, and from which objects."""

from collections.abc import Iterable, Iterator, Mapping

from kubestock.secrets.store import SecretStore
from kubestock.secrets.uses import Document
from kubestock.values import documents
from kubestock.values.makers import secret_made_by

Home = tuple[str, str]
"""The namespace and the name of an object."""


def templates_of(manifests: Iterable[Document], namespace: str) -> dict[Home, Mapping[str, str]]:
    """Return the templates of each SealedSecret, including SealedSecrets without templates.

    Args:
        manifests: the manifests, as YAML loads them.
        namespace: the namespace of an object without one.
    """
    found = {}
    for manifest in manifests:
        if manifest.get("kind") == "SealedSecret":
            template = (manifest.get("spec") or {}).get("template") or {}
            found[_identity(manifest, namespace)] = template.get("data") or {}
    return found


def made_elsewhere(store: SecretStore, manifests: Iterable[Document]) -> Iterator[Home]:
    """Yield the Secrets that are not created from the store."""
    for manifest in manifests:
        namespace, name = _identity(manifest, store.namespace)
        made = secret_made_by(manifest)
        is_of_store = manifest.get("kind") in ("Secret", "SealedSecret") and name in store.secrets
        if made and not is_of_store:
            yield namespace, made


def stale_keys(store: SecretStore, manifests: Iterable[Document]) -> Iterator[tuple[str, str]]:
    """Yield secret and key of each value that differs between a SealedSecret and the store, or is only in one."""
    for manifest in manifests:
        namespace, name = _identity(manifest, store.namespace)
        secret = store.secrets.get(name)
        if manifest.get("kind") == "SealedSecret" and secret is not None and secret.namespace == namespace:
            shipped = documents.text_map(manifest, "spec", "encryptedData")
            stored = {key: value.ciphertext for key, value in secret.values.items()}
            yield from ((name, key) for key in sorted({*shipped, *stored}) if shipped.get(key) != stored.get(key))


def _identity(manifest: Document, namespace: str) -> Home:
    metadata = manifest.get("metadata") or {}
    return str(metadata.get("namespace") or namespace), str(metadata.get("name"))

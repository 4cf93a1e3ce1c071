"""Reads from finished manifests which objects use which Secret."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_MAKERS = frozenset({"SealedSecret", "Secret", "Certificate", "ExternalSecret", "CustomResourceDefinition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One reference to a Secret.

    Args:
        user: the kind and the name of the object with the reference.
        namespace: the namespace of both objects.
        secret: the name of the Secret.
        key: the key that it refers to, or None for all keys.
        optional: whether the Secret or the key may be missing.
    """

    user: str
    namespace: str
    secret: str
    key: str | None
    optional: bool = False


def uses(manifests: Iterable[Document], *, namespace: str) -> Iterator[Use]:
    """Yield every reference to a Secret: environment variables, volumes, pull secrets, TLS of an Ingress, and others.

    Args:
        manifests: the manifests, as YAML loads them.
        namespace: the namespace of an object without one.
    """
    for manifest in manifests:
        metadata = manifest.get("metadata") or {}
        if manifest.get("kind") in _MAKERS:
            continue
        user = f"{manifest.get('kind')}/{metadata.get('name')}"
        for secret, key, optional in _references(manifest):
            home = str(metadata.get("namespace") or namespace)
            yield Use(user=user, namespace=home, secret=secret, key=key, optional=optional)


def _references(node: object) -> Iterator[tuple[str, str | None, bool]]:
    if isinstance(node, list):
        for each in node:
            yield from _references(each)
    if not isinstance(node, Mapping):
        return
    for field, value in node.items():
        if field == "secretName" and isinstance(value, str):
            yield from _items(value, node)
        elif field == "imagePullSecrets" and isinstance(value, list):
            yield from ((each["name"], None, False) for each in value if isinstance(each, Mapping) and "name" in each)
        elif _names_a_secret(field, value):
            yield from _items(value["name"], value)
        else:
            yield from _references(value)


def _names_a_secret(field: object, value: object) -> bool:
    named = isinstance(value, Mapping) and isinstance(value.get("name"), str)
    return named and isinstance(field, str) and (field in ("secretKeyRef", "secretRef", "secret") or _is_secret(field))


def _is_secret(field: str) -> bool:
    # Such as bearerTokenSecret of a ServiceMonitor, or apiTokenSecretRef of an Issuer. An Issuer creates its private
    # key in a Secret with such a field.
    return field.endswith(("Secret", "SecretRef")) and field != "privateKeySecretRef"


def _items(secret: str, source: Document) -> Iterator[tuple[str, str | None, bool]]:
    optional = source.get("optional") is True
    items = source.get("items")
    keys = [each.get("key") for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
    for key in keys or [source.get("key")]:
        yield secret, key if isinstance(key, str) else None, optional

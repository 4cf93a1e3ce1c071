"""Who uses which Secret, read off finished manifests."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Document = Mapping[str, Any]

_MAKERS = frozenset({"SealedSecret", "Secret", "Certificate", "ExternalSecret", "CustomResourceDefinition"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One reference to a Secret.

    Args:
        user: kind and name of the object that refers to it.
        namespace: of both.
        secret: the name of the Secret.
        key: that it wants, or None for all of them.
        optional: whether it does without.
    """

    user: str
    namespace: str
    secret: str
    key: str | None
    optional: bool = False


def uses(manifests: Iterable[Document], *, namespace: str) -> Iterator[Use]:
    """Yield every reference to a Secret: variables, volumes, pull secrets, TLS of an Ingress, and others.

    Args:
        manifests: as YAML loads them.
        namespace: of an object that names none.
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
    # Such as bearerTokenSecret of a ServiceMonitor, or apiTokenSecretRef of an Issuer. The Issuer makes its
    # own private key, in a Secret that it names in the same way.
    return field.endswith(("Secret", "SecretRef")) and field != "privateKeySecretRef"


def _items(secret: str, source: Document) -> Iterator[tuple[str, str | None, bool]]:
    optional = source.get("optional") is True
    items = source.get("items")
    keys = [each.get("key") for each in items if isinstance(each, Mapping)] if isinstance(items, list) else []
    for key in keys or [source.get("key")]:
        yield secret, key if isinstance(key, str) else None, optional

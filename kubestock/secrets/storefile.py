"""Reads and writes a store as a YAML file."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import yaml

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.files import read_file
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
from kubestock.secrets.storeediting import dump
from kubestock.secrets.types import SecretType

_Member = TypeVar("_Member", SecretType, SealingScope)
# PyYAML raises the last four for an invalid date or tag, or for deep nesting.
_UNREADABLE = (yaml.YAMLError, ValueError, AttributeError, TypeError, RecursionError)
_HEADER = "# Sealed values, written by 'kubestock seal'. No value here can be read without the cluster's private key.\n"
_FIX = "restore the file from version control, and change it with 'kubestock seal' only"


def read_store(path: Path) -> SecretStore:
    """Read a store.

    Raises:
        ConfigurationError: if the file cannot be read or is invalid. The error names the place and never quotes the
            file, which may contain a plaintext.
    """
    return parse_store(path, read_text(path))


def read_text(path: Path) -> str:
    """Return the text of a store's file.

    Raises:
        ConfigurationError: if it cannot be read.
    """
    try:
        return read_file(path).decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not valid UTF-8"
        raise ConfigurationError(
            f"the store {path} cannot be read ({reason}); name it with --store, or create one with 'kubestock seal'"
        ) from None


def parse_store(path: Path, content: str) -> SecretStore:
    """Return the store in a text.

    Args:
        path: the path of the file, for errors.
        content: the content of the file.

    Raises:
        ConfigurationError: if the text is invalid.
    """
    return _Reader(path).store(parse_document(path, content))


def parse_document(path: Path, content: str) -> Any:
    """Return the content of a store's text, as YAML loads it.

    Raises:
        ConfigurationError: if the text is not YAML, or a key is duplicated.
    """
    try:
        return yaml.load(content, Loader=_Loader)  # noqa: S506  # a SafeLoader that refuses duplicates
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        problem = "must not have duplicate keys" if isinstance(error, _DuplicateKeyError) else "must be valid YAML"
        raise ConfigurationError(f"the store {path} {problem}, got an error at line {line}; {_FIX}") from None
    except _UNREADABLE:
        raise ConfigurationError(f"the store {path} must be valid YAML; {_FIX}") from None


def dump_store(store: SecretStore) -> str:
    """Return the text of a new store: sorted, with one line for each ciphertext."""
    return _HEADER + dump(document_of(store))


def document_of(store: SecretStore) -> dict[str, Any]:
    """Return a store as the mappings of its file, sorted."""
    return {
        "namespace": store.namespace,
        "certificates": {key: _certificate(store.certificates[key]) for key in sorted(store.certificates)},
        "secrets": {name: _secret(store, store.secrets[name]) for name in sorted(store.secrets)},
    }


def _certificate(certificate: PinnedCertificate) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "modulus_bits": certificate.modulus_bits,
        "not_before": certificate.not_before,
        "not_after": certificate.not_after,
    }


def _secret(store: SecretStore, secret: StoredSecret) -> dict[str, Any]:
    elsewhere = {} if secret.namespace == store.namespace else {"namespace": secret.namespace}
    return {
        **elsewhere,
        "type": str(secret.type),
        "scope": str(secret.scope),
        "keys": {key: _value(secret.values[key]) for key in sorted(secret.values)},
    }


def _value(value: SealedValue) -> dict[str, Any]:
    return {
        "owner": value.owner,
        "scope": str(value.scope),
        "sealed_for": value.sealed_for,
        "certificate": value.certificate,
        "sealed": value.sealed,
        "due": value.due,
        "rotate_days": value.rotate_days,
        "ciphertext": value.ciphertext,
    }


class _DuplicateKeyError(yaml.MarkedYAMLError):
    pass


class _Loader(yaml.SafeLoader):
    """Refuses duplicate keys, of which YAML's own loader uses the last one."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002  # as in the base
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(problem_mark=key.start_mark)
            if key.value in seen:
                raise _DuplicateKeyError(problem_mark=key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=deep)


class _Reader:
    """Converts the parsed file to a store, and names the place of an error."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def store(self, document: object) -> SecretStore:
        top = self._fields("the file", document, {"namespace": str, "certificates": dict, "secrets": dict})
        return SecretStore(
            namespace=top["namespace"],
            certificates={str(key): self._certificate(str(key), each) for key, each in top["certificates"].items()},
            secrets={
                str(name): self._secret(str(name), each, top["namespace"]) for name, each in top["secrets"].items()
            },
        )

    def _certificate(self, fingerprint: str, document: object) -> PinnedCertificate:
        fields = {"subject": str, "modulus_bits": int, "not_before": date, "not_after": date}
        read = self._fields(f"certificates.{fingerprint}", document, fields)
        return PinnedCertificate(fingerprint=fingerprint, **read)

    def _secret(self, name: str, document: object, namespace: str) -> StoredSecret:
        where = f"secrets.{name}"
        fields = {"type": str, "scope": str, "keys": dict}
        read = self._fields(where, document, fields, optional={"namespace": str})
        return StoredSecret(
            name=name,
            namespace=read.get("namespace", namespace),
            type=self._member(SecretType, f"{where}.type", read["type"]),
            scope=self._member(SealingScope, f"{where}.scope", read["scope"]),
            values={str(key): self._value(f"{where}.keys.{key}", each) for key, each in read["keys"].items()},
        )

    def _value(self, where: str, document: object) -> SealedValue:
        fields = {
            "owner": str,
            "scope": str,
            "sealed_for": str,
            "certificate": str,
            "sealed": date,
            "due": date,
            "rotate_days": int,
            "ciphertext": str,
        }
        read = self._fields(where, document, fields)
        return SealedValue(**{**read, "scope": self._member(SealingScope, f"{where}.scope", read["scope"])})

    def _member(self, kind: type[_Member], where: str, value: str) -> _Member:
        try:
            return kind(value)
        except ValueError:
            raise self._malformed(where, f"one of {', '.join(kind)}") from None

    def _fields(
        self, where: str, document: object, fields: Mapping[str, type], optional: Mapping[str, type] | None = None
    ) -> dict[str, Any]:
        if not isinstance(document, dict):
            raise self._malformed(where, f"a mapping with {', '.join(fields)}")
        known = {**fields, **(optional or {})}
        if not document.keys() <= known.keys() or not fields.keys() <= document.keys():
            raise self._malformed(where, f"a mapping with exactly {', '.join(fields)}")
        for key, value in document.items():
            if type(value) is not known[key]:
                raise self._malformed(f"{where}.{key}", f"a {known[key].__name__}")
        return document

    def _malformed(self, where: str, accepted: str) -> ConfigurationError:
        return ConfigurationError(f"the store {self._path} is invalid: {where} must be {accepted}; {_FIX}")

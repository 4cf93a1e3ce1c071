"""Conceals confidential values in the objects themselves, so that they are compared but cannot be printed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.secrecy import is_credential, is_secret_name

SHOWN = "***"
"""The text that replaces a confidential value."""

_CREDENTIALS_IN_A_URL = re.compile(r"\w://[^\s/:@]*:[^\s/@]+@")
_OPTION = re.compile(r"--?(?P<name>[A-Za-z][\w.-]*)=(?!\$\().")
_PRIVATE_KEY = "PRIVATE KEY-----"
_NAMED_DATA = {
    "ConfigMap": (("data",), ("binaryData",)),
    "SealedSecret": (("spec", "template", "data"),),
    "ExternalSecret": (("spec", "target", "template", "data"),),
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that is compared, but never shown."""

    value: object = field(repr=False)

    def __str__(self) -> str:
        """Return the text that replaces the value."""
        return SHOWN


def conceal(value: Any) -> Any:
    """Return an object, or a part of it, with its confidential values `Hidden`.

    Confidential are: the values of a Secret, also of one within another object; the values of keys of a ConfigMap and
    of
    environment variables whose name says password, secret, token or key (`is_secret_name`); a private key in PEM
    format;
    and a one-line string that is the value of an Authorization header, an option such as `--password=…`, or a URL with
    a
    password.
    """
    if isinstance(value, list):
        return [conceal(each) for each in value]
    if isinstance(value, Mapping):
        return _conceal(value)
    return Hidden(value) if isinstance(value, str) and _is_confidential(value) else value


def masked(value: Any) -> Any:
    """Return a value as it may be shown."""
    if isinstance(value, Mapping):
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return SHOWN if isinstance(value, Hidden) else value


def hidden_in(value: Any) -> Iterator[object]:
    """Yield the confidential values in a concealed object."""
    if isinstance(value, Hidden):
        yield value.value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from hidden_in(each)


def _is_confidential(value: str) -> bool:
    """Whether a string is confidential by its content, regardless of its name."""
    if _PRIVATE_KEY in value:
        return True
    if "\n" in value:
        return False
    option = _OPTION.match(value)
    return (
        is_credential(value)
        or _CREDENTIALS_IN_A_URL.search(value) is not None
        or (option is not None and is_secret_name(option["name"]))
    )


def _conceal(value: Document) -> dict[str, Any]:
    kind, name = documents.text(value, "kind"), documents.text(value, "name")
    found = {key: conceal(each) for key, each in value.items()}
    if kind.lower() == "secret":
        for field_of_secret in ("data", "stringData"):
            _hide(value, found, (field_of_secret,), all_of_it=True)
    for path in _NAMED_DATA.get(kind, ()):
        _hide(value, found, path, all_of_it=False)
    if is_secret_name(name) and isinstance(value.get("value"), str | int | float):
        found["value"] = Hidden(value["value"])
    return found


def _hide(value: Document, found: dict[str, Any], path: tuple[str, ...], *, all_of_it: bool) -> None:
    """Hide values of the map at a path: all of them, or those with a confidential name."""
    plain = documents.at(value, *path)
    if plain is None:
        return
    place: Any = documents.at(found, *path[:-1])
    if isinstance(plain, Mapping):
        secret = {key: Hidden(each) for key, each in plain.items() if all_of_it or is_secret_name(key)}
        place[path[-1]] = {**place[path[-1]], **secret}
    elif all_of_it:
        place[path[-1]] = Hidden(plain)

"""Values that are compared and never shown: in the objects themselves, so that no way of telling them can forget it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kubestock.values import documents
from kubestock.values.documents import Document

SHOWN = "***"
"""What stands for a confidential value."""

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORDS = frozenset(
    {
        *("apikey", "credential", "key", "passphrase", "passwd", "password", "pw", "pwd", "secret", "token"),
        *("accesskey", "authtoken", "privatekey", "secretkey"),
    }
)
_ABOUT_A_SECRET = frozenset(
    {
        *("algorithm", "count", "enabled", "endpoint", "expiration", "expiry", "host", "id", "issuer", "length"),
        *("minutes", "name", "path", "port", "seconds", "size", "timeout", "ttl", "type", "uri", "url"),
    }
)
_CREDENTIALS_IN_A_URL = re.compile(r"\w://[^\s/:@]*:[^\s/@]+@")
_NAMED_DATA = {
    "ConfigMap": (("data",), ("binaryData",)),
    "SealedSecret": (("spec", "template", "data"),),
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """A value that is compared, and never shown."""

    value: object = field(repr=False)

    def __str__(self) -> str:
        """Return what stands for it."""
        return SHOWN


def conceal(value: Any) -> Any:
    """Return an object, or what stands in it, with its confidential values `Hidden`.

    Those are the values of a Secret, of one within another object, too; what a key of a ConfigMap or the name of a
    variable calls a password, secret, token or key; and a one-line text with a user's password in a URL.
    """
    if isinstance(value, list):
        return [conceal(each) for each in value]
    if isinstance(value, Mapping):
        return _conceal(value)
    is_url = isinstance(value, str) and "\n" not in value and _CREDENTIALS_IN_A_URL.search(value)
    return Hidden(value) if is_url else value


def masked(value: Any) -> Any:
    """Return a value as it may be shown."""
    if isinstance(value, Mapping):
        return {key: masked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [masked(each) for each in value]
    return SHOWN if isinstance(value, Hidden) else value


def hidden_in(value: Any) -> Iterator[object]:
    """Yield the confidential values within an object that was concealed."""
    if isinstance(value, Hidden):
        yield value.value
    elif isinstance(value, Mapping | list):
        for each in value.values() if isinstance(value, Mapping) else value:
            yield from hidden_in(each)


def is_called_secret(name: str) -> bool:
    """Tell whether the value of this name is confidential: `DB_PASSWORD` is, `TOKEN_URL` is not."""
    words = [word.lower() for word in _WORD.findall(name)]
    return any(word.removesuffix("s") in _SECRET_WORDS for word in words) and words[-1] not in _ABOUT_A_SECRET


def _conceal(value: Document) -> dict[str, Any]:
    kind, name = documents.text(value, "kind"), documents.text(value, "name")
    found = {key: conceal(each) for key, each in value.items()}
    if kind.lower() == "secret":
        for field_of_secret in ("data", "stringData"):
            _hide(value, found, (field_of_secret,), all_of_it=True)
    for path in _NAMED_DATA.get(kind, ()):
        _hide(value, found, path, all_of_it=False)
    if is_called_secret(name) and isinstance(value.get("value"), str | int | float):
        found["value"] = Hidden(value["value"])
    return found


def _hide(value: Document, found: dict[str, Any], path: tuple[str, ...], *, all_of_it: bool) -> None:
    """Hide what the map at a path holds: all of it, or what is called secret."""
    plain = documents.at(value, *path)
    if plain is None:
        return
    place: Any = documents.at(found, *path[:-1])
    if isinstance(plain, Mapping):
        secret = {key: Hidden(each) for key, each in plain.items() if all_of_it or is_called_secret(key)}
        place[path[-1]] = {**place[path[-1]], **secret}
    elif all_of_it:
        place[path[-1]] = Hidden(plain)

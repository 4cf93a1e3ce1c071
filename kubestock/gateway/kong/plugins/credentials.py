"""Credentials of Kong's own, which are keys of the sealed Secret and never stand in its file in clear."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NoReturn
from urllib.parse import parse_qsl, urlsplit

from kubestock.errors import ConfigurationError
from kubestock.values.secrecy import is_credential, is_secret_name

_ADDRESS = re.compile("[a-z]+://[^ ]+")


def refuse_clear(what: str, mend: str = "give a key of the sealed Secret, such as credentials['its-key']") -> NoReturn:
    """Refuse a credential that is given as a text, without showing it."""
    raise ConfigurationError(f"{what} is a credential and must not stand in clear; {mend}")


def check_address_has_no_credentials(what: str, address: str) -> None:
    """Refuse an address with a user, a password, or a query argument whose name says that it is a credential."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise ConfigurationError(f"{what} must be an address such as https://logs.example.com") from None
    if parts.username or parts.password:
        raise ConfigurationError(f"{what} must carry no user and no password: it stands in clear")
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if is_secret_name(name):
            refuse_clear(f"{name} in the query of {what}", "use a header, and give it a key of the sealed Secret")


def check_entries_have_no_credentials(what: str, entries: Iterable[str], mend: str | None = None) -> None:
    """Refuse entries of the form `Name:value` that say a credential."""
    for each in entries:
        name, _, value = each.partition(":")
        if is_secret_name(name) or is_credential(value):
            seal = f"seal the whole entry, '{name}:…', and give the key of the sealed Secret"
            refuse_clear(f"{name} in {what}", mend or seal)


def check_settings_have_no_credentials(what: str, settings: Mapping[str, object]) -> None:
    """Refuse settings whose names, or whose addresses, say that they are credentials."""
    for name, value in _texts(settings):
        if (is_secret_name(name) and value) or is_credential(value):
            refuse_clear(f"{name} of {what}")
        if _ADDRESS.fullmatch(value):
            check_address_has_no_credentials(f"{name} of {what}", value)


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text within a value with the name of the field that holds it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, str(key))
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each, name)

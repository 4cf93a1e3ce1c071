"""Checks that no setting contains a credential in plain text. A credential must be a key of the sealed Secret."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import parse_qsl, urlsplit

from kubestock.errors import ConfigurationError
from kubestock.values.references import SecretKey
from kubestock.values.secrecy import is_credential, is_secret_name

_ADDRESS = re.compile("[a-z]+://[^ ]+")


def plain_text_error(what: str, fix: str = SecretKey.fix_for_text) -> ConfigurationError:
    """Return the error for a credential in plain text. Its message does not show the credential."""
    return ConfigurationError(f"{what} is a credential and must not be in plain text; {fix}")


def check_address_has_no_credentials(what: str, address: str) -> None:
    """Check that a URL contains no user, no password, and no query argument whose name indicates a credential."""
    try:
        parts = urlsplit(address)
    except ValueError:
        raise ConfigurationError(f"{what} must be a URL such as https://logs.example.com") from None
    if parts.username or parts.password:
        raise ConfigurationError(f"{what} must not contain a user or a password: they would be in plain text")
    for name, _ in parse_qsl(parts.query, keep_blank_values=True):
        if is_secret_name(name):
            raise plain_text_error(
                f"{name} in the query of {what}", "use a header, and give it a key of the sealed Secret"
            )


def check_entries_have_no_credentials(what: str, entries: Iterable[str], fix: str | None = None) -> None:
    """Check that entries of the form `Name:value` contain no credentials."""
    for each in entries:
        name, _, value = each.partition(":")
        if is_secret_name(name) or is_credential(value):
            seal = f"seal the whole entry, '{name}:…', and give the key of the sealed Secret"
            raise plain_text_error(f"{name} in {what}", fix or seal)


def check_sealed(what: str, value: object) -> None:
    """Check that a credential, or each one in a collection, is a key of the sealed Secret."""
    if isinstance(value, Mapping):
        for each in value.values():
            check_sealed(what, each)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for each in value:
            check_sealed(what, each)
    elif value is not None and not isinstance(value, SecretKey):
        raise plain_text_error(what)


def check_settings_have_no_credentials(what: str, settings: Mapping[str, object]) -> None:
    """Check that no setting contains a credential, by its name, by its value, or in a URL."""
    for name, value in _texts(settings):
        if (is_secret_name(name) and value) or is_credential(value):
            raise plain_text_error(f"{name} of {what}")
        if _ADDRESS.fullmatch(value):
            check_address_has_no_credentials(f"{name} of {what}", value)


def _texts(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text in a value, with the name of the field that contains it."""
    if isinstance(value, str):
        yield name, value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _texts(each, str(key))
    elif isinstance(value, Sequence):
        for each in value:
            yield from _texts(each, name)

"""The words of HTTP that a gateway configuration uses, checked."""

import ipaddress
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from kubestock.errors import ConfigurationError
from kubestock.values import names

METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


def header_name(what: str, value: str) -> str:
    """Return `value` if it can be the name of a header (RFC 9110, section 5.1)."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ConfigurationError(f"{what} must be a header name such as X-Request-ID, got {value!r}")
    return value


def header_value(what: str, value: str) -> str:
    """Return `value` if it fits on one header line."""
    if not isinstance(value, str) or not value or any(ord(each) < ord(" ") for each in value):
        raise ConfigurationError(f"{what} must be a text on one line, got {value!r}")
    return value


def host(what: str, value: str) -> str:
    """Return `value` if it is a host name, or one whose first or last label is a wildcard."""
    bare = value.removeprefix("*.") if isinstance(value, str) else value
    bare = bare.removesuffix(".*") if bare == value else bare
    names.dns_subdomain(what, bare)
    if re.fullmatch(r"[0-9.]+", bare):
        raise ConfigurationError(f"{what} must be a host name and no address, got {value!r}")
    return value


def origin(what: str, value: str) -> str:
    """Return `value` if it is an https origin: a scheme and a host, and no path."""
    parts = urlsplit(value)
    if parts.scheme != "https" or parts.path or parts.query or parts.fragment or not parts.hostname:
        raise ConfigurationError(
            f"{what} must be an https origin without a path, such as https://shop.example.com, got {value!r}"
        )
    names.host_name(what, parts.hostname)
    return value


def networks(what: str, values: Iterable[str]) -> None:
    """Refuse whatever is neither an address nor a network."""
    for each in values:
        try:
            ipaddress.ip_network(each)
        except ValueError as error:
            raise ConfigurationError(
                f"{what} must hold addresses or networks such as 10.0.0.0/8, got {each!r}: {error}"
            ) from None


def between(what: str, value: float, lowest: float, highest: float) -> None:
    """Refuse a number out of the range that Kong accepts."""
    if not lowest <= value <= highest:
        raise ConfigurationError(f"{what} must be from {lowest} to {highest}, got {value}")


def host_of(address: str) -> str:
    """Return the host of an address, in lower case."""
    return urlsplit(address).hostname or ""

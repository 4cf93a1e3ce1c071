"""The words of HTTP that a gateway configuration uses, checked."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import require_unique

METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_KONGS_HEADER = re.compile("[A-Za-z0-9_-]+")
_ORIGIN = re.compile(r"https://([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?")
_HOST_AND_PORT = re.compile("([^:]*)(?::([0-9]{1,5}))?")
_NETWORK = re.compile("[0-9A-Fa-f.:]+(?:/(?:0|[1-9][0-9]*))?")
_HIGHEST_PORT, _HTTPS = 65535, 443
_MAPPED_BITS = 96
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def header_name(what: str, value: str) -> str:
    """Return `value` if it can be the name of a header (RFC 9110, section 5.1)."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ConfigurationError(f"{what} must be a header name such as X-Request-ID, got {value!r}")
    return value


def kong_header(what: str, value: str) -> str:
    """Return `value` if Kong takes it where it names a header; nginx drops others from requests."""
    if not _KONGS_HEADER.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be a header name of letters, digits, '-' and '_', which Kong can also keep out of a log, got "
            f"{value!r}; rename it"
        )
    return value


def check_not_empty(what: str, value: str | None) -> None:
    """Refuse an empty text, which Kong refuses; None is a text that is not given."""
    if value == "":
        raise ConfigurationError(f"{what} must have at least one character, got an empty text; leave it out")


def check_each_not_empty(what: str, values: Iterable[object]) -> None:
    """Refuse an empty text in a list."""
    for each in values:
        if each == "":
            raise ConfigurationError(f"each of {what} must have at least one character, got an empty text; remove it")


def seen_headers(headers: Mapping[str, object]) -> list[str]:
    """Return the names as Kong's router compares them: without case, and with `_` the same as `-`."""
    return [each.lower().replace("_", "-") for each in headers]


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
    return _no_address(what, value, bare)


def check_hosts(values: Sequence[str]) -> None:
    """Refuse hosts that are no full host names, also behind a `*.`, that are addresses, or that are duplicated."""
    for each in values:
        if each != each.lower():
            raise ConfigurationError(
                f"each of hosts must be in lower case, as the gateway compares it with requests in any case, got "
                f"{each!r}; write {each.lower()!r}"
            )
        bare = each.removeprefix("*.")
        if "*" in bare:
            raise ConfigurationError(
                f"each of hosts must be a full host name, or '*.' and one, such as '*.shop.example.com', got {each!r}"
            )
        names.host_name("each of hosts", bare)
        _no_address("each of hosts", each, bare)
    require_unique("of hosts", values)


def _no_address(what: str, value: str, bare: str) -> str:
    if bare.rpartition(".")[2].isdecimal():
        raise ConfigurationError(f"{what} must be a host name and no address, got {value!r}")
    return value


def check_statuses(values: Sequence[int]) -> None:
    """Refuse what is no status of an answer."""
    for each in values:
        check_range("each of http_statuses", each, 100, 999)


def origin(what: str, value: str) -> str:
    """Return `value` if a browser can send it as the `Origin` of an https page (RFC 6454, section 6.2)."""
    found = _ORIGIN.fullmatch(value)
    if found is None or (found[2] and int(found[2]) in (_HTTPS, *range(_HIGHEST_PORT + 1, 100000))):
        shown = "one with a user" if "@" in value else repr(value)
        raise ConfigurationError(
            f"{what} must be an https origin without a path, such as https://shop.example.com, as a browser writes it: "
            f"in lower case, with no user, and with a port only if that is not {_HTTPS}, got {shown}"
        )
    names.host_name(what, found[1])
    _no_address(what, value, found[1])
    return value


def network(what: str, value: str) -> Network:
    """Return an address or a network as Kong reads it: without a zone, and with a prefix that does not begin with 0."""
    try:
        return ipaddress.ip_network(value if _NETWORK.fullmatch(value) else "")
    except ValueError as error:
        raise ConfigurationError(
            f"{what} must hold addresses or networks such as 10.0.0.0/16, without a zone, got {value!r}: {error}"
        ) from None


def unmapped(network: Network) -> Network:
    """Return the network of IPv4 that one of IPv6 stands for, and any other one as it is."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    return network if mapped is None else ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))


def check_networks(what: str, values: Iterable[str]) -> None:
    """Refuse whatever is neither an address nor a network."""
    for each in values:
        network(what, each)


def host_and_port(what: str, value: str) -> str:
    """Return `value` if it is a host name, and a port behind it or none."""
    found = _HOST_AND_PORT.fullmatch(value)
    if found is None:
        raise ConfigurationError(f"{what} must be a host name, or host:port, got {value!r}")
    if found[2]:
        names.port_number(f"port of {what}", int(found[2]))
    names.dns_subdomain(what, found[1])
    _no_address(what, value, found[1])
    return value


def check_range(what: str, value: float, lowest: float, highest: float) -> None:
    """Refuse a number out of the range that Kong accepts."""
    if not lowest <= value <= highest:
        raise ConfigurationError(f"{what} must be from {lowest} to {highest}, got {value}")


def host_of(address: str) -> str:
    """Return the host of an address, in lower case."""
    return urlsplit(address).hostname or ""

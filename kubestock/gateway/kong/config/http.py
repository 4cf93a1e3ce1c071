"""Checks of HTTP values in a configuration: headers, hosts, origins, networks."""

import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import urlsplit

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import require_unique

METHODS = ("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_KONG_HEADER = re.compile("[A-Za-z0-9_-]+")
_ORIGIN = re.compile(r"https://([a-z0-9.-]+)(?::([1-9][0-9]{0,4}))?")
_HOST_AND_PORT = re.compile("([^:]*)(?::([0-9]{1,5}))?")
_NETWORK = re.compile("[0-9A-Fa-f.:]+(?:/(?:0|[1-9][0-9]*))?")
_MAX_PORT, _HTTPS = 65535, 443
_MAPPED_BITS = 96
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def header_name(what: str, value: str) -> str:
    """Return `value` if it is a valid header name (RFC 9110, section 5.1)."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ConfigurationError(f"{what} must be a header name such as X-Request-ID, got {value!r}")
    return value


def kong_header(what: str, value: str) -> str:
    """Return `value` if Kong accepts it as a header name. nginx drops other headers from requests."""
    if not _KONG_HEADER.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be a header name of letters, digits, '-' and '_', which Kong can also remove from a "
            f"log, got {value!r}; rename it"
        )
    return value


def check_not_empty(what: str, value: str | None) -> None:
    """Check that a text is not empty, because Kong rejects an empty text. None means that it is not given."""
    if value == "":
        raise ConfigurationError(f"{what} must have at least one character, got an empty text; leave it out")


def check_each_not_empty(what: str, values: Iterable[object]) -> None:
    """Check that no text in a list is empty."""
    for each in values:
        if each == "":
            raise ConfigurationError(f"each of {what} must have at least one character, got an empty text; remove it")


def comparable_header_names(headers: Mapping[str, object]) -> list[str]:
    """Return header names as Kong's router compares them: in lower case, and with `-` for `_`."""
    return [each.lower().replace("_", "-") for each in headers]


def header_value(what: str, value: str) -> str:
    """Return `value` if it is a valid header value: not empty, and on one line."""
    if not isinstance(value, str) or not value or any(ord(each) < ord(" ") for each in value):
        raise ConfigurationError(f"{what} must be a text on one line, got {value!r}")
    return value


def host(what: str, value: str) -> str:
    """Return `value` if it is a host name, or one whose first or last label is a wildcard."""
    bare = value.removeprefix("*.") if isinstance(value, str) else value
    bare = bare.removesuffix(".*") if bare == value else bare
    names.dns_subdomain(what, bare)
    return _check_not_an_address(what, value, bare)


def check_hosts(values: Sequence[str]) -> None:
    """Check that hosts are unique full host names in lower case, each with an optional `*.` in front."""
    for each in values:
        if each != each.lower():
            raise ConfigurationError(
                "each of hosts must be in lower case, because the gateway compares it with the lower-case "
                f"host of a request, got {each!r}; write {each.lower()!r}"
            )
        bare = each.removeprefix("*.")
        if "*" in bare:
            raise ConfigurationError(
                "each of hosts must be a full host name, with an optional '*.' in front, such as "
                f"'*.shop.example.com', got {each!r}"
            )
        names.host_name("each of hosts", bare)
        _check_not_an_address("each of hosts", each, bare)
    require_unique("of hosts", values)


def _check_not_an_address(what: str, value: str, bare: str) -> str:
    if bare.rpartition(".")[2].isdecimal():
        raise ConfigurationError(f"{what} must be a host name and not an IP address, got {value!r}")
    return value


def check_statuses(values: Sequence[int]) -> None:
    """Check that each number is an HTTP status code from 100 to 999."""
    for each in values:
        check_range("each of http_statuses", each, 100, 999)


def origin(what: str, value: str) -> str:
    """Return `value` if a browser can send it as the `Origin` of an https page (RFC 6454, section 6.2)."""
    found = _ORIGIN.fullmatch(value)
    if found is None or (found[2] and int(found[2]) in (_HTTPS, *range(_MAX_PORT + 1, 100000))):
        shown = "an origin with a user" if "@" in value else repr(value)
        raise ConfigurationError(
            f"{what} must be an https origin in the form that a browser sends, such as "
            "https://shop.example.com: in lower case, without a path and a user, and with a port only if it "
            f"is not {_HTTPS}, got {shown}"
        )
    names.host_name(what, found[1])
    _check_not_an_address(what, value, found[1])
    return value


def network(what: str, value: str) -> Network:
    """Return the address or network in the form that Kong accepts: no zone, no leading zeros in the prefix."""
    try:
        return ipaddress.ip_network(value if _NETWORK.fullmatch(value) else "")
    except ValueError as error:
        raise ConfigurationError(
            f"{what} must contain addresses or networks such as 10.0.0.0/16, without a zone, got {value!r}: {error}"
        ) from None


def unmapped(network: Network) -> Network:
    """Return the IPv4 network of an IPv4-mapped IPv6 network. Any other network is returned unchanged."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, ipaddress.IPv6Network) else None
    return network if mapped is None else ipaddress.IPv4Network((mapped, network.prefixlen - _MAPPED_BITS))


def check_networks(what: str, values: Iterable[str]) -> None:
    """Check that each text is an address or a network."""
    for each in values:
        network(what, each)


def host_and_port(what: str, value: str) -> str:
    """Return `value` if it is a host name, or a host name and a port."""
    found = _HOST_AND_PORT.fullmatch(value)
    if found is None:
        raise ConfigurationError(f"{what} must be a host name, or host:port, got {value!r}")
    if found[2]:
        names.port_number(f"port of {what}", int(found[2]))
    names.dns_subdomain(what, found[1])
    _check_not_an_address(what, value, found[1])
    return value


def check_range(what: str, value: float, lowest: float, highest: float) -> None:
    """Check that a number is in the range that Kong accepts."""
    if not lowest <= value <= highest:
        raise ConfigurationError(f"{what} must be from {lowest} to {highest}, got {value}")


def host_of(address: str) -> str:
    """Return the host of a URL, in lower case."""
    return urlsplit(address).hostname or ""

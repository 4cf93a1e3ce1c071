"""The addresses in a text: URLs of any scheme, lists of them, `host:port`, and connection strings.

An image name or a time can look like an address. This module does not tell them apart: the callers do, by the name of
the variable and by the objects in the manifests.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

_TCP_PORTS = {
    "amqp": 5672,
    "amqps": 5671,
    "bolt": 7687,
    "ftp": 21,
    "http": 80,
    "https": 443,
    "ldap": 389,
    "ldaps": 636,
    "mariadb": 3306,
    "mongodb": 27017,
    "mqtt": 1883,
    "mqtts": 8883,
    "mssql": 1433,
    "mysql": 3306,
    "nats": 4222,
    "neo4j": 7687,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "rediss": 6379,
    "sftp": 22,
    "smtp": 25,
    "smtps": 465,
    "sqlserver": 1433,
    "ssh": 22,
    "ws": 80,
    "wss": 443,
}
_NOT_CALLED = frozenset(
    {
        "data",
        "docker",
        "file",
        "fs",
        "gs",
        "mailto",
        "mongodb+srv",
        "oci",
        "s3",
        "s3a",
        "spiffe",
        "unix",
        "urn",
        "vault",
    }
)
"""Schemes of URLs that lead to no connection to the host in the URL, or whose port is in DNS."""

_SCHEME = re.compile(r"(?:(?:jdbc|r2dbc):)?(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*):(?:thin:@)?//")
_AUTHORITY = re.compile(r"[^\s/?#\"'<>`|\\;&]*")
_BETWEEN = re.compile(r"[,;\s]+(?=[A-Za-z][A-Za-z0-9+.:-]*://)")
_HOST_PORT = re.compile(r"(?P<host>[^:\s/\[\]]+|\[[^\]\s]*\])(?::(?P<port>[^:]*))?")
_PAIR = re.compile(r"(?P<host>[A-Za-z][A-Za-z0-9.-]*):(?P<port>[0-9]{1,5})(?:/[^\s,]*)?")
_GO_DSN = re.compile(r"@(?P<protocol>tcp|udp)\((?P<pair>[^()\s]+)\)")
_KEYWORD_HOST = re.compile(r"(?:^|[\s;])(?:host|server|data source)\s*=\s*(?:tcp:)?([^\s;,=]+)(?:,([0-9]{1,5}))?", re.I)
_KEYWORD_PORT = re.compile(r"(?:^|[\s;])port\s*=\s*([0-9]{1,5})", re.I)
_EXPRESSION = re.compile(r"[$%{}()\[\]]|<|>")
_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?\.?")
_LARGEST_PORT = 65535


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A host in a text.

    Args:
        host: its name in lower case, or an IP address; empty if the text has a variable instead of the host.
        port: its port, or None if the text has no port.
        protocol: TCP or UDP, or None if the text does not say which.
    """

    host: str
    port: int | None = None
    protocol: str | None = None


def addresses_of(value: str) -> list[Address]:
    """Return the addresses in a text that consists of one address or of a list of addresses."""
    if has_url(value):
        pieces = _BETWEEN.split(value.strip())
        return [] if any(re.search(r"\s", each) for each in pieces) else list(_urls(pieces))
    return [*_connection_string(value)] or [*_pairs(value)]


def has_url(text: str) -> bool:
    """Whether a text contains a URL."""
    return "//" in text and _SCHEME.search(text) is not None


def urls_within(text: str) -> list[Address]:
    """Return the hosts of the URLs anywhere in a text."""
    return list(_urls(text[found.start() :] for found in _SCHEME.finditer(text)))


def pairs_within(text: str, hosts: frozenset[str]) -> list[Address]:
    """Return the addresses of these hosts that are written as `host:port` anywhere in a text."""
    found = (each for each in re.finditer(r"(?<![\w./@:-])" + _PAIR.pattern, text) if each["host"].lower() in hosts)
    return [_pair(each) for each in found]


def is_name(host: str) -> bool:
    """Whether a text is a host name or an IPv4 address, without variables or placeholders."""
    return bool(_NAME.fullmatch(host))


def is_address(host: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def port_number(text: str) -> int | None:
    """Return the port number in a text, or None if the text is not a port number."""
    number = int(text) if re.fullmatch(r"[0-9]{1,5}", text) else 0
    return number if 0 < number <= _LARGEST_PORT else None


def _urls(pieces: "Iterator[str] | list[str]") -> Iterator[Address]:
    for piece in pieces:
        begin = _SCHEME.match(piece)
        if begin is None:
            continue
        scheme = begin["scheme"].lower()
        authority = _AUTHORITY.match(piece, begin.end())
        if scheme in _NOT_CALLED or authority is None:
            continue
        for each in authority[0].rpartition("@")[2].split(","):
            found = _of_url(scheme, each)
            if found is not None:
                yield found


def _of_url(scheme: str, written: str) -> Address | None:
    if _EXPRESSION.search(written) and not written.startswith("["):
        return Address(host="")
    found = _HOST_PORT.fullmatch(written)
    default = _TCP_PORTS.get(scheme) or _TCP_PORTS.get(scheme.partition("+")[0])
    if found is None or (found["port"] and port_number(found["port"]) is None):
        return None
    host = found["host"].strip("[]").removesuffix(".").lower()
    port = port_number(found["port"] or "") or default
    if port is None and not scheme.startswith(("grpc", "tcp", "dns", "xds")):
        return None
    return Address(host=host, port=port, protocol="UDP" if scheme == "udp" else "TCP")


def _connection_string(value: str) -> Iterator[Address]:
    for found in _GO_DSN.finditer(value):
        pair = _PAIR.fullmatch(found["pair"])
        if pair is not None:
            yield Address(host=pair["host"].lower(), port=port_number(pair["port"]), protocol=found["protocol"].upper())
    host = _KEYWORD_HOST.search(value)
    if host is not None:
        port = host[2] or (_KEYWORD_PORT.search(value) or ("", ""))[1]
        yield Address(host=host[1].lower() if is_name(host[1]) else "", port=port_number(port))


def _pairs(value: str) -> Iterator[Address]:
    pieces = [each for each in re.split(r"[,\s]+", value.strip()) if each]
    found = [_PAIR.fullmatch(each) for each in pieces]
    for each in found if all(found) else ():
        if each is not None and port_number(each["port"]) is not None:
            yield _pair(each)


def _pair(found: re.Match[str]) -> Address:
    return Address(host=found["host"].removesuffix(".").lower(), port=port_number(found["port"]))

"""Checks of names, as Kubernetes makes them, at the time when they are given."""

import re

from kubestock.errors import ConfigurationError

_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=[-0-9]*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_DATA_KEY = re.compile(r"(?!\.\Z|\.\.)[-._a-zA-Z0-9]+")
_VARIABLE = re.compile(r"(?!\.\Z|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*")
_OBJECT_NAME = re.compile(rf"{_DNS_LABEL.pattern}(\.{_DNS_LABEL.pattern})*")
_ADDRESS = re.compile(r"(?a:[a-z][a-z0-9+.-]*://(?P<user>[^/?#]*@)?(?P<host>[^/:@?#]+)([:/?#].*)?)", re.IGNORECASE)
"""A URL, which is often given where a host name is meant."""

_LABEL_MAX = 63
_SUBDOMAIN_MAX = 253
_PORT_NAME_MAX = 15


def dns_label(what: str, value: str) -> str:
    """Return `value` after checking that it is an RFC 1123 label, the form of most object names.

    Raises:
        ConfigurationError: if it is empty, longer than 63 characters, or contains characters other than lower-case
            letters, digits and inner hyphens.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    """
    return _matching(what, value, _DNS_LABEL, _LABEL_MAX, "lower-case letters, digits and inner hyphens")


def service_name(what: str, value: str) -> str:
    """Return `value` after checking that it is an RFC 1035 label, which begins with a letter, as a Service requires.

    The name of a workload is also the name of its Service, so the same rule applies to workloads.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
    """
    accepted = "a lower-case letter first, then lower-case letters, digits and inner hyphens"
    return _matching(what, value, _SERVICE_NAME, _LABEL_MAX, accepted)


def object_name(what: str, value: str) -> str:
    """Return `value` after checking that it is an RFC 1123 subdomain, which most kinds accept as a name.

    Kubernetes allows parts that are longer than the 63 characters of DNS.

    Raises:
        ConfigurationError: if it is empty, longer than 253 characters, or contains characters other than lower-case
            letters, digits, and inner hyphens and dots.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
    """
    accepted = "lower-case letters, digits and inner hyphens, in parts that are joined by single dots"
    return _matching(what, value, _OBJECT_NAME, _SUBDOMAIN_MAX, accepted)


def dns_subdomain(what: str, value: str) -> str:
    """Return `value` after checking that it is a DNS name: labels of at most 63 characters, at most 253 in total."""
    address = _ADDRESS.fullmatch(value) if isinstance(value, str) else None
    if address is not None:
        got = "a URL with a user" if address["user"] else repr(value)  # a password may follow the user
        raise ConfigurationError(
            f"{what} must be a host name without a scheme, a port and a path, got {got}; write "
            f"{address['host'].lower()!r}"
        )
    if not isinstance(value, str) or len(value) > _SUBDOMAIN_MAX:
        raise ConfigurationError(f"{what} must be a text of at most {_SUBDOMAIN_MAX} characters, got {value!r}")
    for label in value.split("."):
        _matching(
            f"each part of {what} {value!r}",
            label,
            _DNS_LABEL,
            _LABEL_MAX,
            "lower-case letters, digits and inner hyphens",
        )
    return value


def host_name(what: str, value: str) -> str:
    """Return `value` after checking that it is a full host name: a DNS name of at least two labels."""
    dns_subdomain(what, value)
    if "." not in value:
        raise ConfigurationError(f"{what} must be a full host name such as shop.example.com, got {value!r}")
    return value


def port_name(what: str, value: str) -> str:
    """Return `value` after checking that it is an IANA service name: at most 15 characters and at least one letter."""
    accepted = "lower-case letters, digits and single inner hyphens, with at least one letter"
    return _matching(what, value, _PORT_NAME, _PORT_NAME_MAX, accepted)


def data_key(what: str, value: str) -> str:
    """Return `value` after checking that it can be a key of a ConfigMap or a Secret, and thus a file in a volume.

    Raises:
        ConfigurationError: if it contains an invalid character, is `.`, or begins with `..`.
    """
    return _matching(what, value, _DATA_KEY, _SUBDOMAIN_MAX, "letters, digits, '-', '_' and '.', and not name a folder")


def variable_name(what: str, value: str) -> str:
    """Return `value` after checking that every release of Kubernetes accepts it as the name of a variable.

    Programs read names with dots and hyphens, such as `spring.profiles.active`; most shells do not.

    Raises:
        ConfigurationError: if it is empty, begins with a digit or with `..`, is `.`, or contains an invalid character.
    """
    accepted = "letters, digits, '_', '-' and '.', not beginning with a digit or '..'"
    return _matching(what, value, _VARIABLE, None, accepted)


def port_number(what: str, value: int) -> int:
    """Return `value` after checking that it is a port number from 1 to 65535."""
    highest = 65535
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise ConfigurationError(f"{what} must be a port from 1 to {highest}, got {value!r}")
    return value


def kind_and_name(what: str, value: str) -> str:
    """Return `value` after checking that it is KIND/NAME or KIND/NAMESPACE/NAME, such as `Secret/registry`."""
    parts = value.split("/")
    if len(parts) not in (2, 3) or not all(parts):
        name = parts[-1] or "registry"
        raise ConfigurationError(
            f"{what} must be a kind and a name, got {value!r}: write Secret/{name}, or Secret/NAMESPACE/{name} for one "
            "namespace"
        )
    return value


def _matching(what: str, value: str, pattern: re.Pattern[str], longest: int | None, accepted: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{what} must be a text, got {value!r}")
    if longest is not None and len(value) > longest:
        raise ConfigurationError(
            f"{what} must have at most {longest} characters, got {len(value)}: {value!r}; shorten it"
        )
    if not pattern.fullmatch(value):
        fix = _suggestion(value, pattern)
        raise ConfigurationError(f"{what} must be made of {accepted}, got {value!r}{fix}")
    return value


def _suggestion(value: str, pattern: re.Pattern[str]) -> str:
    fixed = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    if value and fixed != value and pattern.fullmatch(fixed):
        return f"; for example {fixed!r}"
    return ""

"""The names that Kubernetes accepts, checked when they are given and not when they are applied."""

import re

from kubestock.errors import ConfigurationError

_DNS_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_SERVICE_NAME = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_PORT_NAME = re.compile(r"(?=[-0-9]*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_DATA_KEY = re.compile(r"(?!\.\Z|\.\.)[-._a-zA-Z0-9]+")
_VARIABLE = re.compile(r"(?!\.\Z|\.\.)[-._a-zA-Z][-._a-zA-Z0-9]*")
_OBJECT_NAME = re.compile(rf"{_DNS_LABEL.pattern}(\.{_DNS_LABEL.pattern})*")

_LABEL_MAX = 63
_SUBDOMAIN_MAX = 253
_PORT_NAME_MAX = 15


def dns_label(what: str, value: str) -> str:
    """Return `value` if it is an RFC 1123 label, the form of most object names.

    Raises:
        ConfigurationError: if it is empty, longer than 63 characters, or holds anything but lower-case
            letters, digits and inner hyphens.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-label-names
    """
    return _matching(what, value, _DNS_LABEL, _LABEL_MAX, "lower-case letters, digits and inner hyphens")


def service_name(what: str, value: str) -> str:
    """Return `value` if it is an RFC 1035 label, which a Service needs: it must begin with a letter.

    A workload's name becomes its Service's name, so workloads are held to the same rule.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#rfc-1035-label-names
    """
    accepted = "a lower-case letter first, then lower-case letters, digits and inner hyphens"
    return _matching(what, value, _SERVICE_NAME, _LABEL_MAX, accepted)


def object_name(what: str, value: str) -> str:
    """Return `value` if an object of most kinds can have it as its name: an RFC 1123 subdomain.

    Kubernetes lets each part of it be longer than the 63 characters that DNS allows.

    Raises:
        ConfigurationError: if it is empty, longer than 253 characters, or holds anything but lower-case letters,
            digits, and inner hyphens and dots.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
    """
    accepted = "lower-case letters, digits and inner hyphens, in parts that are joined by single dots"
    return _matching(what, value, _OBJECT_NAME, _SUBDOMAIN_MAX, accepted)


def dns_subdomain(what: str, value: str) -> str:
    """Return `value` if DNS accepts it: labels of at most 63 characters joined by dots, 253 characters at most."""
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
    """Return `value` if it is a fully qualified host name: a subdomain of at least two labels."""
    dns_subdomain(what, value)
    if "." not in value:
        raise ConfigurationError(f"{what} must be a full host name such as shop.example.com, got {value!r}")
    return value


def port_name(what: str, value: str) -> str:
    """Return `value` if it is an IANA service name: 15 characters at most, with one letter at least."""
    accepted = "lower-case letters, digits and single inner hyphens, with at least one letter"
    return _matching(what, value, _PORT_NAME, _PORT_NAME_MAX, accepted)


def data_key(what: str, value: str) -> str:
    """Return `value` if it can be a key of a ConfigMap or of a Secret, and so a file in a volume.

    Raises:
        ConfigurationError: if it holds another character, is `.`, or begins with `..`.
    """
    return _matching(what, value, _DATA_KEY, _SUBDOMAIN_MAX, "letters, digits, '-', '_' and '.', and not name a folder")


def variable_name(what: str, value: str) -> str:
    """Return `value` if every release of Kubernetes takes it as the name of an environment variable.

    Programs read names with dots and hyphens, such as `spring.profiles.active`; most shells do not.

    Raises:
        ConfigurationError: if it is empty, begins with a digit or with `..`, is `.`, or holds another character.
    """
    accepted = "letters, digits, '_', '-' and '.', not beginning with a digit or '..'"
    return _matching(what, value, _VARIABLE, None, accepted)


def port_number(what: str, value: int) -> int:
    """Return `value` if it is a TCP or UDP port, 1 to 65535."""
    highest = 65535
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= highest:
        raise ConfigurationError(f"{what} must be a port from 1 to {highest}, got {value!r}")
    return value


def _matching(what: str, value: str, pattern: re.Pattern[str], longest: int | None, accepted: str) -> str:
    if not isinstance(value, str):
        raise ConfigurationError(f"{what} must be a text, got {value!r}")
    if longest is not None and len(value) > longest:
        raise ConfigurationError(
            f"{what} must have at most {longest} characters, got {len(value)}: {value!r}; shorten it"
        )
    if not pattern.fullmatch(value):
        mend = _suggestion(value, pattern)
        raise ConfigurationError(f"{what} must be made of {accepted}, got {value!r}{mend}")
    return value


def _suggestion(value: str, pattern: re.Pattern[str]) -> str:
    mended = re.sub(r"[^a-z0-9]+", "-", value.lower()).strip("-")
    if value and mended != value and pattern.fullmatch(mended):
        return f"; for example {mended!r}"
    return ""

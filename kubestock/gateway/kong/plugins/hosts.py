"""Checks of the hosts that plugins make Kong connect to."""

import ipaddress

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.values import names


def destination(what: str, value: str) -> str:
    """Return `value` if it is only a host name or an IP address.

    Raises:
        ConfigurationError: if it is not. The message does not show the value, because it may contain a password.
    """
    try:
        ipaddress.ip_address(value.replace("%", " "))  # Kong does not accept a zone
    except ValueError:
        try:
            server_name(what, value)
        except ConfigurationError:
            raise ConfigurationError(
                f"{what} must be a host name in lower case or an address, such as redis.shop or 10.0.0.5, "
                "without a scheme, a user or a port; give those in their own fields"
            ) from None
    return value


def server_name(what: str, value: str) -> str:
    """Return `value` if it is a valid TLS server name: a host name, not an address and not a wildcard."""
    names.dns_subdomain(what, value)
    return http.host(what, value)

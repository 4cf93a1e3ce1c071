"""The hosts that Kong itself connects to, as its validators take them."""

import ipaddress

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.values import names


def destination(what: str, value: str) -> str:
    """Return `value` if it is a host name or an address, and nothing around it.

    Raises:
        ConfigurationError: that does not show the value, which may hold a password.
    """
    try:
        ipaddress.ip_address(value.replace("%", " "))  # Kong takes no zone
    except ValueError:
        try:
            server_name(what, value)
        except ConfigurationError:
            raise ConfigurationError(
                f"{what} must be a host name in lower case or an address, such as redis.shop or 10.0.0.5, without a "
                "scheme, a user or a port; give those in fields of their own"
            ) from None
    return value


def server_name(what: str, value: str) -> str:
    """Return `value` if TLS can name a server by it: a host name, no address and no wildcard."""
    names.dns_subdomain(what, value)
    return http.host(what, value)

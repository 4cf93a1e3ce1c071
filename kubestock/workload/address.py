"""The address at which a caller reaches a callee, and the forms in which a variable can hold it."""

import re

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

HOST_PORT = "{host}:{port}"
"""The form of address that clients of gRPC, Redis, Kafka and many other protocols accept."""

_PLACE = re.compile(r"(?<!\$)\{([^{}]*)\}")
_KNOWN = ("host", "port")


class Address(Value):
    """The host and port at which a caller reaches a callee.

    Args:
        host: the DNS name that the caller resolves.
        port: the port number that the caller connects to.
        usual: the default form of the address: a text with `{host}` and `{port}`.
    """

    host: str
    port: int
    usual: str = HOST_PORT

    def text(self, form: str | None = None) -> str:
        """Return the address in the given form, or in the default form of its protocol."""
        values = {"host": self.host, "port": str(self.port)}
        return _PLACE.sub(lambda found: values[found[1]], self.usual if form is None else form)


def check_form(variable: str, form: str) -> str:
    """Return `form` after checking that it contains the host or the port.

    Raises:
        ConfigurationError: if it has a placeholder other than `{host}` and `{port}`, or neither of them.
    """
    found = _PLACE.findall(form)
    unknown = [each for each in found if each not in _KNOWN]
    if unknown or not found:
        got = f"{{{unknown[0]}}}" if unknown else "neither"
        raise ConfigurationError(
            f"the form of variable {variable!r} must contain {{host}} or {{port}} of the callee, such as "
            f"'{HOST_PORT}', got {got}"
        )
    return form


def usual_form(protocol: str, app_protocol: str | None) -> str:
    """Return the address form that clients of a protocol expect: a URL for HTTP and WebSocket, else host and port."""
    scheme = _SCHEMES.get(app_protocol) if protocol == "TCP" else None
    return HOST_PORT if scheme is None else f"{scheme}://{HOST_PORT}"


_SCHEMES = {None: "http", "http": "http", "https": "https", "kubernetes.io/ws": "ws", "kubernetes.io/wss": "wss"}

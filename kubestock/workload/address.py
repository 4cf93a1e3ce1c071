"""Where a caller reaches a callee, and the texts that tell it."""

import re

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

HOST_PORT = "{host}:{port}"
"""The form that clients of gRPC, Redis, Kafka and many others take."""

_PLACE = re.compile(r"(?<!\$)\{([^{}]*)\}")
_KNOWN = ("host", "port")


class Address(Value):
    """Where a caller reaches a callee.

    Args:
        host: the name that the caller looks up.
        port: the number that it dials.
        usual: the form of the address where the caller names no other: a text with `{host}` and `{port}`.
    """

    host: str
    port: int
    usual: str = HOST_PORT

    def text(self, form: str | None = None) -> str:
        """Return the address in a form, or in the usual one of its protocol."""
        values = {"host": self.host, "port": str(self.port)}
        return _PLACE.sub(lambda found: values[found[1]], self.usual if form is None else form)


def check_form(variable: str, form: str) -> str:
    """Return `form` if it can be the form of an address.

    Raises:
        ConfigurationError: if it has a placeholder other than `{host}` and `{port}`, or none of them.
    """
    found = _PLACE.findall(form)
    unknown = [each for each in found if each not in _KNOWN]
    if unknown or not found:
        got = f"{{{unknown[0]}}}" if unknown else "neither"
        raise ConfigurationError(
            f"the form of variable {variable!r} must place {{host}} or {{port}} of the callee, such as "
            f"'{HOST_PORT}', got {got}"
        )
    return form


def usual_form(protocol: str, app_protocol: str | None) -> str:
    """Return how clients of a protocol take an address: a URL for HTTP and WebSockets, else host and port."""
    scheme = _SCHEMES.get(app_protocol) if protocol == "TCP" else None
    return HOST_PORT if scheme is None else f"{scheme}://{HOST_PORT}"


_SCHEMES = {None: "http", "http": "http", "https": "https", "kubernetes.io/ws": "ws", "kubernetes.io/wss": "wss"}

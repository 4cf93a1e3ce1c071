"""The types of Secret in Kubernetes, and the keys that each type requires."""

import json
from collections.abc import Collection
from enum import StrEnum

from kubestock.errors import ConfigurationError


class SecretType(StrEnum):
    """The type of a Secret; the API server checks the keys of every type but Opaque.

    See https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
    """

    OPAQUE = "Opaque"
    TLS = "kubernetes.io/tls"
    REGISTRY = "kubernetes.io/dockerconfigjson"
    BASIC_AUTH = "kubernetes.io/basic-auth"
    SSH_AUTH = "kubernetes.io/ssh-auth"

    def check_required_keys(self, what: str, keys: Collection[str]) -> None:
        """Check that a Secret has the keys that its type requires.

        Raises:
            ConfigurationError: if a key that the type requires is missing.
        """
        missing = [key for key in _REQUIRED.get(self, ()) if key not in keys]
        if missing:
            raise ConfigurationError(f"{what} is of type {self} and must have {' and '.join(missing)}; seal it as well")
        if self is SecretType.BASIC_AUTH and not {"username", "password"} & set(keys):
            raise ConfigurationError(f"{what} is of type {self} and must have username or password; seal one of them")

    def check_usable(self, what: str, key: str, value: bytes) -> None:
        """Check that the API server accepts a value; without that, no Secret is created.

        Raises:
            ConfigurationError: if a pull secret is not a JSON object. The error shows nothing of its value.
        """
        if self is SecretType.REGISTRY and key == ".dockerconfigjson":
            try:
                usable = isinstance(json.loads(value), dict)
            except ValueError:
                usable = False
            if not usable:
                raise ConfigurationError(
                    f"{what} must be a JSON object; seal the file that 'docker login' writes, or an object such "
                    'as {"auths": {"registry.example.com": {"auth": "…"}}}'
                )


_REQUIRED = {
    SecretType.TLS: ("tls.crt", "tls.key"),
    SecretType.REGISTRY: (".dockerconfigjson",),
    SecretType.SSH_AUTH: ("ssh-privatekey",),
}

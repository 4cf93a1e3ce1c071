"""The types of Secret that Kubernetes knows, and the keys that each one must have."""

import json
from collections.abc import Collection
from enum import StrEnum

from kubestock.errors import ConfigurationError


class SecretType(StrEnum):
    """What a Secret is for; the API server checks the keys of every type but Opaque.

    See https://kubernetes.io/docs/concepts/configuration/secret/#secret-types
    """

    OPAQUE = "Opaque"
    TLS = "kubernetes.io/tls"
    REGISTRY = "kubernetes.io/dockerconfigjson"
    BASIC_AUTH = "kubernetes.io/basic-auth"
    SSH_AUTH = "kubernetes.io/ssh-auth"

    def refuse_missing(self, what: str, keys: Collection[str]) -> None:
        """Refuse a Secret that the API server would not accept, or that could not do what it is for.

        Raises:
            ConfigurationError: if a key is missing that this type must have.
        """
        missing = [key for key in _REQUIRED.get(self, ()) if key not in keys]
        if missing:
            raise ConfigurationError(f"{what} is of type {self} and must have {' and '.join(missing)}; seal it as well")
        if self is SecretType.BASIC_AUTH and not {"username", "password"} & set(keys):
            raise ConfigurationError(f"{what} is of type {self} and must have username or password; seal one of them")

    def refuse_unusable(self, what: str, key: str, value: bytes) -> None:
        """Refuse a value that the API server would not take, so that no Secret would come of it.

        Raises:
            ConfigurationError: if a pull secret is no JSON object. The error shows nothing of it.
        """
        if self is SecretType.REGISTRY and key == ".dockerconfigjson":
            try:
                usable = isinstance(json.loads(value), dict)
            except ValueError:
                usable = False
            if not usable:
                raise ConfigurationError(
                    f"{what} must be a JSON object, and is none; seal the file that 'docker login' writes, or one such "
                    'as {"auths": {"registry.example.com": {"auth": "…"}}}'
                )


_REQUIRED = {
    SecretType.TLS: ("tls.crt", "tls.key"),
    SecretType.REGISTRY: (".dockerconfigjson",),
    SecretType.SSH_AUTH: ("ssh-privatekey",),
}

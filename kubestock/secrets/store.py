"""The sealed values of one environment, as the data file holds them."""

from collections.abc import Mapping
from dataclasses import field, replace
from datetime import date

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.types import SecretType
from kubestock.values import names
from kubestock.values.value import Value

ROTATE_DAYS = 180
"""How long a value lasts where nobody says otherwise."""


class SealedValue(Value):
    """One sealed value, and what cannot be read off its ciphertext.

    Args:
        ciphertext: in base64. It is checked where it is used and by the audit, not here.
        scope: that it was sealed in.
        sealed_for: what it is bound to: namespace/name, the namespace, or nothing, by its scope.
        certificate: the fingerprint of the certificate that it was sealed with.
        sealed: the day on which it was.
        due: the day on which the value is to be replaced.
        rotate_days: how long a new value under this key lasts.
        owner: who replaces it, and is asked about it.
    """

    ciphertext: str = field(repr=False)
    scope: SealingScope
    sealed_for: str
    certificate: str
    sealed: date
    due: date
    rotate_days: int
    owner: str


class StoredSecret(Value):
    """One Secret: its sealed values by key.

    Args:
        name: of the Secret and of the SealedSecret it comes from.
        namespace: that it lives in.
        values: the sealed values by key.
        type: of the Secret.
        scope: of all its values: the controller opens a SealedSecret in one scope.

    Raises:
        ConfigurationError: if a name is malformed.
    """

    name: str
    namespace: str
    values: Mapping[str, SealedValue]
    type: SecretType = SecretType.OPAQUE
    scope: SealingScope = SealingScope.STRICT

    def check(self) -> None:
        names.dns_subdomain("secret name", self.name)
        names.dns_label(f"namespace of secret {self.name!r}", self.namespace)

    @property
    def label(self) -> str:
        """What its values must be bound to, to open."""
        return self.scope.label(namespace=self.namespace, name=self.name)


class SecretStore(Value):
    """All sealed values of an environment.

    Args:
        namespace: that a secret lives in if it does not say otherwise.
        certificates: those that values may be sealed with, by fingerprint.
        secrets: by name.
    """

    namespace: str
    certificates: Mapping[str, PinnedCertificate] = field(default_factory=dict)
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)

    def check(self) -> None:
        names.dns_label("namespace of the store", self.namespace)

    def __getitem__(self, name: str) -> StoredSecret:
        """Return a secret.

        Raises:
            ConfigurationError: if there is none of that name.
        """
        if name not in self.secrets:
            known = ", ".join(sorted(self.secrets)) or "none"
            raise ConfigurationError(
                f"there is no sealed secret {name!r}; there is {known}: add it with 'kubestock seal {name} KEY'"
            )
        return self.secrets[name]

    def with_secret(self, secret: StoredSecret) -> "SecretStore":
        """Return a store in which this secret stands in the place of the one of its name."""
        return replace(self, secrets={**self.secrets, secret.name: secret})

    def with_certificate(self, certificate: PinnedCertificate) -> "SecretStore":
        """Return a store that admits values sealed with this certificate."""
        return replace(self, certificates={**self.certificates, certificate.fingerprint: certificate})

"""The sealed values of one environment, as they are in the store's file."""

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
"""After how many days a value must be replaced, by default."""


class SealedValue(Value):
    """One sealed value, with facts that its ciphertext does not show.

    Args:
        ciphertext: the ciphertext in base64. It is checked where it is used and by the audit, not here.
        scope: the scope in which it was sealed.
        sealed_for: what it is bound to: namespace/name, the namespace, or an empty string, depending on its scope.
        certificate: the fingerprint of the certificate with which it was sealed.
        sealed: the day on which it was sealed.
        due: the day by which it must be replaced.
        rotate_days: after how many days a new value of this key must be replaced.
        owner: who replaces it, and answers questions about it.
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
    """One Secret: its sealed values, by key.

    Args:
        name: the name of the Secret and of its SealedSecret.
        namespace: the namespace of the Secret.
        values: the sealed values, by key.
        type: the type of the Secret.
        scope: the scope of all its values: a SealedSecret has one scope.

    Raises:
        ConfigurationError: if a name is invalid.
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
        """What its values must be bound to, so that the controller can open them."""
        return self.scope.label(namespace=self.namespace, name=self.name)


class SecretStore(Value):
    """All sealed values of an environment.

    Args:
        namespace: the namespace of secrets without one.
        certificates: the certificates with which values may be sealed, by fingerprint.
        secrets: the secrets, by name.
    """

    namespace: str
    certificates: Mapping[str, PinnedCertificate] = field(default_factory=dict)
    secrets: Mapping[str, StoredSecret] = field(default_factory=dict)

    def check(self) -> None:
        names.dns_label("namespace of the store", self.namespace)

    def __getitem__(self, name: str) -> StoredSecret:
        """Return the secret with a name.

        Raises:
            ConfigurationError: if the store has no secret with that name.
        """
        if name not in self.secrets:
            known = ", ".join(sorted(self.secrets)) or "none"
            raise ConfigurationError(
                f"the store has no secret {name!r}, only {known}: add it with 'kubestock seal {name} KEY'"
            )
        return self.secrets[name]

    def with_secret(self, secret: StoredSecret) -> "SecretStore":
        """Return a store with this secret instead of the one with its name."""
        return replace(self, secrets={**self.secrets, secret.name: secret})

    def with_certificate(self, certificate: PinnedCertificate) -> "SecretStore":
        """Return a store that accepts values sealed with this certificate."""
        return replace(self, certificates={**self.certificates, certificate.fingerprint: certificate})

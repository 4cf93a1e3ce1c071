"""Where the secrets of a product come from: sealed values in the repository, or an external store."""

from collections.abc import Mapping
from dataclasses import field

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.secrets.externalsecret import ExternalSecret, RemoteRef, SecretStoreRef
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.secrets.store import SecretStore
from kubestock.secrets.types import SecretType
from kubestock.values.value import Value
from kubestock.workload.platform import Platform

ProductSecret = SealedSecret | ExternalSecret


class ExternalSecrets(Value):
    """Secrets whose values are in an external store, such as AWS Secrets Manager or Vault.

    Each secret becomes an ExternalSecret.

    Args:
        store: the SecretStore or ClusterSecretStore of the External Secrets Operator.
        secrets: the keys of each Secret, by the name of the Secret. The value of a key says where the store has it; a
            string is the name of an entry in the store.
        types: the types of Secrets that are not Opaque, by name, such as `{"shop-tls": SecretType.TLS}`. Defaults to
            none.
        refresh_interval: how often the operator reads the values. Defaults to 1h.

    Raises:
        ConfigurationError: if `types` names a secret that is not in `secrets`.
    """

    store: SecretStoreRef
    secrets: Mapping[str, Mapping[str, str | RemoteRef]]
    types: Mapping[str, SecretType] = field(default_factory=dict)
    refresh_interval: str = "1h"

    def check(self) -> None:
        if unknown := sorted(self.types.keys() - self.secrets.keys()):
            raise ConfigurationError(f"types must name secrets of this store, got {', '.join(unknown)}")


def add_secrets(
    scope: Construct, source: SecretStore | ExternalSecrets, platform: Platform
) -> dict[str, ProductSecret]:
    """Add a SealedSecret or an ExternalSecret for each secret of a source, and return them by name."""
    if isinstance(source, ExternalSecrets):
        return {name: _external(scope, name, source, platform) for name in sorted(source.secrets)}
    return {
        name: SealedSecret(
            scope,
            f"secret-{name}",
            secret=secret,
            certificates=source.certificates,
            labels=platform.labels(name, component="secret"),
        )
        for name, secret in sorted(source.secrets.items())
    }


def _external(scope: Construct, name: str, source: ExternalSecrets, platform: Platform) -> ExternalSecret:
    return ExternalSecret(
        scope,
        f"secret-{name}",
        name=name,
        store=source.store,
        keys=source.secrets[name],
        labels=platform.labels(name, component="secret"),
        type=source.types.get(name, SecretType.OPAQUE),
        refresh_interval=source.refresh_interval,
    )

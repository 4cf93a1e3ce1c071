"""Sealed values and stores that many tests use."""

from dataclasses import replace
from datetime import timedelta

from keyring import TODAY, key_pair

from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.sealing import seal
from kubestock.secrets.store import SealedValue, SecretStore, StoredSecret
from kubestock.secrets.types import SecretType

CERTIFICATE = PinnedCertificate(
    fingerprint="a" * 64,
    subject="sealed-secret",
    modulus_bits=2048,
    not_before=TODAY - timedelta(days=3),
    not_after=TODAY + timedelta(days=3650),
)
PINNED = {CERTIFICATE.fingerprint: CERTIFICATE}


def value(label: str, plaintext: bytes = b"canary", scope: SealingScope = SealingScope.STRICT) -> SealedValue:
    return SealedValue(
        ciphertext=seal(plaintext, public_key=key_pair().public_key(), label=label),
        scope=scope,
        sealed_for=label,
        certificate=CERTIFICATE.fingerprint,
        sealed=TODAY,
        due=TODAY + timedelta(days=180),
        rotate_days=180,
        owner="platform",
    )


def secret(
    name: str = "orders-db",
    *keys: str,
    scope: SealingScope = SealingScope.STRICT,
    type: SecretType = SecretType.OPAQUE,
    plaintext: bytes = b"canary",
) -> StoredSecret:
    label = scope.label(namespace="shop", name=name)
    values = {key: value(label, plaintext, scope) for key in keys or ("DB_PASSWORD", "DB_USER")}
    return StoredSecret(name=name, namespace="shop", values=values, scope=scope, type=type)


def store(*secrets: StoredSecret) -> SecretStore:
    return SecretStore(namespace="shop", certificates=PINNED, secrets={each.name: each for each in secrets})


def with_value(secret: StoredSecret, key: str, changed: SealedValue) -> StoredSecret:
    return replace(secret, values={**secret.values, key: changed})

"""Checks that the controller can open a stored secret, as far as that is possible without the private key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.ciphertext import MAX_PLAINTEXT, plaintext_bytes
from kubestock.secrets.store import SealedValue, StoredSecret
from kubestock.values import names

_RESEAL = "seal the value again"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """Why a secret, or one of its keys, cannot be opened."""

    secret: str
    key: str | None
    message: str
    unknown_certificate: bool = False


def defects(secret: StoredSecret, certificates: Mapping[str, PinnedCertificate]) -> Iterator[Defect]:
    """Yield each defect of the values of a secret; no message contains a value."""
    if not secret.values:
        message = f"secret {secret.name!r} must have at least one key; seal one, or remove it"
        yield Defect(secret=secret.name, key=None, message=message)
    total = 0
    for key, value in secret.values.items():
        what = f"{secret.name}.{key}"
        if value.certificate not in certificates:
            message = (
                f"{what} was sealed with the certificate {value.certificate[:12]!r}, which is not pinned in the "
                f"store; {_RESEAL}, or pin that certificate with 'kubestock seal --pin'"
            )
            yield Defect(secret=secret.name, key=key, message=message, unknown_certificate=True)
            continue
        try:
            names.data_key(f"a key of secret {secret.name!r}", key)
            _check_binding(what, secret, value)
            modulus = certificates[value.certificate].modulus_bytes
            total += plaintext_bytes(what, value.ciphertext, modulus_bytes=modulus)
        except ConfigurationError as error:
            yield Defect(secret=secret.name, key=key, message=str(error))
    if total > MAX_PLAINTEXT:
        message = f"secret {secret.name!r} must have at most {MAX_PLAINTEXT} bytes, got {total}; split it"
        yield Defect(secret=secret.name, key=None, message=message)


def _check_binding(what: str, secret: StoredSecret, value: SealedValue) -> None:
    if value.scope is not secret.scope:
        raise ConfigurationError(
            f"{what} was sealed in scope {value.scope}, but its secret has scope {secret.scope}, so the controller "
            "cannot "
            f"open it; {_RESEAL}, or set the scope of the secret to {value.scope}"
        )
    if value.sealed_for != secret.label:
        raise ConfigurationError(
            f"{what} was sealed {value.scope} for {value.sealed_for!r} and opens only there, not as {secret.label!r}; "
            f"{_RESEAL} under the new name, or restore the old one"
        )

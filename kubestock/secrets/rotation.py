"""Changes the values of a store: seals new values, and seals all values again with a new certificate."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from kubestock.errors import ConfigurationError
from kubestock.secrets.keys import SealingCertificate
from kubestock.secrets.sealing import seal, unseal
from kubestock.secrets.store import ROTATE_DAYS, SealedValue, SecretStore, StoredSecret
from kubestock.secrets.tls import due_day, is_certificate
from kubestock.secrets.verification import defects
from kubestock.values import names

_LONGEST = 3650


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Seals values with one certificate, on one day.

    Raises:
        ConfigurationError: if the certificate is not valid on that day.
    """

    certificate: SealingCertificate
    today: date

    def __post_init__(self) -> None:
        self.certificate.check_not_expired(self.today)

    def seal(
        self,
        store: SecretStore,
        secret: StoredSecret,
        values: Mapping[str, bytes],
        *,
        owner: str | None = None,
        rotate_days: int | None = None,
        pin: bool = False,
    ) -> SecretStore:
        """Return the store with new values for these keys; all other entries do not change.

        Args:
            store: the store to change.
            secret: the secret in the store, or a new secret without values.
            values: the values, by key.
            owner: who replaces the values. Required for a new key; defaults to the present owner.
            rotate_days: after how many days the values must be replaced. Defaults to the present period of the key, or
                else 180 days; a TLS certificate is due two weeks before it expires at the latest.
            pin: add the certificate to a store that has values and does not have the certificate.

        Raises:
            ConfigurationError: if a key is invalid or has no owner, the period is shorter than a day or longer than ten
                years, a TLS certificate is invalid, has expired or would expire before it is due, the sealing
                certificate is not pinned, or the controller could not open the secret.
        """
        known = {**store.certificates}
        fingerprint = self.certificate.pinned.fingerprint
        if (known or store.secrets) and fingerprint not in known and not pin:
            raise ConfigurationError(
                f"the certificate {fingerprint[:12]} is not pinned in the store, which has "
                f"{', '.join(sorted(each[:12] for each in known)) or 'none'}; seal with a pinned certificate, or "
                "compare this "
                "one with the cluster's and pin it with --pin"
            )
        sealed = {key: self._value(secret, key, value, owner, rotate_days) for key, value in values.items()}
        changed = replace(secret, values={**secret.values, **sealed})
        result = store.with_certificate(self.certificate.pinned).with_secret(changed)
        for defect in defects(changed, result.certificates):
            if defect.key is None or defect.key in values:
                raise ConfigurationError(defect.message)
        return result

    def reseal(
        self, store: SecretStore, private_keys: Sequence[RSAPrivateKey], *, advance: Callable[[str], None]
    ) -> SecretStore:
        """Return the store with every value sealed again. Due dates do not change; only this certificate is pinned.

        Args:
            store: the store to open.
            private_keys: private keys, any of which may open a value.
            advance: receives the name of each value after it is opened.

        Raises:
            ConfigurationError: if no key opens a value; the error has the name of every such value.
        """
        lost, secrets = [], {}
        for name, secret in sorted(store.secrets.items()):
            values = {}
            for key, value in sorted(secret.values.items()):
                plaintext = unseal(value.ciphertext, private_keys=private_keys, label=value.sealed_for)
                if plaintext is None:
                    lost.append(f"{name}.{key}")
                    continue
                values[key] = self._resealed(value, plaintext)
                advance(f"{name}.{key}")
            secrets[name] = replace(secret, values=values)
        if lost:
            raise ConfigurationError(
                f"none of the private keys opens {', '.join(lost)}; nothing was written: add the older keys, or seal "
                "those "
                "values again"
            )
        pinned = {self.certificate.pinned.fingerprint: self.certificate.pinned}
        return replace(store, secrets=secrets, certificates=pinned)

    def _resealed(self, value: SealedValue, plaintext: bytes) -> SealedValue:
        return replace(
            value,
            ciphertext=seal(plaintext, public_key=self.certificate.public_key, label=value.sealed_for),
            certificate=self.certificate.pinned.fingerprint,
            sealed=self.today,
        )

    def _value(
        self, secret: StoredSecret, key: str, value: bytes, owner: str | None, rotate_days: int | None
    ) -> SealedValue:
        names.data_key(f"a key of secret {secret.name!r}", key)
        secret.type.check_usable(f"{secret.name}.{key}", key, value)
        before = secret.values.get(key)
        owner = owner or (before.owner if before else None)
        if not owner:
            raise ConfigurationError(f"{secret.name}.{key} is new and must have an owner; set one with --owner")
        days = rotate_days if rotate_days is not None else (before.rotate_days if before else ROTATE_DAYS)
        if not 1 <= days <= _LONGEST:
            raise ConfigurationError(
                f"the rotation of {secret.name}.{key} must be between 1 and {_LONGEST} days, got {days}; "
                "set another number with --rotate-days"
            )
        due = self.today + timedelta(days=days)
        if is_certificate(secret.type, key):
            what, asked = f"{secret.name}.{key}", rotate_days is not None
            due = due_day(what, value, today=self.today, days=days, asked=asked)
        return SealedValue(
            ciphertext=seal(value, public_key=self.certificate.public_key, label=secret.label),
            scope=secret.scope,
            sealed_for=secret.label,
            certificate=self.certificate.pinned.fingerprint,
            sealed=self.today,
            due=due,
            rotate_days=days,
            owner=owner,
        )

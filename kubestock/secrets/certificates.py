"""What the store remembers of a sealing certificate, so that synth needs no cryptography."""

import re
from datetime import date

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

SAMPLE_SUBJECT = "kubestock sample certificate, private key destroyed"
"""The common name of a certificate that nobody can open: for examples, never for a cluster."""

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SMALLEST_MODULUS = 2048


class PinnedCertificate(Value):
    """A certificate that values may be sealed with.

    Args:
        fingerprint: SHA-256 of the certificate in DER, in lower-case hexadecimal.
        subject: its common name.
        modulus_bits: the size of its RSA key.
        not_before: the first day on which it is valid, in UTC.
        not_after: the last one.

    Raises:
        ConfigurationError: if the fingerprint is none, or the key is shorter than 2048 bits.
    """

    fingerprint: str
    subject: str
    modulus_bits: int
    not_before: date
    not_after: date

    def check(self) -> None:
        if not _FINGERPRINT.fullmatch(self.fingerprint):
            raise ConfigurationError(
                f"a certificate's fingerprint must be 64 lower-case hexadecimal digits, got {self.fingerprint!r}"
            )
        if self.modulus_bits < _SMALLEST_MODULUS:
            raise ConfigurationError(
                f"a sealing certificate must have an RSA key of at least {_SMALLEST_MODULUS} bits, "
                f"got {self.modulus_bits}; take the controller's own with 'kubeseal --fetch-cert'"
            )

    @property
    def modulus_bytes(self) -> int:
        """How long the sealed session key is."""
        return (self.modulus_bits + 7) // 8

    @property
    def is_sample(self) -> bool:
        """Whether nobody has the private key, so that nothing sealed with it ever opens."""
        return self.subject == SAMPLE_SUBJECT

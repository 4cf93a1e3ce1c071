"""What the store records of a sealing certificate, so that synth needs no cryptography."""

import re
from datetime import date

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

SAMPLE_SUBJECT = "kubestock sample certificate, private key destroyed"
"""The common name of a sample certificate. Its private key does not exist: it is for examples, never for a cluster."""

_FINGERPRINT = re.compile(r"[0-9a-f]{64}")
_SMALLEST_MODULUS = 2048


class PinnedCertificate(Value):
    """A certificate with which values may be sealed.

    Args:
        fingerprint: the SHA-256 of the certificate in DER, in lower-case hexadecimal.
        subject: the common name of the certificate.
        modulus_bits: the size of its RSA key, in bits.
        not_before: the first day on which the certificate is valid, in UTC.
        not_after: the last day on which it is valid, in UTC.

    Raises:
        ConfigurationError: if the fingerprint is invalid, or the key is shorter than 2048 bits.
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
                f"got {self.modulus_bits}; fetch the certificate of the controller with 'kubeseal --fetch-cert'"
            )

    @property
    def modulus_bytes(self) -> int:
        """The length of a sealed session key, in bytes."""
        return (self.modulus_bits + 7) // 8

    @property
    def is_sample(self) -> bool:
        """Whether this is a sample certificate, whose private key does not exist."""
        return self.subject == SAMPLE_SUBJECT

"""A key pair for one run of the tests, and certificates with it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kubestock.secrets.keys import SealingCertificate, read_certificate

TODAY = date(2026, 3, 15)
CONTROLLERS_SIZE = 4
"""The number of the key that is as long as a controller makes its own: 4096 bits, and slow to make."""


def key_pair(number: int = 0) -> rsa.RSAPrivateKey:
    """Return one key for the whole session; another number is another key."""
    return _made(number)


@cache
def _made(number: int) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=4096 if number == CONTROLLERS_SIZE else 2048)


@dataclass(frozen=True, kw_only=True)
class Files:
    certificate: Path
    private_key: Path

    @property
    def sealing(self) -> SealingCertificate:
        return read_certificate(self.certificate)


def write_keys(
    folder: Path,
    *,
    number: int = 0,
    subject: str = "sealed-secret",
    made: date = TODAY - timedelta(days=3),
    expires: date = TODAY + timedelta(days=3650),
) -> Files:
    folder.mkdir(parents=True, exist_ok=True)
    key = key_pair(number)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(number + 1)
        .not_valid_before(datetime.combine(made, time(), UTC))
        .not_valid_after(datetime.combine(expires, time(), UTC))
        .sign(key, SHA256())
    )
    files = Files(certificate=folder / f"cert-{number}.pem", private_key=folder / f"controller-{number}.pem")
    files.certificate.write_bytes(certificate.public_bytes(Encoding.PEM))
    files.private_key.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return files

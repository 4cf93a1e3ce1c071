"""Reads sealing certificates and the private keys of the controller."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.x509.oid import NameOID

from kubestock.errors import ConfigurationError
from kubestock.secrets.certificates import PinnedCertificate
from kubestock.secrets.files import read_file
from kubestock.yaml.reader import read_documents

RENEWAL = timedelta(days=30)
"""How often the controller creates a new key."""

_PEM = b"-----BEGIN"
_FETCH = "fetch the controller's certificate with 'kubeseal --fetch-cert'"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingCertificate:
    """A certificate and its public key."""

    pinned: PinnedCertificate
    public_key: RSAPublicKey

    def check_not_expired(self, today: date) -> None:
        """Check that the certificate is valid today.

        Raises:
            ConfigurationError: if it is not valid today.
        """
        first, last = self.pinned.not_before, self.pinned.not_after
        if not first <= today <= last:
            state = "has expired" if today > last else "is not yet valid"
            raise ConfigurationError(
                f"the sealing certificate {state}: it is valid from {first} to {last}, and today is {today}; {_FETCH}"
            )

    def warnings(self, today: date) -> list[str]:
        """Return the warnings for the person who seals with the certificate."""
        found = []
        age = today - self.pinned.not_before
        if self.pinned.is_sample:
            found.append(
                "this is the sample certificate: its private key does not exist, so no cluster opens its values"
            )
        elif age > RENEWAL:
            found.append(
                f"the certificate is {age.days} days old, and the controller creates a new one every {RENEWAL.days}: "
                f"{_FETCH}"
            )
        return found


def read_certificate(path: Path) -> SealingCertificate:
    """Read the first certificate of a PEM file, as kubeseal does.

    Raises:
        ConfigurationError: if there is no certificate, or its key is not an RSA key.
    """
    content = _content("the sealing certificate", path, f"{_FETCH} and save it there, or name another with --cert")
    try:
        certificate = x509.load_pem_x509_certificate(content)
    except ValueError:
        raise ConfigurationError(f"{path} must be a valid certificate in PEM format; {_FETCH}") from None
    try:
        public_key = certificate.public_key()
    except (ValueError, UnsupportedAlgorithm):
        public_key = None
    if not isinstance(public_key, RSAPublicKey):
        raise ConfigurationError(f"the certificate in {path} must have an RSA key, got another kind of key; {_FETCH}")
    subject = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return SealingCertificate(
        public_key=public_key,
        pinned=PinnedCertificate(
            fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
            subject=str(subject[0].value) if subject else "",
            modulus_bits=public_key.key_size,
            not_before=certificate.not_valid_before_utc.date(),
            not_after=certificate.not_valid_after_utc.date(),
        ),
    )


def read_private_keys(path: Path) -> list[RSAPrivateKey]:
    """Read the controller's private keys from a PEM file, or from Secrets as `kubectl get secret -o yaml` prints them.

    Raises:
        ConfigurationError: if there is no key; the error shows nothing of the file.
    """
    content = _content("the private key", path, "name the file with the saved keys of the controller")
    blocks = [content] if content.lstrip().startswith(_PEM) else list(_keys_of_secrets(path, content))
    if not blocks:
        raise ConfigurationError(f"{path} must have Secrets with a tls.key, got none; save the controller's keys in it")
    return [_private_key(path, block) for block in blocks]


def _keys_of_secrets(path: Path, content: bytes) -> Iterator[bytes]:
    try:
        (document,) = read_documents(str(path), content)
    except ValueError:
        document = None
    items = document.get("items") or [document] if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise ConfigurationError(f"{path} must be a private key in PEM format, or Secrets in YAML, got something else")
    for secret in items:
        data = secret.get("data") if isinstance(secret, dict) else None
        key = data.get("tls.key") if isinstance(data, dict) else None
        if isinstance(key, str):
            try:
                yield base64.b64decode(key, validate=True)
            except (binascii.Error, ValueError):
                raise ConfigurationError(f"tls.key of each Secret in {path} must be valid base64") from None


def _private_key(path: Path, block: bytes) -> RSAPrivateKey:
    try:
        key = serialization.load_pem_private_key(block, password=None)
    except TypeError:
        raise ConfigurationError(f"the private key in {path} must not be encrypted; decrypt it first") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ConfigurationError(f"{path} must have a valid private key in PEM format") from None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(f"the private key in {path} must be an RSA key, got another kind of key")
    return key


def _content(what: str, path: Path, fix: str) -> bytes:
    try:
        return read_file(path)
    except OSError as error:
        raise ConfigurationError(f"{what} {path} cannot be read ({error.strerror}); {fix}") from None

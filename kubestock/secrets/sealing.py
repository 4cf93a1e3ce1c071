"""Seals and opens single values in the format of sealed-secrets, without access to files.

A value is encrypted with AES-256-GCM with a session key that is used once. The session key is encrypted with RSA-OAEP
(SHA-256) to the certificate, with the scope as the label. The nonce is constant, as the format requires; that is safe
because no session key is used twice.

See https://github.com/bitnami-labs/sealed-secrets/blob/v0.36.6/docs/developer/crypto.md
"""

import base64
import binascii
import secrets
import struct
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256

from kubestock.errors import ConfigurationError
from kubestock.secrets.ciphertext import LENGTH_BYTES, MAX_PLAINTEXT, TAG_BYTES

_SESSION_KEY_BYTES = 32
_NONCE = bytes(12)


def seal(value: bytes, *, public_key: RSAPublicKey, label: str) -> str:
    """Return the ciphertext of a value, in base64; it is different each time.

    Args:
        value: the value, with at most 1 MiB, the limit of a Secret.
        public_key: the public key of the sealing certificate.
        label: the label that the ciphertext is bound to: `SealingScope.label(…)`.

    Raises:
        ConfigurationError: if the value is larger than the limit of a Secret.
    """
    if len(value) > MAX_PLAINTEXT:
        raise ConfigurationError(
            f"a value must have at most {MAX_PLAINTEXT} bytes, the limit of a Secret, got {len(value)}; "
            "store it elsewhere, and seal the credentials to read it"
        )
    session_key = secrets.token_bytes(_SESSION_KEY_BYTES)
    sealed_key = public_key.encrypt(session_key, _padding(label))
    body = AESGCM(session_key).encrypt(_NONCE, value, None)
    return base64.b64encode(struct.pack(">H", len(sealed_key)) + sealed_key + body).decode("ascii")


def unseal(ciphertext: str, *, private_keys: Sequence[RSAPrivateKey], label: str) -> bytes | None:
    """Return the value of a ciphertext, or None if none of the keys opens it with this label."""
    try:
        sealed = base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError):
        return None
    if len(sealed) < LENGTH_BYTES + TAG_BYTES:
        return None
    end = LENGTH_BYTES + struct.unpack_from(">H", sealed)[0]
    for private_key in private_keys:
        value = _opened(sealed[LENGTH_BYTES:end], sealed[end:], private_key, label)
        if value is not None:
            return value
    return None


def _opened(sealed_key: bytes, body: bytes, private_key: RSAPrivateKey, label: str) -> bytes | None:
    try:
        session_key = private_key.decrypt(sealed_key, _padding(label))
        if len(session_key) != _SESSION_KEY_BYTES:
            return None
        return AESGCM(session_key).decrypt(_NONCE, body, None)
    except (ValueError, InvalidTag):
        return None


def _padding(label: str) -> OAEP:
    return OAEP(mgf=MGF1(SHA256()), algorithm=SHA256(), label=label.encode())

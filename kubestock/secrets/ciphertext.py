"""Checks of a ciphertext that need no key: its format, and the length of its plaintext."""

import base64
import binascii
import struct

from kubestock.errors import ConfigurationError

LENGTH_BYTES = 2
TAG_BYTES = 16
MAX_PLAINTEXT = 1024 * 1024
"""The largest total size of the values of a Secret that the API server accepts, in bytes."""

_WORD = 100
_SEAL = "seal the value with 'kubestock seal' and use the ciphertext"


def plaintext_bytes(what: str, ciphertext: str, *, modulus_bytes: int) -> int:
    """Return the length of the plaintext in bytes, if the ciphertext has the format of sealed-secrets.

    A ciphertext is the base64 of: the length of the sealed session key (two bytes), the sealed session key (as long as
    the modulus of the certificate), the encrypted value, and its authentication tag (16 bytes).

    Args:
        what: the name of the value, for errors.
        ciphertext: the ciphertext in base64.
        modulus_bytes: the modulus of the certificate that the value was sealed with: 512 for 4096 bits.

    Raises:
        ConfigurationError: if the format is wrong. The error never shows the ciphertext, which may be a plaintext.
    """
    if not isinstance(ciphertext, str) or not ciphertext:
        raise ConfigurationError(f"{what} must be a ciphertext in base64, got an empty string; {_SEAL}")
    if "-----BEGIN" in ciphertext:
        raise ConfigurationError(
            f"{what} must be a ciphertext, got a PEM block in plain text; if it was committed, it has leaked: "
            f"replace it, then {_SEAL}"
        )
    sealed = _decoded(what, ciphertext)
    shortest = LENGTH_BYTES + modulus_bytes + TAG_BYTES
    if len(sealed) < LENGTH_BYTES:
        raise _no_ciphertext(what, len(ciphertext))
    (length,) = struct.unpack_from(">H", sealed)
    if length != modulus_bytes:
        if len(ciphertext) < _WORD:
            raise _no_ciphertext(what, len(ciphertext))
        raise ConfigurationError(
            f"{what} must begin with the length of its session key, {modulus_bytes} for the certificate it was sealed "
            f"with, got {length}: it was sealed with another certificate; seal the value again"
        )
    if len(sealed) < shortest:
        raise ConfigurationError(
            f"{what} must have at least {shortest} bytes, got {len(sealed)}: it is truncated; seal the value again"
        )
    return len(sealed) - shortest


def _decoded(what: str, ciphertext: str) -> bytes:
    try:
        return base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError):
        if len(ciphertext) < _WORD:
            raise _no_ciphertext(what, len(ciphertext)) from None
        raise ConfigurationError(
            f"{what} must be base64 without line breaks, got {len(ciphertext)} characters that are not; {_SEAL}"
        ) from None


def _no_ciphertext(what: str, length: int) -> ConfigurationError:
    return ConfigurationError(
        f"{what} must be a ciphertext, got {length} characters that look like a plaintext; if it was committed, it has "
        f"leaked: replace it, then {_SEAL}"
    )

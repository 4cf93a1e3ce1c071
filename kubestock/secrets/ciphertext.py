"""What can be known of a ciphertext without any key: its form, and the length of what it holds."""

import base64
import binascii
import struct

from kubestock.errors import ConfigurationError

LENGTH_BYTES = 2
TAG_BYTES = 16
MAX_PLAINTEXT = 1024 * 1024
"""What the API server accepts as the values of one Secret, together, in bytes."""

_WORD = 100
_SEAL = "seal the value with 'kubestock seal' and put its ciphertext there"


def plaintext_bytes(what: str, ciphertext: str, *, modulus_bytes: int) -> int:
    """Return how many bytes a ciphertext holds, if it has the form that the controller opens.

    A ciphertext is base64 of: two bytes that say how long the sealed session key is, the session key (as
    long as the certificate's modulus), the value, and the 16 bytes that authenticate it.

    Args:
        what: names the value in an error.
        ciphertext: in base64.
        modulus_bytes: of the certificate that it was sealed with: 512 for 4096 bits.

    Raises:
        ConfigurationError: if it is no such ciphertext. The error never shows it: it may be a plaintext.
    """
    if not isinstance(ciphertext, str) or not ciphertext:
        raise ConfigurationError(f"{what} must be a ciphertext in base64, got nothing; {_SEAL}")
    if "-----BEGIN" in ciphertext:
        raise ConfigurationError(
            f"{what} must be a ciphertext, got a PEM block in plain text; if it was committed it has leaked: "
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
            f"with, but says {length}; it is no ciphertext of that certificate: seal the value again"
        )
    if len(sealed) < shortest:
        raise ConfigurationError(
            f"{what} must be at least {shortest} bytes long, got {len(sealed)}: it was cut short; seal the value again"
        )
    return len(sealed) - shortest


def _decoded(what: str, ciphertext: str) -> bytes:
    try:
        return base64.b64decode(ciphertext, validate=True)
    except (binascii.Error, ValueError):
        if len(ciphertext) < _WORD:
            raise _no_ciphertext(what, len(ciphertext)) from None
        raise ConfigurationError(
            f"{what} must be base64 without line breaks, got something else ({len(ciphertext)} characters); {_SEAL}"
        ) from None


def _no_ciphertext(what: str, length: int) -> ConfigurationError:
    return ConfigurationError(
        f"{what} must be a ciphertext, got {length} characters that look like a plaintext; if it was committed it has "
        f"leaked: replace it, then {_SEAL}"
    )

import base64
import re

import pytest
from keyring import key_pair

from kubestock.errors import ConfigurationError
from kubestock.secrets.ciphertext import plaintext_bytes
from kubestock.secrets.sealing import seal


def sealed(size: int = 5) -> str:
    return seal(bytes(size), public_key=key_pair().public_key(), label="shop/db")


def refused(ciphertext: str, *, modulus_bytes: int = 256) -> str:
    with pytest.raises(ConfigurationError) as caught:
        plaintext_bytes("db.DB_PASSWORD", ciphertext, modulus_bytes=modulus_bytes)
    assert not ciphertext or ciphertext not in str(caught.value)
    return str(caught.value)


def test_refuses_a_word() -> None:
    assert re.search("must be a ciphertext, got 11 characters that look like a plaintext", refused("swordfish99"))


def test_refuses_a_word_that_is_valid_base64() -> None:
    assert "look like a plaintext" in refused("swordfish123")


def test_refuses_a_private_key() -> None:
    header = "-----BEGIN " + "PRIVATE KEY-----"

    assert "got a PEM block in plain text" in refused(f"{header}\nMIIE\n")


def test_refuses_text_that_is_not_base64() -> None:
    assert "must be base64 without line breaks" in refused(sealed()[:200] + "*" + sealed()[200:])


def test_refuses_the_ciphertext_of_a_key_of_another_size() -> None:
    message = refused(sealed(), modulus_bytes=512)

    assert "512 for the certificate it was sealed with, got 256" in message


def test_refuses_a_truncated_ciphertext() -> None:
    cut = base64.b64encode(base64.b64decode(sealed(0))[:-1]).decode()

    assert "must have at least 274 bytes, got 273: it is truncated" in refused(cut)


def test_refuses_an_empty_string() -> None:
    assert "got an empty string" in refused("")

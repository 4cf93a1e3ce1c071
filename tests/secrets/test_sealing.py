import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keyring import key_pair

from kubestock.errors import ConfigurationError
from kubestock.secrets.ciphertext import plaintext_bytes
from kubestock.secrets.scopes import SealingScope
from kubestock.secrets.sealing import seal, unseal

NAMES = st.from_regex(r"[a-z0-9]([-a-z0-9]{0,20}[a-z0-9])?", fullmatch=True)
LABELS = st.builds(
    lambda scope, namespace, name: scope.label(namespace=namespace, name=name),
    st.sampled_from(SealingScope),
    NAMES,
    NAMES,
)


def opened(ciphertext: str, label: str, *, number: int = 0) -> bytes | None:
    return unseal(ciphertext, private_keys=[key_pair(number)], label=label)


@settings(deadline=None)
@given(value=st.binary(max_size=300), label=LABELS)
def test_a_sealed_value_opens_unchanged(value: bytes, label: str) -> None:
    sealed = seal(value, public_key=key_pair().public_key(), label=label)

    assert opened(sealed, label) == value
    assert plaintext_bytes("it", sealed, modulus_bytes=256) == len(value)


@settings(deadline=None)
@given(value=st.binary(max_size=40), label=LABELS, data=st.data())
def test_a_ciphertext_with_a_flipped_bit_does_not_open(value: bytes, label: str, data: st.DataObject) -> None:
    sealed = bytearray(base64.b64decode(seal(value, public_key=key_pair().public_key(), label=label)))
    position = data.draw(st.integers(0, len(sealed) - 1))
    sealed[position] ^= 1 << data.draw(st.integers(0, 7))

    assert opened(base64.b64encode(sealed).decode(), label) is None


@settings(deadline=None)
@given(label=LABELS, other=LABELS)
def test_a_value_opens_only_with_its_own_label(label: str, other: str) -> None:
    sealed = seal(b"value", public_key=key_pair().public_key(), label=label)

    assert opened(sealed, other) == (b"value" if other == label else None)


def test_every_byte_of_a_ciphertext_is_authenticated() -> None:
    sealed = base64.b64decode(seal(b"ab", public_key=key_pair().public_key(), label="shop/db"))
    opening = []
    for position in range(len(sealed)):
        broken = bytearray(sealed)
        broken[position] ^= 0xFF
        opening.append(opened(base64.b64encode(broken).decode(), "shop/db"))

    assert opening == [None] * len(sealed)


@pytest.mark.parametrize("size", [0, 1, 1024 * 1024])
def test_the_smallest_and_the_largest_value_open(size: int) -> None:
    sealed = seal(b"\xff" * size, public_key=key_pair().public_key(), label="")

    assert opened(sealed, "") == b"\xff" * size


def test_sealing_twice_gives_two_ciphertexts() -> None:
    public = key_pair().public_key()

    assert seal(b"value", public_key=public, label="") != seal(b"value", public_key=public, label="")


def test_another_key_does_not_open_it_and_one_of_several_does() -> None:
    sealed = seal(b"value", public_key=key_pair().public_key(), label="")

    assert opened(sealed, "", number=1) is None
    assert unseal(sealed, private_keys=[key_pair(1), key_pair()], label="") == b"value"


@pytest.mark.parametrize("ciphertext", ["", "no base64!", "Ag==", base64.b64encode(bytes(600)).decode()])
def test_text_that_is_not_a_ciphertext_does_not_open(ciphertext: str) -> None:
    assert opened(ciphertext, "") is None


def test_refuses_a_value_larger_than_the_limit_of_a_secret() -> None:
    with pytest.raises(ConfigurationError, match=r"must have at most 1048576 bytes.*got 1048577"):
        seal(bytes(1024 * 1024 + 1), public_key=key_pair().public_key(), label="")

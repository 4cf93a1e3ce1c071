import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef, checksum


def test_refuses_a_key_that_is_not_one_of_the_known_keys() -> None:
    with pytest.raises(
        ConfigurationError, match=r"key of db must be one of its keys \(DB_HOST, DB_USER\), got 'DB_PASS'"
    ):
        SecretRef(name="db", keys=("DB_USER", "DB_HOST"))["DB_PASS"]


def test_a_key_is_checked_in_every_reference() -> None:
    with pytest.raises(ConfigurationError, match="a key of db must be made of"):
        SecretKey(source=SecretRef(name="db"), key="a b")
    with pytest.raises(ConfigurationError, match=r"key of flags must be one of its keys \(beta\), got 'gamma'"):
        ConfigMapKey(source=ConfigMapRef(name="flags", keys=("beta",)), key="gamma")

    assert SecretKey(source=SecretRef(name="db"), key="DB_HOST") == SecretRef(name="db")["DB_HOST"]


def test_accepts_any_key_if_the_keys_are_not_known() -> None:
    assert ConfigMapRef(name="flags")["beta"].key == "beta"


def test_refuses_names_and_keys_that_no_object_can_have() -> None:
    with pytest.raises(ConfigurationError, match=r"name must be made of .*, got 'My_Map'"):
        ConfigMapRef(name="My_Map")
    with pytest.raises(ConfigurationError, match="a key of flags must be made of"):
        ConfigMapRef(name="flags", keys=("a b",))


@given(st.dictionaries(st.text(), st.text()))
def test_a_checksum_depends_on_content_and_not_on_order(content: dict[str, str]) -> None:
    turned = dict(reversed(content.items()))

    assert checksum(content) == checksum(turned)
    assert checksum(content) != checksum({**content, "another key": "x"}) or "another key" in content

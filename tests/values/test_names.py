import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.values import names

LABEL = r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?"


@given(st.from_regex(LABEL, fullmatch=True))
def test_every_rfc_1123_label_is_a_dns_label(value: str) -> None:
    assert names.dns_label("name", value) == value


@given(st.text(max_size=70))
def test_a_text_is_a_dns_label_exactly_if_rfc_1123_accepts_it(value: str) -> None:
    accepted = re.fullmatch(LABEL, value, re.ASCII) is not None

    if accepted:
        assert names.dns_label("name", value) == value
    else:
        with pytest.raises(ConfigurationError):
            names.dns_label("name", value)


def test_refuses_a_name_over_63_characters_and_the_error_has_its_length() -> None:
    with pytest.raises(ConfigurationError, match="name must have at most 63 characters, got 64"):
        names.dns_label("name", "a" * 64)


def test_refuses_upper_case_and_underscores_and_suggests_a_name() -> None:
    with pytest.raises(ConfigurationError, match="got 'Ms_Orders'; for example 'ms-orders'"):
        names.dns_label("name", "Ms_Orders")


def test_refuses_a_name_that_is_not_a_text() -> None:
    with pytest.raises(ConfigurationError, match="name must be a text, got 3"):
        names.dns_label("name", 3)  # type: ignore[arg-type]  # what a caller without a type checker does


def test_refuses_an_empty_name() -> None:
    with pytest.raises(ConfigurationError, match="got ''"):
        names.dns_label("name", "")


def test_refuses_a_service_name_that_begins_with_a_digit() -> None:
    with pytest.raises(ConfigurationError, match="a lower-case letter first"):
        names.service_name("name", "1st")


def test_a_subdomain_is_labels_joined_by_dots() -> None:
    assert names.dns_subdomain("name", "a.b-c.d1") == "a.b-c.d1"

    with pytest.raises(ConfigurationError, match="each part of name"):
        names.dns_subdomain("name", "a..b")
    with pytest.raises(ConfigurationError, match="at most 253"):
        names.dns_subdomain("name", "a." * 127 + "a" * 10)


@pytest.mark.parametrize("value", ["orders", "a.b-c.d1", "1", "a" * 253])
def test_accepts_names_of_objects_whose_parts_are_longer_than_those_of_hosts(value: str) -> None:
    assert names.object_name("name", value) == value


@pytest.mark.parametrize("value", ["a..b", ".a", "a.", "-a", "a.-b", "A", "a_b", "", "a" * 254])
def test_refuses_a_name_that_no_object_can_have(value: str) -> None:
    with pytest.raises(ConfigurationError, match="name must"):
        names.object_name("name", value)


def test_refuses_a_host_name_of_one_label() -> None:
    with pytest.raises(ConfigurationError, match=r"must be a full host name .*got 'localhost'"):
        names.host_name("host", "localhost")


@pytest.mark.parametrize("value", ["https://shop.example.com", "http://Shop.example.com:8080/api?a=b", "HTTPS://x/"])
def test_refuses_a_url_for_a_host_name_and_names_the_host(value: str) -> None:
    host = "x" if "x/" in value else "shop.example.com"

    with pytest.raises(ConfigurationError, match=f"without a scheme, a port and a path, got .*; write '{host}'$"):
        names.host_name("host", value)


def test_an_error_about_a_url_does_not_show_a_password() -> None:
    with pytest.raises(ConfigurationError, match=r"got a URL with a user; write 'shop\.example\.com'$"):
        names.host_name("host", "https://orders:canary@shop.example.com/api")


@pytest.mark.parametrize("value", ["http", "h2c", "a", "8080-tcp", "a" * 15])
def test_accepts_port_names_that_iana_accepts(value: str) -> None:
    assert names.port_name("port name", value) == value


@pytest.mark.parametrize("value", ["a" * 16, "8080", "a--b", "-a", "HTTP", "a_b", ""])
def test_refuses_port_names_that_iana_rejects(value: str) -> None:
    with pytest.raises(ConfigurationError, match="port name"):
        names.port_name("port name", value)


@pytest.mark.parametrize("value", [0, 65536, True, "80", 1.5])
def test_refuses_an_invalid_port_number(value: object) -> None:
    with pytest.raises(ConfigurationError, match="port must be a port from 1 to 65535"):
        names.port_number("port", value)  # type: ignore[arg-type]  # what a caller without a type checker does


@pytest.mark.parametrize("value", ["DB_HOST", "tls.crt", ".dockerconfigjson", "-", "a..b"])
def test_accepts_data_keys_that_can_be_files(value: str) -> None:
    assert names.data_key("key", value) == value


@pytest.mark.parametrize("value", [".", "..", "..a", "a/b", "a b", ""])
def test_refuses_data_keys_that_cannot_be_files(value: str) -> None:
    with pytest.raises(ConfigurationError, match="key must be made of letters, digits"):
        names.data_key("key", value)


@pytest.mark.parametrize("value", ["DB_HOST", "_", "spring.profiles.active", "A-B", ".a", "-", "a" * 300])
def test_accepts_variable_names_that_every_release_accepts(value: str) -> None:
    assert names.variable_name("variable", value) == value


@pytest.mark.parametrize("value", ["1A", "A=B", "A B", "Ä", ".", "..", "..a", ""])
def test_refuses_variable_names_that_a_release_rejects(value: str) -> None:
    with pytest.raises(ConfigurationError, match=r"variable must be made of letters, digits, '_', '-' and '.'"):
        names.variable_name("variable", value)

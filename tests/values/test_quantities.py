from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.values.quantities import Quantity, whole_bytes


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", Fraction(0)),
        ("1", Fraction(1)),
        ("250m", Fraction(1, 4)),
        ("0.1", Fraction(1, 10)),
        (".5", Fraction(1, 2)),
        ("2.", Fraction(2)),
        ("1k", Fraction(1000)),
        ("1Ki", Fraction(1024)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("1E", Fraction(10**18)),
        ("1Ei", Fraction(2**60)),
        ("1e3", Fraction(1000)),
        ("12E2", Fraction(1200)),
        ("1e-3", Fraction(1, 1000)),
        ("5n", Fraction(5, 10**9)),
        ("5u", Fraction(5, 10**6)),
    ],
)
def test_reads_every_form_of_the_kubernetes_grammar(text: str, amount: Fraction) -> None:
    assert Quantity(text).amount == amount


@pytest.mark.parametrize(
    "text", ["", "100 bananas", "1KI", "1K", "-1", "+1", "1.2.3", "Mi", "1 Mi", "1mm", "\u0661", "e3"]
)
def test_refuses_what_the_api_server_rejects_or_no_resource_can_be(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a quantity"):
        Quantity(text)


@pytest.mark.parametrize("text", ["8Ei", "1e19", "9223372036854775807.1", "9" * 60])
def test_refuses_an_amount_that_kubernetes_would_reduce(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a quantity must be at most 9223372036854775807"):
        Quantity(text)

    assert Quantity("9223372036854775807").amount == 2**63 - 1


@pytest.mark.parametrize("text", ["1e1000000000", "1" * 65])
def test_refuses_a_text_that_would_take_long_to_read(text: str) -> None:
    with pytest.raises(ConfigurationError, match="a quantity must be a number"):
        Quantity(text)


@pytest.mark.parametrize(("text", "bytes_"), [("128m", "0.128"), ("0.5", "0.5")])
def test_refuses_a_part_of_a_byte(text: str, bytes_: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"memory must be a whole number of bytes, got {text}, .* {bytes_} bytes"
    ):
        whole_bytes("memory", text)

    assert whole_bytes("memory", "1.5Ki").amount == 1536


def test_refuses_a_number_instead_of_a_text() -> None:
    with pytest.raises(ConfigurationError, match="got 128"):
        Quantity(128)  # type: ignore[arg-type]  # what a caller without a type checker does


def test_quantities_with_the_same_amount_are_equal() -> None:
    assert Quantity("1") == Quantity("1000m")
    assert hash(Quantity("1Gi")) == hash(Quantity("1024Mi"))
    assert Quantity("0.1") < Quantity("100.0000001m") < Quantity("0.2")


def test_keeps_the_given_text() -> None:
    assert str(Quantity("1024Mi")) == "1024Mi"


@given(st.fractions(min_value=0, max_value=10**6))
def test_writes_cpu_in_millicores_rounded_up_by_less_than_one(cores: Fraction) -> None:
    written = Quantity.cpu(cores).amount

    assert 0 <= written - cores < Fraction(1, 1000)


@given(st.fractions(min_value=0, max_value=2**62))
def test_writes_bytes_rounded_up_by_less_than_one(amount: Fraction) -> None:
    written = Quantity.bytes(amount).amount

    assert 0 <= written - amount < 1


def test_writes_bytes_with_the_largest_suffix_that_is_exact() -> None:
    assert [str(Quantity.bytes(Fraction(n))) for n in (2**30, 3 * 2**20, 1000, 0)] == ["1Gi", "3Mi", "1000", "0"]

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.values import numbers


@pytest.mark.parametrize("value", [True, 1.0, "1", None])
def test_refuses_a_value_that_is_not_a_whole_number(value: object) -> None:
    with pytest.raises(ConfigurationError, match="replicas must be a whole number"):
        numbers.whole("replicas", value)  # type: ignore[arg-type]  # what a caller without a type checker does


def test_refuses_numbers_out_of_range() -> None:
    with pytest.raises(ConfigurationError, match="replicas must be at least 1, got 0"):
        numbers.whole("replicas", 0, minimum=1)
    with pytest.raises(ConfigurationError, match="replicas must be at most 9, got 10"):
        numbers.whole("replicas", 10, maximum=9)


def test_refuses_numbers_above_the_maximum_of_kubernetes_fields() -> None:
    with pytest.raises(ConfigurationError, match="replicas must be at most 2147483647, got 2147483648"):
        numbers.whole("replicas", 2**31)
    with pytest.raises(ConfigurationError, match="period_seconds must be at most 2147483647"):
        numbers.seconds("period_seconds", 2**31)

    assert numbers.whole("replicas", 2**31 - 1) == 2**31 - 1
    assert numbers.whole("bytes", 2**40, maximum=None) == 2**40


@pytest.mark.parametrize("value", ["25", "%", "-5%", "2.5%", "²%", "9" * 5000 + "%", 25])
def test_refuses_a_value_that_is_not_a_percentage(value: object) -> None:
    with pytest.raises(ConfigurationError, match="max_surge must be a percentage such as '25%'"):
        numbers.percent("max_surge", value)  # type: ignore[arg-type]  # what a caller without a type checker does


def test_refuses_a_percentage_above_100_where_it_is_a_part_of_the_pods() -> None:
    with pytest.raises(ConfigurationError, match="max_unavailable must be at most 100, got 101"):
        numbers.count_or_percent("max_unavailable", "101%")

    assert numbers.count_or_percent("max_surge", "200%", maximum_percent=None) == "200%"


@pytest.mark.parametrize(("value", "zero"), [(0, True), ("0%", True), ("00%", True), (1, False), ("01%", False)])
def test_a_percentage_is_zero_however_it_is_written(value: int | str, zero: bool) -> None:
    assert numbers.is_zero(value) is zero


@given(st.integers(0, 300), st.integers(0, 1000))
def test_max_surge_is_rounded_up_and_max_unavailable_down(share: int, pods: int) -> None:
    up = numbers.of_pods(f"{share}%", pods, round_up=True)
    down = numbers.of_pods(f"{share}%", pods, round_up=False)

    assert down * 100 <= share * pods < (down + 1) * 100
    assert (up - 1) * 100 < share * pods <= up * 100


def test_seconds_are_whole_numbers_and_not_texts() -> None:
    assert numbers.seconds("period_seconds", 5) == 5

    with pytest.raises(ConfigurationError, match="period_seconds must be a whole number of seconds, got '5s'"):
        numbers.seconds("period_seconds", "5s")  # type: ignore[arg-type]  # what a caller without types does

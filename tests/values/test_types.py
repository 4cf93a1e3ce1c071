from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.types import fits, frozen, typed


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    number: int = 1
    texts: tuple[str, ...] = ()
    table: Mapping[str, int | None] | None = None
    choice: Literal["a", "b"] = "a"
    switch: bool = False


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": "1"}, "number must be int, got str"),
        ({"number": True}, "number must be int, got True"),
        ({"number": 1.5}, "number must be int, got 1.5"),
        ({"texts": "ab"}, "texts must be tuple[str, …], got str"),
        ({"texts": ["ab"]}, "texts must be tuple[str, …], got list"),
        ({"texts": ("a", 2)}, "texts[1] must be str, got 2"),
        ({"table": {"a": 1, "b": "2"}}, "table['b'] must be int or None, got str"),
        ({"choice": "c"}, "choice must be 'a' or 'b', got 'c'"),
        ({"switch": 1}, "switch must be bool, got 1"),
    ],
)
def test_refuses_arguments_of_another_type_and_names_the_item(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Sample(**values)

    assert message in str(refused.value)


def test_an_error_shows_no_text_that_might_be_confidential() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Sample(number="confidential")  # type: ignore[arg-type]  # what is tested

    assert "confidential" not in str(refused.value)


@pytest.mark.parametrize(
    ("value", "hint", "expected"),
    [
        ([1, 2], Sequence[int], True),
        ((1, "2"), Sequence[int], False),
        ("12", Sequence[str], False),
        ({"a": [1]}, Mapping[str, Any], True),
        (None, int | None, True),
        (None, int, False),
        (1, float, True),
        (True, float, False),
        (308, Literal[301, 308], True),
        (True, Literal[0, 1], False),
    ],
)
def test_collections_are_read_to_their_items(value: object, hint: Any, expected: bool) -> None:
    assert fits(value, hint) is expected


def test_a_frozen_copy_does_not_follow_changes_of_what_it_was_made_from() -> None:
    given = {"a": [1, {"b": [2]}]}
    copy = frozen(given)
    given["a"].append(3)

    assert copy == {"a": (1, {"b": (2,)})}
    with pytest.raises(TypeError):
        copy["c"] = 1

from collections.abc import Mapping, Sequence
from dataclasses import FrozenInstanceError, field, replace
from typing import Any, Literal, Protocol

import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.annotations import fitting
from kubestock.values.value import Value, checked, freeze, require_unique, to_plain


class Sample(Value):
    number: int = 1
    texts: tuple[str, ...] = ()
    table: Mapping[str, int | None] | None = None
    choice: Literal["a", "b"] = "a"
    switch: bool = False
    nested: Mapping[str, Sequence[str]] = field(default_factory=dict)


class Pair(Value, kw_only=False):
    first: int
    second: str = "two"

    def check(self) -> None:
        if self.first < 0:
            raise ConfigurationError(f"first must be at least 0, got {self.first}")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"number": "1"}, "number must be int, got str"),
        ({"number": True}, "number must be int, got True"),
        ({"number": 1.5}, "number must be int, got 1.5"),
        ({"texts": "ab"}, "texts must be tuple[str, …], got str"),
        ({"texts": ("a", 2)}, "texts[1] must be str, got 2"),
        ({"texts": ["a", 2]}, "texts[1] must be str, got 2"),
        ({"texts": {"a": 1}}, "texts must be tuple[str, …], got dict"),
        ({"table": {"a": 1, "b": "2"}}, "table['b'] must be int or None, got str"),
        ({"choice": "c"}, "choice must be 'a' or 'b', got 'c'"),
        ({"switch": 1}, "switch must be bool, got 1"),
    ],
)
def test_refuses_arguments_of_a_wrong_type_and_names_the_item(values: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Sample(**values)

    assert message in str(refused.value)


def test_an_error_does_not_show_texts_that_may_be_confidential() -> None:
    with pytest.raises(ConfigurationError) as refused:
        Sample(number="confidential")  # type: ignore[arg-type]  # what is tested

    assert "confidential" not in str(refused.value)


@pytest.mark.parametrize(
    ("positional", "named", "message"),
    [
        ((), {"frist": 1}, "Pair has no argument 'frist'; did you mean 'first'?"),
        ((), {"first": 1, "colour": 1}, "Pair has no argument 'colour'; it takes first, second"),
        ((), {}, "Pair requires 'first', which is missing"),
        ((1, "2", 3), {}, "Pair takes 2 arguments by position, got 3"),
        ((1,), {"first": 1}, "Pair got argument 'first' twice, by position and by name; give it once"),
    ],
)
def test_an_error_names_the_misspelt_argument_its_class_and_the_closest_name(
    positional: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Pair(*positional, **named)

    assert message in str(refused.value)


def test_refuses_a_positional_value_for_keyword_arguments() -> None:
    with pytest.raises(ConfigurationError, match=r"Sample takes 0 arguments by position, got 1; give number, texts"):
        Sample(1)  # type: ignore[call-arg]  # what is tested


def test_a_list_is_accepted_for_a_tuple() -> None:
    assert Sample(texts=["a"]).texts == ("a",)  # type: ignore[arg-type]  # for callers without a type checker


def test_collections_are_copied_deeply_and_cannot_change() -> None:
    given = {"a": ["b"]}
    made = Sample(nested=given)
    given["a"].append("c")

    assert made.nested == {"a": ("b",)}
    with pytest.raises(TypeError):
        made.nested["d"] = ()  # type: ignore[index]  # what is tested
    with pytest.raises(FrozenInstanceError):
        made.number = 2  # type: ignore[misc]  # what is tested


def test_a_replaced_value_is_checked_like_the_original() -> None:
    assert replace(Pair(1), first=2) == Pair(2, "two")
    with pytest.raises(ConfigurationError, match="first must be at least 0, got -1"):
        replace(Pair(1), first=-1)
    with pytest.raises(ConfigurationError, match=r"Pair has no argument 'frist'; did you mean 'first'\\?"):
        replace(Pair(1), frist=2)  # type: ignore[call-arg]  # what is tested


class Named(Protocol):
    @property
    def name(self) -> str: ...

    def port(self) -> int: ...


class Explosive:
    @property
    def name(self) -> str:
        raise ConfigurationError("this property must not be read")

    def port(self) -> int:
        return 1


class Construct:
    @checked
    def __init__(self, scope: int, id: str, *, name: str, port: int = 1) -> None:
        self.made = (scope, id, name, port)

    @checked
    def call(self, callee: Named, *, variable: str | None = None) -> str | None:
        return variable if callee else None


@pytest.mark.parametrize(
    ("positional", "named", "message"),
    [
        ((1, "a"), {"nmae": "x"}, "Construct has no argument 'nmae'; did you mean 'name'?"),
        ((1, "a"), {}, "Construct requires 'name', which is missing"),
        ((1,), {"name": "x"}, "Construct requires 'id', which is missing"),
        ((1, "a", "x"), {}, "Construct takes 2 arguments by position, got 3; give name, port by name"),
        ((1, 2), {"name": "x"}, "id must be str, got 2"),
        ((1, "a"), {"name": "x", "port": "80"}, "port must be int, got str"),
    ],
)
def test_a_construct_names_itself_and_the_argument(
    positional: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(ConfigurationError) as refused:
        Construct(*positional, **named)

    assert message in str(refused.value)


def test_a_method_names_its_class_and_the_argument() -> None:
    made = Construct(1, "a", name="x")

    assert made.call(Explosive(), variable="URL") == "URL"
    with pytest.raises(ConfigurationError, match=r"^Construct\.call has no argument 'varible'; did you mean"):
        made.call(Explosive(), varible="URL")  # type: ignore[call-arg]  # what is tested
    with pytest.raises(ConfigurationError, match="callee must be Named, got Pair"):
        made.call(Pair(1))  # type: ignore[arg-type]  # what is tested


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
        ([1], tuple[int, ...], True),
        ({1}, tuple[int, ...], False),
    ],
)
def test_the_items_of_collections_are_checked(value: object, hint: Any, expected: bool) -> None:
    assert fitting(hint)(value) is expected


def test_a_frozen_copy_does_not_change_with_the_original() -> None:
    given = {"a": [1, {"b": [2]}]}
    copy = freeze(given)
    given["a"].append(3)

    assert copy == {"a": (1, {"b": (2,)})}
    with pytest.raises(TypeError):
        copy["c"] = 1


def test_a_plain_value_leaves_out_fields_that_are_none() -> None:
    assert to_plain([Pair(1), {"inner": Sample(texts=("a",))}])[0] == {"first": 1, "second": "two"}
    assert "table" not in to_plain(Sample())


def test_refuses_duplicates_and_names_all_of_them() -> None:
    require_unique("port name", ["a", "b"])

    with pytest.raises(ConfigurationError, match="each port name of 'orders' must be unique, got 'a', 'b' more than"):
        require_unique("port name", ["a", "b", "a", "b", "c"], "'orders'")

"""What the validators of the programs and the columns of their databases take."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Takes = Callable[[Any], bool]
_LARGEST = 2**31 - 1


def joi(body: Any, required: Iterable[str], fields: Mapping[str, Takes]) -> bool:
    """An object of Joi: nothing but these fields, each as it should be."""
    return (
        isinstance(body, dict)
        and set(required) <= set(body)
        and all(name in fields and fields[name](value) for name, value in body.items())
    )


def number(*, least: float, whole: bool = True) -> Takes:
    """A number of Joi, which reads texts, too."""

    def takes(value: Any) -> bool:
        if isinstance(value, str):
            value = float(value) if re.fullmatch(r"\s*[+-]?[0-9]+([.][0-9]+)?([eE][+-]?[0-9]+)?\s*", value) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return bool(value >= least and (not whole or value == int(value)))

    return takes


def text(longest: int, *, shortest: int = 1, empty: bool = False) -> Takes:
    return lambda value: isinstance(value, str) and ((empty and value == "") or shortest <= len(value) <= longest)


def of(*values: Any) -> Takes:
    return lambda value: value in values


def integer_column(value: Any) -> bool:
    """Whether PostgreSQL takes it for an integer; None is null."""
    if value is None:
        return True
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    if not re.fullmatch(
        r"\s*[+-]?[0-9]+\s*", str(int(value) if isinstance(value, float) and value == int(value) else value)
    ):
        return False
    return -_LARGEST - 1 <= int(float(value)) <= _LARGEST


def decimal_column(digits: int) -> Takes:
    def takes(value: Any) -> bool:
        if value is None:
            return True
        if isinstance(value, bool) or not re.fullmatch(
            r"\s*[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?\s*", str(value)
        ):
            return False
        return bool(round(abs(float(value)), 2) < 10**digits)

    return takes


def text_column(longest: int | None = None) -> Takes:
    def takes(value: Any) -> bool:
        written = value if isinstance(value, str) else str(value)
        return value is None or ("\x00" not in written and (longest is None or len(written) <= longest))

    return takes


def date_column(value: Any) -> bool:
    return value is None or bool(
        isinstance(value, str)
        and re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(T[0-9:.]+(Z|[+-][0-9:]+)?)?", value)
    )


def boolean_column(value: Any) -> bool:
    return value is None or isinstance(value, bool) or value in ("true", "false")


def stored(row: Mapping[str, Any], columns: Mapping[str, Takes], *, never_null: Iterable[str] = ()) -> bool:
    """Whether the database takes a row; what is not there is null."""
    return all(row.get(name) is not None for name in never_null) and all(
        takes(row.get(name)) for name, takes in columns.items()
    )


def changed(row: Any, columns: Mapping[str, Takes], *, never_null: Iterable[str] = ()) -> bool:
    """Whether the database takes a change of some columns; one of nothing is an error of the programs."""
    known = {name: row[name] for name in columns if name in row} if isinstance(row, dict) else {}
    return bool(known) and stored(
        known, {name: columns[name] for name in known}, never_null=set(never_null) & set(known)
    )

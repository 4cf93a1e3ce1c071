"""Quantities of Kubernetes, such as 250m or 128Mi, parsed and compared exactly."""

import re
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import Self

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

_FORM = re.compile(
    r"(?=.{1,64}\Z)(?P<number>[0-9]+(\.[0-9]*)?|\.[0-9]+)(?:[eE](?P<exponent>[+-]?[0-9]{1,2})|(?P<suffix>[A-Za-z]*))"
)
_LARGEST = 2**63 - 1

_SUFFIXES: dict[str, Fraction] = {
    "n": Fraction(1, 10**9),
    "u": Fraction(1, 10**6),
    "m": Fraction(1, 1000),
    "": Fraction(1),
    **{letter: Fraction(1000**power) for power, letter in enumerate("kMGTPE", start=1)},
    **{f"{letter}i": Fraction(1024**power) for power, letter in enumerate("KMGTPE", start=1)},
}
_BINARY = ("Ei", "Pi", "Ti", "Gi", "Mi", "Ki")


@total_ordering
class Quantity(Value, kw_only=False):
    """Represents an exact amount of cpu (cores), memory or storage (bytes).

    The manifest contains the text as it was given. Two quantities are equal if their amounts are equal:
    `Quantity("1") == Quantity("1000m")`.

    Raises:
        ConfigurationError: if the text is not a quantity, is negative, or is greater than 9223372036854775807, the
            maximum of Kubernetes.

    See https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
    """

    text: str

    def check(self) -> None:
        if exact_amount(self.text) > _LARGEST:
            raise ConfigurationError(
                f"a quantity must be at most {_LARGEST}, the maximum of Kubernetes, got {self.text!r}"
            )

    @classmethod
    def of(cls, value: "str | Quantity") -> Self:
        """Return `value` as a quantity; a text is parsed."""
        return cls(value.text) if isinstance(value, Quantity) else cls(value)

    @classmethod
    def cpu(cls, cores: Fraction) -> Self:
        """Return an amount of cpu in whole millicores, rounded up."""
        millicores = -(-cores * 1000 // 1)
        return cls(f"{millicores}m") if millicores % 1000 else cls(str(millicores // 1000))

    @classmethod
    def bytes(cls, amount: Fraction) -> Self:
        """Return an amount of bytes, rounded up to a byte, with the largest binary suffix that is exact."""
        whole = -(-amount // 1)
        for suffix in _BINARY:
            unit = int(_SUFFIXES[suffix])
            if whole and whole % unit == 0:
                return cls(f"{whole // unit}{suffix}")
        return cls(str(whole))

    @property
    def amount(self) -> Fraction:
        """The exact amount, in cores or bytes."""
        return exact_amount(self.text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Quantity) and self.amount == other.amount

    def __lt__(self, other: "Quantity") -> bool:
        return self.amount < other.amount

    def __hash__(self) -> int:
        return hash(self.amount)

    def __str__(self) -> str:
        return self.text


def whole_bytes(what: str, value: str | Quantity) -> Quantity:
    """Return `value` as a quantity after checking that it is a whole number of bytes.

    Raises:
        ConfigurationError: if it is not a quantity, or not a whole number of bytes: `128m` is 0.128 bytes.
    """
    try:
        quantity = Quantity.of(value)
    except ConfigurationError as error:
        raise ConfigurationError(f"{what}: {error}") from None
    if quantity.amount.denominator != 1:
        raise ConfigurationError(
            f"{what} must be a whole number of bytes, got {quantity}, which is {float(quantity.amount):g} bytes; write "
            "megabytes as 'M' or 'Mi'"
        )
    return quantity


@lru_cache(maxsize=4096)
def exact_amount(text: str) -> Fraction:
    """Return the amount of a text, without a maximum.

    Raises:
        ConfigurationError: if the text is not a quantity, or is negative.
    """
    found = _FORM.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        raise ConfigurationError(
            f"a quantity must be a number with an optional suffix, such as '250m' or '128Mi', got {text!r}"
        )
    return Fraction(found["number"]) * _unit(text, found)


def _unit(text: str, found: re.Match[str]) -> Fraction:
    if found["exponent"]:
        return Fraction(10) ** int(found["exponent"])
    suffix = found["suffix"]
    if suffix not in _SUFFIXES:
        known = ", ".join(name for name in _SUFFIXES if name)
        raise ConfigurationError(f"a quantity's suffix must be one of {known}, got {text!r}")
    return _SUFFIXES[suffix]

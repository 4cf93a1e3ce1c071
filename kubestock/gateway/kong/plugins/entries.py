"""Checks of the entries of transformer plugins, which have the form `Name:value`."""

import re
from collections.abc import Sequence

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis
from kubestock.values.references import SecretKey
from kubestock.values.value import Value


class SealedHeader(Value):
    """A request header whose value is confidential, for `RequestTransformer`.

    Args:
        name: the name of the header. The logs leave it out by this name.
        entry: the whole entry, `X-Upstream-Key:…`, as a key of the sealed Secret.

    Raises:
        ConfigurationError: if the name is not a header name that Kong accepts.
    """

    name: str
    entry: SecretKey

    def check(self) -> None:
        """Check the name."""
        http.kong_header("name of a SealedHeader", self.name)


def check_pairs(what: str, entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Check that each entry has a name, a colon, and a value on one line."""
    for position, each in enumerate(entries):
        if not isinstance(each, str):
            continue
        name, colon, value = each.partition(":")
        if not name or not colon:
            raise ConfigurationError(
                f"{what}[{position}] must have the form 'Name:value'; write a colon after the name"
            )
        if "\n" in value or "\r" in value:
            raise ConfigurationError(f"{what}[{position}], {name!r}, must have a value on one line")


def check_header_pairs(entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Check that each entry also begins with a header name that Kong accepts."""
    check_pairs("headers", entries)
    for position, each in enumerate(entries):
        if isinstance(each, str):
            http.kong_header(f"the name in headers[{position}]", each.partition(":")[0])


def check_values(what: str, entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Check that each entry has a value, and that Kong can compile the templates in it."""
    for position, each in enumerate(entries):
        if isinstance(each, str):
            name, _, value = each.partition(":")
            if not value:
                raise ConfigurationError(f"{what}[{position}], {name!r}, must have a value, or Kong rejects the file")
            replace_templates(f"{what}[{position}], {name!r},", value)


def replace_templates(what: str, value: str) -> str:
    """Return the value with an `x` for each template `$(…)`.

    Raises:
        ConfigurationError: if a template is not closed, or is not valid Lua. The message does not show the value.
    """
    kept, position = "", 0
    for start in re.finditer(r"\$\(", value):
        if start.start() < position:
            continue
        depth, end = 1, start.end()
        while depth and end < len(value):
            depth += {"(": 1, ")": -1}.get(value[end], 0)
            end += 1
        if depth or LuaAnalysis(f"return ({value[start.end() : end - 1]})").problem:
            raise ConfigurationError(
                f"{what} must contain only closed templates with a Lua expression, such as $(headers.host)"
            )
        kept, position = f"{kept}{value[position : start.start()]}x", end
    return kept + value[position:]

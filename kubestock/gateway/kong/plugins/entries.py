"""The entries of transformers, of the form `Name:value`, as Kong's validators take them."""

import re
from collections.abc import Sequence

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis
from kubestock.values.references import SecretKey
from kubestock.values.value import Value


class SealedHeader(Value):
    """A header of requests whose value is confidential.

    Args:
        name: of the header, by which logs leave it out.
        entry: a key of the Secret that the configuration is rendered from, where the whole entry is sealed, the same
            name at its beginning: `X-Upstream-Key:…`.
    """

    name: str
    entry: SecretKey

    def check(self) -> None:
        """Refuse what is no header."""
        http.kong_header("name of a SealedHeader", self.name)


def check_pairs(what: str, entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Refuse entries without a name, a colon, or an end on the same line."""
    for position, each in enumerate(entries):
        if not isinstance(each, str):
            continue
        name, colon, value = each.partition(":")
        if not name or not colon:
            raise ConfigurationError(
                f"{what}[{position}] must be of the form 'Name:value'; write a colon after the name"
            )
        if "\n" in value or "\r" in value:
            raise ConfigurationError(f"{what}[{position}], {name!r}, must have a value on one line")


def check_header_pairs(entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Refuse entries whose name Kong takes for no header."""
    check_pairs("headers", entries)
    for position, each in enumerate(entries):
        if isinstance(each, str):
            http.kong_header(f"the name in headers[{position}]", each.partition(":")[0])


def check_values(what: str, entries: Sequence[str | SecretKey | SealedHeader]) -> None:
    """Refuse entries without a value, and with a template that Kong cannot compile."""
    for position, each in enumerate(entries):
        if isinstance(each, str):
            name, _, value = each.partition(":")
            if not value:
                raise ConfigurationError(f"{what}[{position}], {name!r}, must have a value, or Kong refuses the file")
            replace_templates(f"{what}[{position}], {name!r},", value)


def replace_templates(what: str, value: str) -> str:
    """Return the value with an `x` in place of each `$(…)`.

    Raises:
        ConfigurationError: for `$(` without its end, and for what is no Lua in between; it does not show the value.
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
                f"{what} must hold templates such as $(headers.host), each with its end and Lua in between"
            )
        kept, position = f"{kept}{value[position : start.start()]}x", end
    return kept + value[position:]

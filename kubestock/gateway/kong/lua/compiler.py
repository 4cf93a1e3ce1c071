"""Lua that Kong runs in its sandbox: does it parse, and may it load what it asks for."""

import json

from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis

SANDBOX_MODULES = ("cjson.safe", "resty.ljsonschema")
_FIND = "function(text, pattern) return text:find(pattern) ~= nil end"


def check_lua(what: str, source: str) -> str:
    """Return `source` if LuaJIT compiles it and it asks for nothing that the sandbox keeps from it.

    It is compiled and never run.

    Raises:
        ConfigurationError: if it does not parse, requires a module that is not in `SANDBOX_MODULES`, or uses a
            global that the sandbox lacks: Kong accepts that, and answers 500 to every request.

    See https://docs.konghq.com/gateway/3.9.x/reference/configuration/
    """
    uses = LuaAnalysis(source)
    if uses.problem:
        raise ConfigurationError(f"{what} must be Lua that parses: {uses.problem}")
    for module in uses.modules:
        if module not in SANDBOX_MODULES:
            raise ConfigurationError(
                f"{what} must require only {', '.join(SANDBOX_MODULES)}, by a literal name, got {module!r}: "
                "the sandbox forbids the rest and Kong would answer 500"
            )
    if "_G" in uses.missing:
        raise ConfigurationError(
            f"{what} must not use _G, behind which nothing can be checked; write the global itself"
        )
    if uses.missing:
        raise ConfigurationError(
            f"{what} must not use {', '.join(uses.missing)}, which Kong's sandbox lacks: Kong would answer 500; "
            "make it a local, or use kong and ngx"
        )
    return source


def matches(pattern: str, text: str) -> bool:
    """Tell whether a text holds what a Lua pattern describes."""
    return bool(luajit21.LuaRuntime(register_eval=False).eval(_FIND)(text, pattern))


def literal(text: str) -> str:
    """Return a text as a Lua string of printable ASCII, whatever it contains."""
    return '"' + "".join(_escaped(each) for each in text.encode()) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    plain = character.isascii() and character.isprintable() and character not in '"\\'
    return character if plain else f"\\{byte:03d}"


def json_literal(value: object) -> str:
    """Return a JSON document as a Lua string between long brackets, in which a reviewer reads it as it is."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    level = "="
    while f"]{level}]" in f"{text}]{level}":
        level += "="
    return f"[{level}[{text}]{level}]"

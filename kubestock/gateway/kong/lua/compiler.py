"""Checks that Lua compiles and that Kong's sandbox allows it, and writes Lua literals."""

import json

from lupa import luajit21

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis

SANDBOX_MODULES = ("cjson.safe", "resty.ljsonschema")
_FIND = "function(text, pattern) return text:find(pattern) ~= nil end"


def check_lua(what: str, source: str) -> str:
    """Return `source` if LuaJIT compiles it and Kong's sandbox allows everything that it uses. The source is not run.

    Raises:
        ConfigurationError: if it does not compile, requires a module that is not in `SANDBOX_MODULES`, or uses a global
            that the sandbox does not have: Kong would accept it, and answer 500 to every request.

    See https://docs.konghq.com/gateway/3.9.x/reference/configuration/
    """
    uses = LuaAnalysis(source)
    if uses.problem:
        raise ConfigurationError(f"{what} must be valid Lua: {uses.problem}")
    for module in uses.modules:
        if module not in SANDBOX_MODULES:
            raise ConfigurationError(
                f"{what} must only require {', '.join(SANDBOX_MODULES)}, by a literal name, got {module!r}: "
                "the sandbox does not allow other modules, and Kong would answer 500"
            )
    if "_G" in uses.missing:
        raise ConfigurationError(
            f"{what} must not use _G, because what it accesses cannot be checked; use the global itself"
        )
    if uses.missing:
        raise ConfigurationError(
            f"{what} must not use {', '.join(uses.missing)}, which Kong's sandbox does not have: Kong would "
            "answer 500; make it a local variable, or use kong and ngx"
        )
    return source


def matches(pattern: str, text: str) -> bool:
    """Whether a text matches a Lua pattern."""
    return bool(luajit21.LuaRuntime(register_eval=False).eval(_FIND)(text, pattern))


def literal(text: str) -> str:
    """Return any text as a Lua string literal of printable ASCII."""
    return '"' + "".join(_escaped(each) for each in text.encode()) + '"'


def _escaped(byte: int) -> str:
    character = chr(byte)
    plain = character.isascii() and character.isprintable() and character not in '"\\'
    return character if plain else f"\\{byte:03d}"


def json_literal(value: object) -> str:
    """Return a JSON document as a Lua string in long brackets, so that reviewers can read it without escapes."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    level = "="
    while f"]{level}]" in f"{text}]{level}":
        level += "="
    return f"[{level}[{text}]{level}]"

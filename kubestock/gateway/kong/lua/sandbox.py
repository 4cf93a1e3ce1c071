"""Finds what Lua uses that Kong's sandbox does not have.

In the sandbox such a name is nil: Kong accepts the source, and answers 500 when it runs. A name that is a local
variable, an argument, or assigned anywhere in a source counts as its own name everywhere in that source.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from lupa import luajit21

_MEMBERS: Mapping[str, frozenset[str]] = {
    "coroutine": frozenset({"create", "resume", "running", "status", "wrap", "yield"}),
    "math": frozenset(
        {
            *("abs", "acos", "asin", "atan", "atan2", "ceil", "cos", "cosh", "deg", "exp", "floor", "fmod", "frexp"),
            *("huge", "ldexp", "log", "log10", "max", "min", "modf", "pi", "pow", "rad", "random", "sin", "sinh"),
            *("sqrt", "tan", "tanh"),
        }
    ),
    "os": frozenset({"clock", "date", "difftime", "time"}),
    "string": frozenset(
        {
            *("byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub"),
            "upper",
        }
    ),
    "table": frozenset({"concat", "insert", "maxn", "remove", "sort"}),
}
_NAMES = _MEMBERS.keys() | {
    *("_VERSION", "assert", "error", "ipairs", "kong", "next", "ngx", "pairs", "pcall", "require", "select"),
    *("tonumber", "tostring", "type", "unpack", "xpcall"),
}
_KEYWORDS = frozenset(
    {
        *("and", "break", "do", "else", "elseif", "end", "false", "for", "function", "goto", "if", "in", "local"),
        *("nil", "not", "or", "repeat", "return", "then", "true", "until", "while"),
    }
)
_LITERAL = re.compile(
    r"--\[(=*)\[.*?\]\1\]|--[^\n]*|(\[(=*)\[.*?\]\3\]|\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')", re.DOTALL
)
_NAMED = r"[A-Za-z_]\w*"
_LIST = rf"{_NAMED}(?:\s*,\s*{_NAMED})*"
_DECLARED = (
    re.compile(rf"\b(?:local(?:\s+function)?|for)\s+({_LIST})"),
    re.compile(r"\bfunction\b[^(]*\(([^)]*)\)"),
)
_ASSIGNED = re.compile(rf"(?<![.:\w])({_NAMED})\s*=(?!=)")
_ALIASED = re.compile(rf"\blocal\s+({_NAMED})\s*=\s*\1\b")
_FIELD = re.compile(rf"(?<=[{{,;])\s*{_NAMED}\s*=(?!=)")
_USE = re.compile(rf"(?<![.:\w])({_NAMED})(?:[.:]({_NAMED})|\s*\[\s*\"(\d+)\"\s*\])?")
_REQUIRE = re.compile(r"(?<![.:\w])require\b(?:\s*\(\s*\"(\d+)\"\s*\)|\s*\"(\d+)\")?")
_COMPILE = "function(source) local _, message = loadstring(source, '=lua') return message end"


@cache
def _compiler() -> Callable[[str], str | None]:
    compiled: Callable[[str], str | None] = luajit21.LuaRuntime(register_eval=False).eval(_COMPILE)
    return compiled


class LuaAnalysis:
    """What a Lua source uses. The source is compiled, but never run.

    Attributes:
        problem: why it does not compile, or None.
        modules: the argument of each `require`; None if it is not a literal or `require` is not called directly.
        texts: its names and its string literals.
        missing: globals, and members of standard libraries, that are nil in the sandbox of Kong 3.9.
    """

    def __init__(self, source: str) -> None:
        self.problem = _compiler()(source)
        self._literals: list[str] = []
        code_only = self._without_literals(source)
        declared = " ".join(each for pattern in _DECLARED for each in pattern.findall(code_only))
        named = re.findall(_NAMED, declared)
        code = _FIELD.sub(" ", code_only)
        aliased = {each for each in _ALIASED.findall(code) if named.count(each) == 1}  # local io = io
        own = {"self", *named, *_ASSIGNED.findall(code)} - aliased
        self.texts = frozenset([*re.findall(_NAMED, code), *self._literals])
        self.modules = [] if "require" in own else list(self._modules(code))
        self.missing = sorted(set(self._missing(code, own)))

    def _without_literals(self, source: str) -> str:
        """Return the source without comments, and with a number for each string literal."""

        def numbered(literal: re.Match[str]) -> str:
            if literal[2] is None:
                return " "
            self._literals.append(_content(literal[2]))
            return f'"{len(self._literals) - 1}"'

        code = re.sub(r"\.{2,3}|::\s*\w+\s*::|\bgoto\s+\w+", " , ", _LITERAL.sub(numbered, source))
        return re.sub(r"\s*([.:])\s*", r"\1", code)

    def _modules(self, code: str) -> Iterator[str | None]:
        for found in _REQUIRE.finditer(code):
            number = found[1] or found[2]
            yield None if number is None else self._literals[int(number)]

    def _missing(self, code: str, own: set[str]) -> Iterator[str]:
        for name, member, number in _USE.findall(code):
            used_member = self._literals[int(number)] if number else member
            if name in own or name in _KEYWORDS:
                continue
            if name not in _NAMES:
                yield name
            elif used_member and name in _MEMBERS and used_member not in _MEMBERS[name]:
                yield f"{name}.{used_member}"


def _content(literal: str) -> str:
    if literal.startswith("["):
        return re.sub(r"^\[=*\[\n?|\]=*\]$", "", literal)
    return re.sub(r"\\(.)", r"\1", literal[1:-1])

"""What Lua finds in Kong's sandbox, and what a source asks of it.

A name that the sandbox lacks is nil: Kong accepts the source, and answers 500 when it runs. The names are read from
the bytecode, in which a local variable, a field or a text of the same name is none of them.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

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
# Opcodes differ between releases of LuaJIT, so those that matter are read from sources in which they are known.
_READER = """
local util, bit = require("jit.util"), require("bit")
local function opcode(source, position)
  return bit.band(util.funcbc(loadstring(source), position), 0xff)
end
local get, set = opcode("return name", 1), opcode("name = other", 2)
local member, text = opcode("local it; return it.name", 2), opcode("return 'text'", 1)
local call, tail = opcode("local it = name()", 2), opcode("return name()", 2)

local function decoded(prototype, position)
  local word = util.funcbc(prototype, position)
  if not word then return {} end
  local function byte(shift) return bit.band(bit.rshift(word, shift), 0xff) end
  return { op = byte(0), a = byte(8), b = byte(24), c = byte(16), d = bit.rshift(word, 16) }
end

local function required(prototype, position, register)
  local name, use = decoded(prototype, position + 1), decoded(prototype, position + 2)
  local called = (use.op == call or use.op == tail) and use.a == register and use.c == 2
  if name.op == text and called then return util.funck(prototype, -name.d - 1) end
end

local function walk(prototype, found)
  for position = 0, util.funcinfo(prototype).bytecodes - 1 do
    local this, after = decoded(prototype, position), decoded(prototype, position + 1)
    if this.op == get or this.op == set then
      local name = util.funck(prototype, -this.d - 1)
      found(this.op == get and "read" or "written", name)
      if this.op == get and name == "require" then
        found("required", required(prototype, position, this.a))
      elseif this.op == get and after.op == member and after.b == this.a then
        found("member", name, util.funck(prototype, -after.c - 1))
      end
    end
  end
  local number = -1
  while true do
    local constant = util.funck(prototype, number)
    if constant == nil then return end
    if type(constant) == "proto" then walk(constant, found) end
    if type(constant) == "string" then found("text", constant) end
    number = number - 1
  end
end

return function(source, found)
  local chunk, message = loadstring(source, "=lua")
  if chunk then walk(chunk, found) end
  return message
end
"""


@cache
def _reader() -> Any:  # lupa has no types
    return luajit21.LuaRuntime(register_eval=False).execute(_READER)


class Uses:
    """What a source asks of its surroundings; it is compiled and never run.

    Attributes:
        problem: why it does not compile, or None.
        modules: the argument of each `require`; None where that is no literal, or `require` is not called at once.
        texts: its names of globals and of members, and its texts.
        missing: globals, and members of the standard libraries, that are nil in the sandbox of Kong 3.9.
    """

    def __init__(self, source: str) -> None:
        self._found: list[tuple[str, ...]] = []
        self.modules: list[str | None] = []
        self.problem: str | None = _reader()(source, self._note)
        self.texts = frozenset(names[1] for names in self._found if names[0] == "text")
        self.missing = sorted(set(self._missing()))

    def _note(self, kind: str, *names: str | None) -> None:
        if kind == "required":
            self.modules.append(names[0] if names else None)
        else:
            self._found.append((kind, *[each for each in names if each is not None]))

    def _missing(self) -> Iterator[str]:
        own = {names[1] for names in self._found if names[0] == "written"}
        for kind, name, *member in self._found:
            if name in own:
                continue
            if kind == "read" and name not in _NAMES:
                yield name
            if kind == "member" and name in _MEMBERS and member[0] not in _MEMBERS[name]:
                yield f"{name}.{member[0]}"

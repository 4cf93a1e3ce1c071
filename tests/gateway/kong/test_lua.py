"""Lua is accepted if it compiles and Kong's sandbox has everything that it uses."""

import pytest

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua import compiler

TAKEN = [
    "kong.response.set_header('X', ngx.var.host) return tostring(kong.request.get_port())",
    "local t = {} table.insert(t, string.format('%d', math.floor(1.5))) return table.concat(t)",
    "local cjson = require 'cjson.safe'.new() return cjson.decode('[]')",
    'local function load() return require("resty.ljsonschema") end return load()',
    "return require('cjson.safe')",
    "local io, debug = {}, 1 return io.open, debug",
    "local function f(package) return package.path end return f",
    "return { io = 1, debug = 2 }, ngx.load, ('x'):rep(2)",
    "-- os.execute('x')\nreturn \"require('socket')\", [[ _G.io ]] --[==[ dofile() ]==]",
    "counter = (counter or 0) + 1 return counter",
    "for i = 1, 2 do if i > 1 then goto on end ::on:: end return 0x1F .. 1e3",
    "local t = {} function t:one() return self.two end return t",
    "local a, b = 1, { io = 2, c = kong.request } return a .. b.io, b . c : get_path()",
    "local function each(io, ...) return io, ... end for debug, jit in pairs({}) do each(debug, jit) end",
    "for name, value in pairs({}) do error(name) end return #'' , select('#'), os.time(), unpack({})",
]
MISSING = [
    "io",
    "debug",
    "package",
    "jit",
    "bit",
    "ffi",
    "cjson",
    "dofile",
    "getfenv",
    "getmetatable",
    "load",
    "loadfile",
    "loadstring",
    "module",
    "newproxy",
    "print",
    "rawget",
    "rawset",
    "setfenv",
    "setmetatable",
    "collectgarbage",
]


@pytest.mark.parametrize("source", TAKEN)
def test_accepts_lua_that_the_sandbox_can_run(source: str) -> None:
    assert compiler.check_lua("access", source) == source


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("source", ["{}('x')", "return {}", "local f = function() return function() {}.x = 1 end end"])
def test_rejects_a_global_that_the_sandbox_does_not_have(name: str, source: str) -> None:
    with pytest.raises(
        ConfigurationError, match=f"access must not use {name}, which Kong's sandbox does not have.*make it a lo"
    ):
        compiler.check_lua("access", source.format(name))


@pytest.mark.parametrize(
    "source",
    ["return { io = io.open('x') }", "return 'x' .. io", "return {1, io}", "return os['exit']", "local io = io"],
)
def test_rejects_a_missing_global_in_every_position(source: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"access must not use (?:io|os\.exit), which Kong's sandbox does not have"
    ):
        compiler.check_lua("access", source)


@pytest.mark.parametrize("name", ["os.execute", "os.getenv", "string.dump", "table.pack", "math.randomseed"])
def test_rejects_a_library_member_that_the_sandbox_does_not_have(name: str) -> None:
    with pytest.raises(ConfigurationError, match=f"must not use {name}, which"):
        compiler.check_lua("access", f"return {name}('x')")


@pytest.mark.parametrize("source", ["_G['i' .. 'o'].open('x')", "local all = _G return all.io", "return _G.kong"])
def test_rejects_access_through_the_table_of_globals(source: str) -> None:
    with pytest.raises(
        ConfigurationError, match="must not use _G, because what it accesses cannot be checked; use the"
    ):
        compiler.check_lua("access", source)


@pytest.mark.parametrize(
    "source",
    [
        "require('socket')",
        "return require 'resty.http'.new()",
        "require('cjson.safe' .. 'x')",
        "local name = 'cjson.safe' require(name)",
        "local load = require return load('cjson.safe')",
        "pcall(require, 'cjson.safe')",
        "local require = require return require('cjson.safe')",
        "require(unpack({'socket'}))",
        "return function() return require('io') end",
    ],
)
def test_rejects_a_module_that_is_not_allowed_or_not_a_literal(source: str) -> None:
    with pytest.raises(ConfigurationError, match=r"only require cjson\.safe, resty\.ljsonschema, by a literal name"):
        compiler.check_lua("access", source)


def test_rejects_lua_that_does_not_compile() -> None:
    with pytest.raises(ConfigurationError, match="access must be valid Lua: lua:1: unexpected symbol"):
        compiler.check_lua("access", "if then")

"""Regular expressions and schemas with which a client could keep Kong busy."""

import itertools
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua.backtracking import backtracks
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.limits import BotDetection
from kubestock.gateway.kong.plugins.validation import JsonBody

ITSELF = {"$ref": "#"}
NODE = {"$ref": "#/definitions/node"}
DOUBLING = [
    "^(a+)+$",
    "^(a|a)*b$",
    "(a*)*",
    "^(a|aa)+$",
    "(a?a?)+b",
    r"^(\s*,\s*)*$",
    "([a-z]+)*x",
    r"(\d+\.?)+",
    "^(?:a{1,20}){1,20}$",
    "^((ab)*)*$",
    "(a|b|ab)*",
    "([^@]+)+@",
    "(ab|ab)*",
    "(?i)(a|A)*b",
    "^(?=(a+)+$)b",
    "^(?:b|c{1,3})+$",
]
LINEAR = [
    "",
    "^[A-Z]{2}$",
    r"^[a-z]+(\.[a-z]+)*$",
    "^([a-z0-9]+-)*[a-z0-9]+$",
    "^(?:[0-9]{2})+$",
    r"^[^@\s\x00]+@[^@\s\x00]+$",
    r"^(\d{3}-)?\d{4}$",
    r"^([A-Z]{1,3}\d)+$",
    "(ab|cd)*",
    r"^(?=.*\d)(?=.*[a-z]).{8,72}$",
    "^(([01]?[0-9]|2[0-3]):[0-5][0-9],)+$",
    r"^([a-z]{1,63}\.)*[a-z]{1,63}$",
    r"^\$[$][^$\]$]$",
    "^[]$]",
    "a{,5}b{x}",
    "(?#a)x{2,}y{3,5}",
    "((a{2}){3})+",
]


@pytest.mark.parametrize("pattern", DOUBLING)
def test_rejects_a_pattern_whose_time_doubles_with_each_character(pattern: str) -> None:
    for made in (
        lambda: JsonBody(schema={"items": {"pattern": pattern}}),
        lambda: JsonBody(schema={"patternProperties": {pattern: {}}}),
        lambda: BotDetection(deny=[pattern]),
        lambda: Cors(origins=[f"{pattern}|^x$"]),
    ):
        with pytest.raises(ConfigurationError, match=r"must not match the same text in several ways .* such as"):
            made()


@pytest.mark.parametrize("pattern", LINEAR)
def test_accepts_a_pattern_that_matches_each_text_in_one_way(pattern: str) -> None:
    assert JsonBody(schema={"pattern": pattern})


PIECES = st.sampled_from(["a", "b", "ab", "[ab]", "a?", "(?:a|b)", "a+"])
LOOPS = st.builds("(?:{}{})*".format, PIECES, PIECES) | st.builds("(?:{}|{})+".format, PIECES, PIECES)


@given(loop=LOOPS)
def test_accepted_patterns_are_fast(loop: str) -> None:
    pattern = re.compile(f"^{loop}$")
    texts = ["".join(each) * 12 + "!" for each in itertools.product("ab", repeat=2)]
    started = time.process_time()
    if not backtracks(pattern.pattern):
        for text in texts:
            pattern.search(text)

    assert time.process_time() - started < 1


@pytest.mark.parametrize(
    "schema",
    [
        {"anyOf": [{"properties": {"a": ITSELF}}, {"properties": {"a": ITSELF}}]},
        {"definitions": {"node": {"oneOf": [{"items": NODE, "minItems": 1}, {"items": NODE}]}}, "items": NODE},
        {"properties": {"a": ITSELF}, "patternProperties": {"^a": ITSELF}},
        {"patternProperties": {"^a": ITSELF, "b$": ITSELF}},
        {"allOf": [{"items": ITSELF}, {"items": [ITSELF]}]},
        {"anyOf": [{"additionalProperties": ITSELF}, {"properties": {"a": ITSELF}}]},
        {"anyOf": [{"properties": {"a": {"items": ITSELF}}}, {"properties": {"a": {"items": [ITSELF]}}}]},
        {"dependencies": {"b": {"properties": {"a": ITSELF}}}, "properties": {"a": ITSELF}},
    ],
)
def test_rejects_a_schema_that_validates_a_part_twice_at_each_level(schema: Any) -> None:
    with pytest.raises(ConfigurationError, match="must not refer back to itself from several alternatives"):
        JsonBody(schema=schema)


@pytest.mark.parametrize("schema", [{"anyOf": [ITSELF, {}]}, {"not": ITSELF}, {"allOf": [{"oneOf": [ITSELF]}]}])
def test_rejects_a_schema_whose_validation_never_ends(schema: Any) -> None:
    with pytest.raises(ConfigurationError, match="must not refer back to itself for the same value"):
        JsonBody(schema=schema)


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"a": ITSELF, "b": ITSELF}, "additionalProperties": ITSELF},
        {"patternProperties": {"^x": ITSELF}, "additionalProperties": ITSELF},
        {"properties": {"a": ITSELF}, "patternProperties": {"^b": ITSELF}},
        {"anyOf": [{"type": "string"}, {"items": ITSELF}, {"properties": {"a": ITSELF}}]},
        {"items": [ITSELF, ITSELF], "additionalItems": ITSELF},
        {
            "definitions": {"node": {"type": "string"}},
            "anyOf": [{"properties": {"a": NODE}}, {"properties": {"a": NODE}}],
        },
    ],
)
def test_accepts_a_schema_that_validates_each_part_once(schema: Any) -> None:
    assert JsonBody(schema=schema)

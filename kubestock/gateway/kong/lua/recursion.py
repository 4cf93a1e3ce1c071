"""Schemas that refer back to themselves, and how much each level of a body then costs."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua.ambiguity import ambiguous

Schema = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The parts of a value to which a schema applies: a named property, properties by pattern, or items.

    Attributes:
        kind: `name`, `pattern`, `other` for all other properties, or `item`.
        of: the name, the pattern or the position; None for all items.
        except_: the names and patterns that `other` excludes.
    """

    kind: str
    of: Any = None
    except_: frozenset[str] = frozenset()

    def overlaps(self, other: "Part") -> bool:
        """Whether some part of a value belongs to both."""
        kinds = {self.kind: self, other.kind: other}
        if "item" in kinds:
            return len(kinds) == 1 and (self.of == other.of or None in (self.of, other.of))
        if "other" in kinds:
            return len(kinds) == 1 or not any(each.of in kinds["other"].except_ for each in kinds.values())
        if len(kinds) > 1:
            return re.search(kinds["pattern"].of, kinds["name"].of) is not None
        return self.of == other.of or self.kind == "pattern"


def check_recursion(document: Schema) -> None:
    """Check that a recursive schema does not validate one part of a body several times at each level.

    The number of validations would double with each level.

    Raises:
        ConfigurationError: if it does. The message says how to fix it.
    """
    steps: dict[int, list[tuple[Part, int]]] = {}
    waiting = [document]
    while waiting:
        schema = waiting.pop()
        if id(schema) not in steps:
            parts = list(_parts(schema, document, ()))
            steps[id(schema)] = [(part, id(each)) for part, each in parts]
            waiting += [each for _, each in parts]
    if ambiguous(steps, Part.overlaps):
        raise ConfigurationError(
            "schema must not refer back to itself from several alternatives for one part of a body, because "
            "a body of 20 levels would be validated a million times; describe that part once, and put only "
            "the differences into the alternatives"
        )


def _parts(schema: Schema, document: Schema, visited: tuple[int, ...]) -> Iterator[tuple[Part, Schema]]:
    """Yield the schemas for the parts of a value, from every schema that applies to the value itself."""
    if id(schema) in visited:
        raise ConfigurationError(
            "schema must not refer back to itself for the same value, because the validation would never end"
        )
    visited = (*visited, id(schema))
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        yield from _parts(document if name == "#" else document["definitions"][name], document, visited)
        return
    for each in _for_the_same_value(schema):
        yield from _parts(each, document, visited)
    named, patterned = schema.get("properties", {}), schema.get("patternProperties", {})
    yield from ((Part("name", name), each) for name, each in named.items())
    yield from ((Part("pattern", pattern), each) for pattern, each in patterned.items())
    if isinstance(others := schema.get("additionalProperties"), dict):
        yield Part("other", except_=frozenset({*named, *patterned})), others
    items = schema.get("items", [])
    if isinstance(items, dict):
        yield Part("item"), items
        return
    yield from ((Part("item", position), each) for position, each in enumerate(items))
    if isinstance(others := schema.get("additionalItems"), dict):
        yield Part("item", len(items)), others


def _for_the_same_value(schema: Schema) -> Iterator[Schema]:
    for keyword in ("allOf", "anyOf", "oneOf"):
        yield from schema.get(keyword, ())
    if "not" in schema:
        yield schema["not"]
    yield from (each for each in schema.get("dependencies", {}).values() if isinstance(each, dict))

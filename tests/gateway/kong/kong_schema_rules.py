"""Finds what a schema, as a running Kong reports it, rejects in a configuration.

Kong reports the schema of a plugin at `/schemas/plugins/<name>` of its admin API, and that of an entity at
`/schemas/<entities>`. Checks that a schema delegates to Lua (`custom_entity_check`) are not supported.
"""

import re
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from kubestock.gateway.kong.lua import compiler

Fields = Sequence[Mapping[str, Any]]
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "set": (list,),
    "map": (dict,),
    "record": (dict,),
    "foreign": (dict,),
}
_COUNTS: Mapping[str, Callable[[int, int], bool]] = {
    "at_least_one_of": lambda given, _: given > 0,
    "only_one_of": lambda given, _: given <= 1,
    "mutually_required": lambda given, every: given in (0, every),
}


def config_problems(schema: Mapping[str, Any], config: Mapping[str, Any]) -> list[str]:
    """Return what the schema of a plugin rejects in its configuration."""
    (spec,) = [each["config"] for each in schema["fields"] if "config" in each]
    return [*record_problems(spec["fields"], config, "config"), *check_problems(schema, {"config": config}, "config")]


def record_problems(fields: Fields, record: Mapping[str, Any], where: str) -> list[str]:
    """Return what the fields of a schema reject in a record: unknown, missing and invalid fields."""
    specs = _specs(fields)
    found = [f"{where}.{name}: unknown field" for name in record if name not in specs]
    for name, spec in specs.items():
        value = record.get(name, spec.get("default"))
        if value is None:
            if spec.get("required") and not spec.get("auto") and spec["type"] != "record":
                found.append(f"{where}.{name}: required")
        elif name in record:
            found += _value_problems(spec, value, f"{where}.{name}")
    return found


def check_problems(schema: Mapping[str, Any], entity: Mapping[str, Any], where: str) -> list[str]:
    """Return which entity checks of a schema fail for an entity, including its defaults."""
    full = schema_defaults(schema["fields"], entity)
    return [
        f"{where}: {problem}" for check in schema.get("entity_checks") or [] for problem in _failed_checks(check, full)
    ]


def _specs(fields: Fields) -> dict[str, Mapping[str, Any]]:
    return {name: spec for each in fields for name, spec in each.items()}


def schema_defaults(fields: Fields, record: Mapping[str, Any]) -> dict[str, Any]:
    full = dict(record)
    for name, spec in _specs(fields).items():
        if spec["type"] == "record" and "fields" in spec and isinstance(full.get(name, {}), Mapping):
            full[name] = schema_defaults(spec["fields"], full.get(name, {}))
        elif full.get(name) is None and "default" in spec:
            full[name] = spec["default"]
    return full


def _value_problems(spec: Mapping[str, Any], value: Any, where: str) -> list[str]:
    wanted = _TYPES[spec["type"]]
    if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
        return [f"{where}: must be {spec['type']}"]
    found = [f"{where}: {problem}" for problem in _violations(spec, value)]
    if isinstance(value, dict) and "fields" in spec:
        found += record_problems(spec["fields"], value, where)
    if isinstance(value, list) and "elements" in spec:
        found += [each for item in value for each in _value_problems(spec["elements"], item, f"{where}[]")]
    if isinstance(value, dict) and "values" in spec:
        for key, item in value.items():
            found += _value_problems(spec.get("keys", {"type": "string"}), key, f"key {key!r} of {where}")
            found += _value_problems(spec["values"], item, f"{where}.{key}")
    return found


def _violations(rule: Mapping[str, Any], value: Any) -> Iterator[str]:
    """Yield which rules of a field, or of a condition, a value violates."""
    if "eq" in rule and value != rule["eq"]:
        yield f"must be {rule['eq']}"
    if "one_of" in rule and value not in rule["one_of"]:
        yield f"must be one of {rule['one_of']}"
    if "not_one_of" in rule and value in rule["not_one_of"]:
        yield f"must be none of {rule['not_one_of']}"
    if "between" in rule and not rule["between"][0] <= value <= rule["between"][1]:
        yield f"must be from {rule['between'][0]} to {rule['between'][1]}"
    if "gt" in rule and not value > rule["gt"]:
        yield f"must be above {rule['gt']}"
    if len(value if isinstance(value, str | list | dict) else "") < rule.get("len_min", 0):
        yield f"must have a length of {rule['len_min']} or more"
    if isinstance(value, str):
        yield from _mismatches(rule, value)


def _mismatches(rule: Mapping[str, Any], text: str) -> Iterator[str]:
    if not text.startswith(rule.get("starts_with", "")):
        yield f"must start with {rule['starts_with']}"
    if "match" in rule and not _matches(rule["match"], text):
        yield rule.get("err") or f"must match {rule['match']}"
    for each in rule.get("match_none", ()):
        if _matches(each["pattern"], text):
            yield each.get("err") or f"must not match {each['pattern']}"
    for each in rule.get("match_all", ()):
        if not _matches(each["pattern"], text):
            yield each.get("err") or f"must match {each['pattern']}"
    any_of = rule.get("match_any")
    if any_of and not any(_matches(each, text) for each in any_of["patterns"]):
        yield any_of.get("err") or f"must match one of {any_of['patterns']}"
    if rule.get("is_regex") and not _compiles(text):
        yield "must be a regular expression"


@cache
def _matches(pattern: str, text: str) -> bool:
    return compiler.matches(pattern, text)


def _compiles(pattern: str) -> bool:
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(pattern)
    except re.error:
        return False
    return True


def _failed_checks(check: Mapping[str, Any], entity: Mapping[str, Any]) -> Iterator[str]:
    for name, paths in check.items():
        if name in _COUNTS:
            given = sum(_at(entity, path) not in (None, [], {}) for path in paths)
            if not _COUNTS[name](given, len(paths)):
                yield f"{name} {', '.join(paths)}"
    if "distinct" in check:
        values = [_at(entity, path) for path in check["distinct"]]
        if None not in values and len(set(values)) < len(values):
            yield f"{' and '.join(check['distinct'])} must differ"
    if "conditional" in check:
        yield from _unmet_conditions(check["conditional"], entity)


def _unmet_conditions(rule: Mapping[str, Any], entity: Mapping[str, Any]) -> Iterator[str]:
    condition, value = rule["if_match"], _at(entity, rule["if_field"])
    if (condition.get("required") and value is None) or any(True for _ in _violations(condition, value)):
        return
    demanded, then = rule["then_match"], _at(entity, rule["then_field"])
    if demanded.get("required") and then is None:
        yield f"{rule['then_field']} is required where {rule['if_field']} is {value}"
    elif then is not None:
        for problem in _violations(demanded, then):
            yield f"{rule['then_field']} {problem} where {rule['if_field']} is {value}"


def _at(entity: Any, path: str) -> Any:
    for part in path.split("."):
        entity = entity.get(part) if isinstance(entity, Mapping) else None
    return entity

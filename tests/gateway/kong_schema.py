"""Reads Kong's own schemas, and finds what in a configuration they do not admit."""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3] / "shared" / "kong-schemas"
NESTED = {
    "services": {"routes": "routes", "plugins": "plugins"},
    "routes": {"plugins": "plugins"},
    "upstreams": {"targets": "targets"},
    "consumers": {
        "keyauth_credentials": "keyauth_credentials",
        "jwt_secrets": "jwt_secrets",
        "acls": "acls",
        "plugins": "plugins",
    },
}
OWNERS = {"targets": "upstream", "keyauth_credentials": "consumer", "jwt_secrets": "consumer", "acls": "consumer"}
TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "set": (list,),
    "map": (dict,),
    "record": (dict,),
}


def problems(document: dict[str, Any]) -> list[str]:
    found = [] if document.get("_format_version") == "3.0" else ["_format_version"]
    for key, entities in document.items():
        if key == "_format_version":
            continue
        if key not in (*NESTED, "plugins"):
            found.append(f"{key}: unknown")
            continue
        for each in entities:
            found += _entity(key, each, key)
    return found


def _entity(kind: str, entity: dict[str, Any], where: str) -> list[str]:
    nested = NESTED.get(kind, {})
    found = []
    for key, inner in nested.items():
        for each in entity.get(key, []):
            found += _entity(inner, each, f"{where}.{key}")
    own = {key: value for key, value in entity.items() if key not in nested}
    if kind == "plugins":
        path = ROOT / "plugins" / f"{own.get('name')}.json"
        if not path.is_file():
            return [*found, f"{where}: unknown plugin {own.get('name')}"]
        schema = json.loads(path.read_text())
        fields = {name: spec for each in schema["fields"] for name, spec in each.items()}
        found += _record(fields["config"]["fields"], own.get("config", {}), f"{where}.config")
        found += _checks(schema["entity_checks"], own, schema["fields"], where)
        own = {key: value for key, value in own.items() if key != "config"}
    schema = json.loads((ROOT / "entities" / f"{kind}.json").read_text())
    if kind in OWNERS:
        own[OWNERS[kind]] = {}
    found += _record(schema["fields"], own, where)
    return found + _checks(schema["entity_checks"], own, schema["fields"], where)


def _record(fields: list[dict[str, Any]], value: dict[str, Any], where: str) -> list[str]:
    specs = {name: spec for each in fields for name, spec in each.items()}
    found = [f"{where}.{key}: unknown field" for key in value if key not in specs]
    for name, spec in specs.items():
        if name in value:
            found += _value(spec, value[name], f"{where}.{name}")
        elif spec.get("required") and "default" not in spec and not spec.get("auto") and spec["type"] != "record":
            found.append(f"{where}.{name}: required")
    return found


def _value(spec: dict[str, Any], value: Any, where: str) -> list[str]:
    if spec["type"] == "foreign":
        return []
    if not _typed(value, TYPES[spec["type"]]):
        return [f"{where}: must be {spec['type']}"]
    found = []
    if "one_of" in spec and value not in spec["one_of"]:
        found.append(f"{where}: one of {spec['one_of']}")
    if "between" in spec and not spec["between"][0] <= value <= spec["between"][1]:
        found.append(f"{where}: out of range")
    if "gt" in spec and value <= spec["gt"]:
        found.append(f"{where}: too small")
    if len(value if isinstance(value, str | list) else "x" * 99) < spec.get("len_min", 0):
        found.append(f"{where}: too short")
    if "starts_with" in spec and not value.startswith(spec["starts_with"]):
        found.append(f"{where}: must start with {spec['starts_with']}")
    if spec.get("match") == "^[^:]+:.*$" and ":" not in value[1:]:
        found.append(f"{where}: must be name:value")
    return found + _inside(spec, value, where)


def _typed(value: Any, wanted: tuple[type, ...]) -> bool:
    return isinstance(value, wanted) and not (isinstance(value, bool) and bool not in wanted)


def _inside(spec: dict[str, Any], value: Any, where: str) -> list[str]:
    found = []
    if "fields" in spec:
        found += _record(spec["fields"], value, where)
    if isinstance(value, list) and "elements" in spec:
        found += [each for item in value for each in _value(spec["elements"], item, f"{where}[]")]
    if isinstance(value, dict) and "values" in spec:
        found += [each for key, item in value.items() for each in _value(spec["values"], item, f"{where}.{key}")]
    return found


def _checks(checks: list[Any], entity: dict[str, Any], fields: list[Any], where: str) -> list[str]:
    found = []
    for check in checks:
        if "at_least_one_of" in check and not any(_get(entity, path) for path in check["at_least_one_of"]):
            found.append(f"{where}: at least one of {check['at_least_one_of']}")
        if "only_one_of" in check and sum(bool(_get(entity, path)) for path in check["only_one_of"]) > 1:
            found.append(f"{where}: only one of {check['only_one_of']}")
        rule = check.get("conditional", {})
        condition = rule.get("if_match", {})
        if "eq" in condition and rule["then_match"].get("required"):
            unset = _get(entity, rule["then_field"]) is None
            if _get(entity, rule["if_field"]) == condition["eq"] and unset:
                found.append(f"{where}: {rule['then_field']} is required")
    return found


def _get(entity: Any, path: str) -> Any:
    for part in path.split("."):
        entity = entity.get(part) if isinstance(entity, dict) else None
    return entity

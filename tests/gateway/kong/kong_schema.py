"""Validates a whole configuration against Kong's own schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from kong_schema_rules import check_problems, config_problems, record_problems, schema_defaults

ROOT = Path(__file__).parents[4] / "shared" / "kong-schemas"
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


@cache
def schema(folder: str, name: str) -> Any:
    path = ROOT / folder / f"{name}.json"
    return json.loads(path.read_text()) if path.is_file() else None


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
        known = schema("plugins", str(own.get("name")))
        if known is None:
            return [*found, f"{where}: unknown plugin {own.get('name')}"]
        found += config_problems(known, own.pop("config", {}))
        protocol_fields = [each for each in known["fields"] if "protocols" in each]
        found += record_problems(protocol_fields, {name: own[name] for name in ("protocols",) if name in own}, where)
    if kind in OWNERS:
        own[OWNERS[kind]] = {}
    known = schema("entities", kind)
    return [*found, *record_problems(known["fields"], own, where), *check_problems(known, own, where)]


def with_defaults(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document as Kong reads it, with Kong's default of each missing field."""
    return {key: each if isinstance(each, str) else [_full(key, one) for one in each] for key, each in document.items()}


def _full(kind: str, entity: dict[str, Any]) -> dict[str, Any]:
    nested = NESTED.get(kind, {})
    own = {key: value for key, value in entity.items() if key not in nested}
    full = schema_defaults(schema("entities", kind)["fields"], own)
    if kind == "plugins":
        (spec,) = [each["config"] for each in schema("plugins", entity["name"])["fields"] if "config" in each]
        full["config"] = schema_defaults(spec["fields"], entity.get("config", {}))
    return {**full, **{key: [_full(inner, each) for each in entity.get(key, [])] for key, inner in nested.items()}}

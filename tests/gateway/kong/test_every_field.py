"""Each field of each class is compared with Kong's schemas, and with a real Kong if there is one, in both
directions.
"""

import json
import os
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from kong_deliberate_differences import REASONS, REJECTED_IN_CODE
from kong_fields import HOLDERS, Candidate, Holder, candidates
from kong_schema import ROOT, problems
from programs.kong_process import kong_program

from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Upstream
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.request_transformation import RequestEntries

needs_schemas = pytest.mark.skipif(not ROOT.is_dir(), reason=f"Kong's schemas are not at {ROOT}")
needs_kong = pytest.mark.skipif(kong_program() is None, reason="there is no Kong: set KONG_BIN to the program")
EMPTY = ("", ("",))
"""Values that Kong rejects in every field without a minimum length in the schema."""

_URLS = ("http://user@a.example.com", "https://[")
NOT_IN_PLUGINS = (*_URLS, *((each,) for each in _URLS))
"""URLs that every field of a plugin rejects, because a part of them is, or may be, a credential in plain text."""

KONG_FAILS = (":", "")
"""The beginning of an entry for which a validator of Kong fails, so that the rest of the file is not checked."""


@cache
def tried(holder: Holder) -> list[Candidate]:
    return list(candidates(holder))


def kind(holder: Holder) -> str:
    made = holder.make()
    kinds = {Plugin: "plugins", Route: "routes", KongService: "services", Upstream: "upstreams"}
    return next((name for each, name in kinds.items() if isinstance(made, each)), "consumers")


def of_the_file(candidate: Candidate, number: int) -> tuple[str, dict[str, Any]]:
    """Return an entity of the file with the candidate, and with unique names."""
    entity, within = candidate.entity, kind(candidate.holder)
    if within == "plugins":
        for name in {"instance_name", "tags"} & {candidate.field}:
            entity[name] = entity["config"].pop(name)
        return "services", {"name": f"s{number}", "host": "a", "plugins": [entity]}
    if candidate.name.rpartition(".")[2] not in ("name", "username"):
        entity["username" if within == "consumers" else "name"] = f"n{number}"
    if candidate.name != "JwtIssuer.key":
        for issuer in entity.get("jwt_secrets", []):
            issuer["key"] = f"k{number}"
    if within == "routes":
        return "services", {"name": f"s{number}", "host": "a", "routes": [entity]}
    return within, entity


def by_schema(candidate: Candidate) -> list[str]:
    within, entity = of_the_file(candidate, 0)
    return problems({"_format_version": "3.0", within: [entity]})


def errors_of_kong(all_of_them: Iterable[Candidate], folder: Path) -> Mapping[int, str]:
    """Return Kong's error for each candidate that it rejects, by its number."""
    document: dict[str, Any] = {"_format_version": "3.0", "services": [], "upstreams": [], "consumers": []}
    numbers: dict[tuple[str, int], int] = {}
    for number, candidate in enumerate(all_of_them):
        within, entity = of_the_file(candidate, number)
        document[within].append(entity)
        numbers[within, len(document[within])] = number
    path = folder / "kong.json"
    path.write_text(json.dumps(document), "utf-8")
    variables = {"KONG_DATABASE": "off", "KONG_PREFIX": str(folder / "prefix")}
    command = [str(kong_program()), "config", "parse", str(path)]
    done = subprocess.run(command, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    errors: dict[int, str] = {}
    for line in done.stderr.splitlines():
        if found := re.match(r"  - in entry (\d+) of '(\w+)':(.*)", line):
            number = numbers[found[2], int(found[1])]
        if errors or found:
            errors[number] = errors.get(number, "") + line
    assert errors or done.returncode == 0, done.stderr
    return errors


def fails_kong(candidate: Candidate) -> bool:
    listed = issubclass(candidate.holder.kind, RequestEntries) and candidate.field in ("body", "querystring")
    return listed and any(each[:1] in KONG_FAILS for each in candidate.value)


@needs_schemas
@pytest.mark.parametrize("holder", HOLDERS, ids=lambda each: f"{each.kind.__name__}-{'-'.join(each.fields)}")
def test_values_that_kongs_schema_rejects_are_rejected_by_the_class(holder: Holder) -> None:
    wrong = [(each.name, each.value, by_schema(each)) for each in tried(holder) if each.problem is None]

    assert [each for each in wrong if each[2]] == []


@needs_schemas
def test_values_that_only_the_class_rejects_have_a_reason() -> None:
    rejected = defaultdict(list)
    for holder in HOLDERS:
        for each in tried(holder):
            if each.problem is not None and each.value not in (*EMPTY, *NOT_IN_PLUGINS) and not by_schema(each):
                rejected[each.name].append(each.value)

    assert rejected.keys() - REASONS.keys() == REJECTED_IN_CODE
    assert REASONS.keys() - rejected.keys() == set()


@needs_kong
def test_values_that_a_class_accepts_are_accepted_by_kong_itself(tmp_path: Path) -> None:
    accepted = [each for holder in HOLDERS for each in tried(holder) if each.problem is None]
    errors = errors_of_kong(accepted, tmp_path)

    assert {f"{accepted[number].name}={accepted[number].value!r}": reason for number, reason in errors.items()} == {}


@needs_kong
def test_values_that_kong_itself_accepts_and_the_class_rejects_have_a_reason(tmp_path: Path) -> None:
    every = [each for holder in HOLDERS for each in tried(holder) if each.problem is not None]
    rejected = [each for each in every if each.value not in NOT_IN_PLUGINS and not fails_kong(each)]
    errors = errors_of_kong(rejected, tmp_path)

    assert {each.name for number, each in enumerate(rejected) if number not in errors} - REASONS.keys() == set()

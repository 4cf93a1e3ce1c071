"""Values that cannot be written cause an error with the object and the field."""

import datetime
import json
import math
import re
from collections import defaultdict
from enum import IntEnum
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from kubestock.errors import ConfigurationError
from kubestock.yaml.plain import INT32_FIELDS, check_plain
from kubestock.yaml.reader import read_documents
from kubestock.yaml.writer import to_yaml

ONE_OF = "must be a text, a number, True, False, None, a list or a mapping, got"


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web"}, "spec": spec}


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"a": b"x"}, f"spec.a of Deployment 'web' {ONE_OF} bytes; decode it to a text, or encode it in base64"),
        (
            {"a": [0, datetime.date(2025, 1, 31)]},
            f"spec.a[1] of Deployment 'web' {ONE_OF} date; give it as a text, such as value.isoformat()",
        ),
        (
            {"a": datetime.datetime(2025, 1, 31, tzinfo=datetime.UTC)},
            f"spec.a of Deployment 'web' {ONE_OF} datetime; give it as a text, such as value.isoformat()",
        ),
        ({"a": {1, 2}}, f"spec.a of Deployment 'web' {ONE_OF} set; give it as a list"),
        ({"a": {"b.c/d": object()}}, f"spec.a['b.c/d'] of Deployment 'web' {ONE_OF} object; give it as one of these"),
        ({"a": 1j}, f"spec.a of Deployment 'web' {ONE_OF} complex; give it as one of these"),
        ({"a": {8080: "x"}}, "each key in spec.a of Deployment 'web' must be a text, got int; write it in quotes"),
        ({"a": {True: "x"}}, "each key in spec.a of Deployment 'web' must be a text, got bool; write it in quotes"),
        ({"a": {None: "x"}}, "each key in spec.a of Deployment 'web' must be a text, got NoneType; write it in quotes"),
        ({"a": math.nan}, "spec.a of Deployment 'web' must be a finite number, got nan; give a number, or a text"),
        ({"a": -math.inf}, "spec.a of Deployment 'web' must be a finite number, got -inf; give a number, or a text"),
        (
            {"a": 2**63},
            "spec.a of Deployment 'web' must be a whole number from -2^63 to 2^63 - 1, got one of 64 bits; "
            "give a smaller one, or a text if the field accepts one",
        ),
        ({"a": -(10**5000)}, "spec.a of Deployment 'web' must be a whole number from -2^63 to 2^63 - 1, got one of"),
        (
            {"replicas": 2**31},
            "spec.replicas of Deployment 'web' must be a whole number from -2^31 to 2^31 - 1, got one of 32 bits; "
            "give a smaller one, or a text if the field accepts one",
        ),
        (
            {"a": "x\ud800y"},
            "spec.a of Deployment 'web' must be a text that UTF-8 can encode, got one with the surrogate U+D800 "
            "at position 1; remove it, or decode the text again",
        ),
        (
            {"\udfff": 1},
            "each key in spec of Deployment 'web' must be a text that UTF-8 can encode, got one with the surrogate",
        ),
        ({"a\udfff": {"b": "\udfff"}}, "each key in spec of Deployment 'web' must be a text that UTF-8 can encode"),
    ],
)
def test_refuses_a_value_that_cannot_be_written(spec: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(message)) as at_once:
        check_plain(spec, manifest=deployment(), path=["spec"])
    with pytest.raises(ConfigurationError) as when_written:
        to_yaml([{}, deployment(**spec)])
    assert str(when_written.value) == str(at_once.value)


def test_refuses_a_value_that_contains_itself() -> None:
    spec: dict[str, Any] = {"a": {"b": []}}
    spec["a"]["b"].append(spec["a"])

    with pytest.raises(
        ConfigurationError, match=r"spec\.a\.b\[0\] of Deployment 'web' must not contain itself; use a copy"
    ):
        to_yaml([deployment(**spec)])


def test_refuses_a_value_deeper_than_kubestock_diff_reads() -> None:
    def nested(depth: int) -> dict[str, Any]:
        return {"a": nested(depth - 1) if depth > 1 else 1}

    assert read_documents("a.yaml", to_yaml([nested(100)]).encode()) == [nested(100)]
    with pytest.raises(
        ConfigurationError, match=r"a\.a\.a\.a\.a of the document must have at most 100 levels of nesting"
    ):
        to_yaml([nested(101)])


def test_refuses_a_document_that_is_not_a_mapping() -> None:
    with pytest.raises(ConfigurationError, match="each document must be a mapping, got list; give a manifest"):
        to_yaml([["a"]])  # type: ignore[list-item]  # what a caller without a type checker does


def test_an_error_never_shows_a_text() -> None:
    with pytest.raises(ConfigurationError) as refused:
        to_yaml([deployment(a="confidential\ud800")])

    assert "confidential" not in str(refused.value)


def test_accepts_values_that_can_be_written() -> None:
    class Port(IntEnum):
        HTTP = 80

    check_plain({"replicas": 2**31 - 1, "a": [2**63 - 1, -(2**63), 1.5, Port.HTTP, None, True]}, manifest=deployment())


def test_a_field_of_32_bits_may_have_more_in_a_custom_resource() -> None:
    check_plain(2**40, manifest={"apiVersion": "example.org/v1", "kind": "Shop"}, path=["spec", "replicas"])


def test_fields_of_64_bits_accept_64_bits() -> None:
    check_plain(2**40, manifest=deployment(), path=["spec", "terminationGracePeriodSeconds"])


def test_the_fields_of_32_bits_are_those_of_kubernetes() -> None:
    old, new = numbers_of_fields("v1.27.0"), numbers_of_fields("v1.36.0")
    found = {field: old[field] | new[field] for field in INT32_FIELDS}

    assert {field: numbers for field, numbers in found.items() if numbers != {"int32"}} == {}


def numbers_of_fields(release: str) -> dict[str, set[str]]:
    """Return the number formats of each field of Kubernetes, in all kinds that have it."""
    folder = Path(kubernetes_validate.__file__).parent / "kubernetes-json-schema" / f"{release}-local"
    found = defaultdict(set)
    for definition in json.loads((folder / "_definitions.json").read_text())["$defs"].values():
        for field, schema in definition.get("properties", {}).items():
            named = schema.get("$ref", "").rpartition(".")[2]
            if named == "IntOrString":
                found[field].add("int32")
            elif named in ("Quantity", "JSON") or not schema.keys() & {"type", "$ref"}:
                found[field].add(named or "anything")
            elif "integer" in schema.get("type", "") or "number" in schema.get("type", ""):
                found[field].add(schema.get("format", "without a format"))
    return found

import base64
from typing import Any

import pytest
from test_compare import config, container, custom, deployment

from kubestock.changes.change import Comparison, What
from kubestock.changes.compare import compare
from kubestock.changes.hidden import confidential_texts
from kubestock.cli.changes import as_json

OLD, NEW = "confidential", "classified"


def variable(name: str, value: str) -> dict[str, Any]:
    manifest = deployment()
    container(manifest)["env"] = [{"name": name, "value": value}]
    return manifest


def arguments(value: str) -> dict[str, Any]:
    manifest = deployment()
    container(manifest)["args"] = ["--dsn", value]
    return manifest


def options(value: str) -> dict[str, Any]:
    manifest = deployment()
    container(manifest)["args"] = [f"--db-password={value}"]
    return manifest


def pem(value: str) -> dict[str, Any]:
    name = "PRIVATE " + "KEY"
    return config(data={"server.pem": f"-----BEGIN {name}-----\n{value}\n-----END {name}-----\n"})


def nested(value: str) -> dict[str, Any]:
    secret = {"kind": "Secret", "stringData": {"a": value}, "data": {"b": base64.b64encode(value.encode()).decode()}}
    return custom("example.com/v1", "Bundle", spec={"objects": [{"manifest": secret}]})


def sealed(value: str) -> dict[str, Any]:
    return custom("bitnami.com/v1alpha1", "SealedSecret", spec={"template": {"data": {"PASSWORD": value}}})


BOTH = {
    "variable": (variable("TOKEN", OLD), variable("TOKEN", NEW)),
    "authorization": (variable("AUTHORIZATION", OLD), variable("AUTHORIZATION", NEW)),
    "cookie": (variable("SESSION_COOKIE", OLD), variable("SESSION_COOKIE", NEW)),
    "header": (variable("HEADER", f"Bearer {OLD}"), variable("HEADER", f"Bearer {NEW}")),
    "option among arguments": (options(OLD), options(NEW)),
    "private key": (pem(OLD), pem(NEW)),
    "parameter": tuple(
        custom("example.com/v1", "Chart", spec={"parameters": [{"name": "db.password", "value": value}]})
        for value in (OLD, NEW)
    ),
    "key": (config(data={"PASSWORD": OLD}), config(data={"PASSWORD": NEW})),
    "binary key": (config(binaryData={"tls.key": OLD}), config(binaryData={"tls.key": NEW})),
    "template": (sealed(OLD), sealed(NEW)),
    "url": (config(data={"DSN": f"a://b:{OLD}@c"}), config(data={"DSN": f"a://b:{NEW}@c"})),
    "url among arguments": (arguments(f"a://b:{OLD}@c"), arguments(f"a://:{NEW}@c")),
    "nested": (nested(OLD), nested(NEW)),
}


@pytest.mark.parametrize("sides", BOTH.values(), ids=BOTH)
def test_a_confidential_value_is_compared_but_not_shown(sides: tuple[dict[str, Any], dict[str, Any]]) -> None:
    changes = compare([sides[0]], [sides[1]])
    shown = repr(changes) + as_json(Comparison(changes=tuple(changes)), "before", "after")

    assert compare([sides[0]], [sides[0]]) == []
    assert {(each.what, each.hidden) for change in changes for each in change.fields} == {(What.CHANGED, True)}
    for value in (OLD, NEW):
        assert value not in shown
        assert base64.b64encode(value.encode()).decode() not in shown


@pytest.mark.parametrize("sides", BOTH.values(), ids=BOTH)
def test_a_confidential_value_in_an_added_object_is_not_shown(
    sides: tuple[dict[str, Any], dict[str, Any]],
) -> None:
    bare = {key: value for key, value in sides[0].items() if key in ("apiVersion", "kind", "metadata")}
    changes = compare([bare], [sides[0]])

    assert len(changes[0].fields) >= 1
    assert OLD not in repr(changes)
    assert "***" in repr(changes) or changes[0].fields[0].hidden


def test_the_value_of_another_variable_is_shown() -> None:
    changes = compare([variable("LEVEL", OLD)], [variable("LEVEL", NEW)])

    assert (changes[0].fields[0].before, changes[0].fields[0].after) == (OLD, NEW)


def test_confidential_texts_are_those_that_are_hidden() -> None:
    assert {OLD} <= confidential_texts([variable("TOKEN", OLD)])
    assert not confidential_texts([variable("LEVEL", OLD)])

import importlib.util
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema.validators import validator_for
from schemas import closed
from support import as_yaml, find, manifests
from workload.samples import PLATFORM, container, microservice

from kubestock import App, Chart
from kubestock.checks import findings
from kubestock.delivery.order import arrange
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.backends import TemplatedSecret
from kubestock.secrets.externalsecret import ExternalSecret, RemoteRef, SecretStoreRef
from kubestock.secrets.template import SecretTemplate
from kubestock.secrets.types import SecretType

LABELS = PLATFORM.labels("orders")
STORE = SecretStoreRef("aws", kind="ClusterSecretStore")
USER = RemoteRef("production/orders-db", property="user", version="AWSCURRENT")


def made(chart: Chart, **changed: Any) -> ExternalSecret:
    given: dict[str, Any] = {
        "name": "orders-db",
        "store": STORE,
        "keys": {"DB_USER": USER, "DB_PASSWORD": "production/orders-db-password"},
        "labels": LABELS,
    }
    return ExternalSecret(chart, "secret", **{**given, **changed})


def fullest(chart: Chart) -> ExternalSecret:
    return made(
        chart,
        store=SecretStoreRef("vault"),
        keys={"tls.crt": RemoteRef("edge", property="crt", decoding="Base64"), "tls.key": "edge-key"},
        type=SecretType.TLS,
        template=SecretTemplate(
            labels={"example.com/tier": "edge"},
            annotations={"example.com/owner": "platform"},
            data={"bundle.pem": '{{ index . "tls.crt" }}{{ index . "tls.key" }}'},
        ),
        refresh_interval="15m",
        creation_policy="Orphan",
        deletion_policy="Delete",
    )


def test_the_smallest_external_secret(chart: Chart, yaml_snapshot: Any) -> None:
    made(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_external_secret(chart: Chart, yaml_snapshot: Any) -> None:
    fullest(chart)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def regenerate() -> Any:
    path = Path(__file__).parent.parent.parent / "imports" / "regenerate.py"
    spec = importlib.util.spec_from_file_location("regenerate", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["regenerate"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    if shutil.which("go") is None:
        pytest.skip("go is not installed: it downloads and verifies the release with the CRD")
    module = regenerate()
    (source,) = [each for each in module.SOURCES if each.group == "external-secrets.io"]
    document = yaml.safe_load((module.download(source) / source.files[0]).read_text("utf-8"))
    (version,) = [each for each in document["spec"]["versions"] if each["name"] == "v1"]
    spec: dict[str, Any] = version["schema"]["openAPIV3Schema"]["properties"]["spec"]
    return spec


@pytest.mark.parametrize("make", [made, fullest])
def test_the_crd_of_the_release_accepts_it(chart: Chart, schema: dict[str, Any], make: Any) -> None:
    make(chart)
    spec = find(chart, "ExternalSecret", "orders-db")["spec"]
    strict = closed(schema)
    validator = validator_for(strict)(strict)

    assert list(validator.iter_errors(spec)) == []
    assert list(validator.iter_errors({**spec, "unknown": 1})) != []


@pytest.mark.parametrize("make", [made, fullest])
def test_the_api_server_adds_no_default(chart: Chart, schema: dict[str, Any], make: Any) -> None:
    make(chart)
    spec = find(chart, "ExternalSecret", "orders-db")["spec"]

    assert with_defaults(schema, spec) == spec


def with_defaults(schema: dict[str, Any], value: Any) -> Any:
    """Return a value with the defaults of a CRD's schema, as the API server stores it."""
    if isinstance(value, list):
        return [with_defaults(schema["items"], each) for each in value]
    if not isinstance(value, dict):
        return value
    fields = schema.get("properties", {})
    defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
    return {name: with_defaults(fields.get(name, {}), each) for name, each in {**defaults, **value}.items()}


def test_a_workload_refers_to_a_key_and_the_rules_know_it(chart: Chart) -> None:
    secret = made(chart)
    microservice(chart, main=container(env={"DB_PASSWORD": secret["DB_PASSWORD"]}))
    pods = find(chart, "Deployment", "orders")["spec"]["template"]
    source = {"name": "orders-db", "key": "DB_PASSWORD"}

    assert {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": source}} in pods["spec"]["containers"][0]["env"]
    assert "checksum/secrets" in pods["metadata"]["annotations"]
    assert not [each for each in findings(manifests(chart)) if "orders-db" in each.message]


def checksum(**changed: Any) -> str | None:
    return made(Chart(App(), "shop", namespace="shop"), **changed).ref.checksum


@pytest.mark.parametrize(
    "changed",
    [
        {"store": SecretStoreRef("aws")},
        {"keys": {"DB_USER": USER, "DB_PASSWORD": "other"}},
        {"keys": {"DB_USER": RemoteRef("production/orders-db", property="user", version="2"), "DB_PASSWORD": "p"}},
        {"template": SecretTemplate(data={"URL": "{{ .DB_USER }}"})},
    ],
)
def test_pods_roll_when_a_reference_changes(changed: dict[str, Any]) -> None:
    assert checksum(**changed) != checksum()
    assert checksum(refresh_interval="5m") == checksum()


def test_it_has_the_wave_of_secrets_after_its_store(chart: Chart) -> None:
    secret = made(chart, template=SecretTemplate(annotations={"example.com/a": "b"}))
    arrange(chart)
    document = find(chart, "ExternalSecret", "orders-db")

    assert "annotations" not in document["metadata"]
    assert secret.ref.keys == ("DB_USER", "DB_PASSWORD")


def test_a_gateway_can_render_its_configuration_into_the_secret(chart: Chart) -> None:
    secret = made(chart)
    secret.render("kong.yml", lambda: "user: {{ .DB_USER }}")

    assert isinstance(secret, TemplatedSecret)
    assert secret.ref.keys == ("DB_USER", "DB_PASSWORD", "kong.yml")
    template = find(chart, "ExternalSecret", "orders-db")["spec"]["target"]["template"]
    assert template["data"] == {"kong.yml": "user: {{ .DB_USER }}"}
    assert template["mergePolicy"] == "Merge"
    with pytest.raises(ConfigurationError, match=r"key 'kong\.yml' of external secret 'orders-db' must have one"):
        secret.render("kong.yml", lambda: "{}")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"keys": {}}, "must have at least one key"),
        ({"keys": {"a b": "x"}}, "a key of external secret 'orders-db'"),
        ({"keys": {"K": " "}}, "key of a RemoteRef must not be empty"),
        ({"refresh_interval": "1 hour"}, "must be such as 1h, 15m or 1h30m, or 0, got '1 hour'"),
        ({"refresh_interval": ""}, "must be such as 1h"),
        ({"type": SecretType.TLS}, r"must have tls\.crt and tls\.key"),
        ({"template": SecretTemplate(data={"URL": "{{ .DB_USR }}"})}, "names DB_USR, which is not one of its values"),
        ({"template": SecretTemplate(data={"DB_USER": "x"})}, "is both a value and a template"),
        ({"name": "Orders"}, "name of an ExternalSecret"),
        ({"creation_policy": "None"}, "creation_policy must be"),
    ],
)
def test_refuses_an_external_secret_that_creates_no_secret(chart: Chart, wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        made(chart, **wrong)


def test_refuses_a_malformed_store() -> None:
    with pytest.raises(ConfigurationError, match="name of the store"):
        SecretStoreRef("My_Store")

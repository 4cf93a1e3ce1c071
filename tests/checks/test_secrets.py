from typing import Any

import pytest
from support import Manifest

from kubestock.checks import findings

RULE = "one-maker"


def made(kind: str, name: str = "db", namespace: str = "shop", **fields: Any) -> Manifest:
    versions = {
        "SealedSecret": "bitnami.com/v1alpha1",
        "CronJob": "batch/v1",
        "Job": "batch/v1",
        "Certificate": "cert-manager.io/v1",
        "ExternalSecret": "external-secrets.io/v1",
    }
    metadata = {"name": name, "namespace": namespace, **fields.pop("metadata", {})}
    return {"apiVersion": versions.get(kind, "v1"), "kind": kind, "metadata": metadata, **fields}


def program(kind: str) -> Manifest:
    return made(kind, "program", metadata={"annotations": {"kubestock/makes-secret": "db"}})


SEALED = made("SealedSecret", spec={"encryptedData": {"A": "x"}})
CERTIFICATE = made("Certificate", "tls", spec={"secretName": "db"})
EXTERNAL = made("ExternalSecret", "vault", spec={"target": {"name": "db"}, "data": [{"secretKey": "A"}]})


def found(*chart: Manifest, rule: str = RULE) -> list[str]:
    return [str(each.message) for each in findings(chart) if each.rule == rule]


@pytest.mark.parametrize("other", [CERTIFICATE, EXTERNAL, program("CronJob"), program("Job"), made("Secret")])
def test_finds_a_second_object_that_creates_the_same_secret(other: Manifest) -> None:
    (message,) = found(SEALED, other)

    assert message.startswith("creates Secret 'db', which ")


@pytest.mark.parametrize(
    "other",
    [
        made("SealedSecret", "db", "elsewhere"),
        made("ExternalSecret", "vault", spec={"target": {"name": "db", "creationPolicy": "Merge"}}),
        made("ExternalSecret", "vault", spec={"target": {"name": "other"}}),
        made("CronJob", "db"),
        made("ConfigMap", "db"),
    ],
)
def test_objects_that_create_different_secrets_have_no_finding(other: Manifest) -> None:
    assert found(SEALED, other) == []


def test_a_job_and_a_cron_job_may_create_the_same_secret() -> None:
    assert found(program("Job"), program("CronJob")) == []


def user(*keys: str) -> Manifest:
    env = [{"name": key, "valueFrom": {"secretKeyRef": {"name": "db", "key": key}}} for key in keys]
    pod = {"containers": [{"name": "a", "image": "a:1", "env": env}]}
    return made("Pod", "user", spec=pod)


@pytest.mark.parametrize(
    ("target", "has"),
    [
        ({"name": "db"}, {"A"}),
        ({"name": "db", "template": {"data": {"T": "x"}}}, {"T"}),
        ({"name": "db", "template": {"data": {"T": "x"}, "mergePolicy": "Merge"}}, {"A", "T"}),
    ],
)
def test_finds_a_key_that_an_external_secret_does_not_have(target: dict[str, Any], has: set[str]) -> None:
    external = made("ExternalSecret", "vault", spec={"target": target, "data": [{"secretKey": "A"}]})
    messages = found(external, user("A", "T", "X"), rule="references")

    assert {each.partition("its key '")[2][0] for each in messages} == {"A", "T", "X"} - has


@pytest.mark.parametrize(
    "spec", [{"dataFrom": [{"extract": {"key": "db"}}]}, {"target": {"template": {"templateFrom": []}}}]
)
def test_keys_from_a_secret_store_are_not_checked(spec: dict[str, Any]) -> None:
    assert found(made("ExternalSecret", "db", spec=spec), user("A"), rule="references") == []

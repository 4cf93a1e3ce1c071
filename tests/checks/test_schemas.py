"""Objects are validated by the schema of a Kubernetes release, or by their CRD."""

import importlib.util
from typing import Any

import pytest

from kubestock.checks import findings, judge
from kubestock.checks.facts import schemas

SERVICE: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Service",
    "metadata": {"name": "orders"},
    "spec": {"type": "ExternalName", "externalName": "orders.example.com"},
}
CRD: dict[str, Any] = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "widgets.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Widget", "plural": "widgets"},
        "versions": [
            {
                "name": "v1",
                "served": True,
                "storage": True,
                "schema": {
                    "openAPIV3Schema": {
                        "type": "object",
                        "properties": {
                            "spec": {
                                "type": "object",
                                "required": ["size"],
                                "properties": {
                                    "size": {"type": "integer", "format": "int32"},
                                    "port": {"x-kubernetes-int-or-string": True},
                                    "color": {"type": "string", "enum": ["red", "blue"]},
                                    "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
                                    "labels": {"type": "object", "additionalProperties": {"type": "string"}},
                                },
                            }
                        },
                    }
                },
            }
        ],
    },
}
RULES = ("unknown-field", "wrong-type", "missing-field", "invalid-value")


def widget(**spec: object) -> dict[str, Any]:
    return {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "a"}, "spec": {"size": 1, **spec}}


def messages_of(*manifests: dict[str, Any], **options: Any) -> list[str]:
    return [f"{each.message} [{each.rule}]" for each in findings(manifests, **options) if each.rule in RULES]


def test_a_field_of_a_newer_release_is_unknown_in_an_older_release() -> None:
    service = {**SERVICE, "spec": {**SERVICE["spec"], "trafficDistribution": "PreferClose"}}

    assert messages_of(service, release="1.27") == ["spec.trafficDistribution is an unknown field [unknown-field]"]
    assert messages_of(service, release="1.31") == []
    assert messages_of(service) == []


def test_a_removed_version_is_valid_in_an_earlier_release() -> None:
    budget = {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"name": "a"}, "spec": {}}

    def removed(release: str) -> list[str]:
        return [each.fix for each in findings([budget], release=release) if each.rule == "removed-api"]

    assert removed("1.24") == []
    assert removed("1.25") == ["migrate it to policy/v1"]


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ({"colour": "red"}, "spec.colour is an unknown field [unknown-field]"),
        ({"size": "1"}, "spec.size must be a whole number, got a text [wrong-type]"),
        ({"size": 2**31}, "spec.size must be a whole number of int32, got a number [wrong-type]"),
        ({"size": None}, "spec.size is missing [missing-field]"),
        ({"port": [1]}, "spec.port must be a whole number or a text, got a list [wrong-type]"),
        ({"color": "green"}, "spec.color must be one of red, blue [invalid-value]"),
        ({"labels": {"a": 1}}, "spec.labels.a must be a text, got a number [wrong-type]"),
    ],
)
def test_a_custom_resource_is_validated_by_its_crd(spec: dict[str, Any], message: str) -> None:
    assert messages_of(CRD, widget(**spec)) == [message]
    assert messages_of(widget(**spec), crds=[CRD]) == [message]


def test_a_valid_custom_resource_has_no_finding() -> None:
    fits = widget(port="http", color="red", free={"any": [1]}, labels={"a": "b"})

    assert messages_of(widget(port=80), fits, crds=[CRD]) == []


def test_the_metadata_of_any_kind_is_validated() -> None:
    named = {**widget(), "metadata": {"name": "a", "label": {}}}

    assert messages_of(named, crds=[CRD]) == ["metadata.label is an unknown field [unknown-field]"]


def test_a_custom_resource_without_a_crd_is_not_checked() -> None:
    (not_checked,) = judge([widget()]).not_checked

    assert "there is no CRD of example.com/v1 Widget" in not_checked.message


def test_without_the_schema_package_one_note_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    schemas._of_release.cache_clear()
    wrong = {**SERVICE, "spec": {**SERVICE["spec"], "externalname": "a"}}
    judgement = judge([wrong, wrong])
    schemas._of_release.cache_clear()

    assert [each for each in judgement.findings if each.rule == "unknown-field"] == []
    assert [each.message for each in judgement.not_checked if each.rule == "unknown-field"] == [
        "is not validated, and neither is any other object: install kubernetes-validate, which contains the schemas"
    ]


@pytest.mark.parametrize(
    ("version", "kind", "fix"),
    [
        ("apps/v2", "Deployment", "write apiVersion: apps/v1"),
        ("v1", "Deployment", "write apiVersion: apps/v1"),
        ("autoscaling/v3", "HorizontalPodAutoscaler", "write apiVersion: autoscaling/v2"),
        ("apps/v1", "Deploymnt", "write kind: Deployment"),
        ("v1", "configmap", "write kind: ConfigMap"),
        ("batch", "Job", "write apiVersion: batch/v1"),
    ],
)
def test_finds_a_kind_that_the_api_server_does_not_have(version: str, kind: str, fix: str) -> None:
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}}

    assert [each.fix for each in findings([document]) if each.rule == "api-version"] == [fix]


@pytest.mark.parametrize(
    ("version", "kind"),
    [
        ("serving.knative.dev/v1", "Service"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
        ("resource.k8s.io/v1beta1", "ResourceClaim"),
        ("admissionregistration.k8s.io/v1alpha1", "MutatingAdmissionPolicy"),
        ("projectcalico.org/v3", "NetworkPolicy"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        ("skaffold/v3", "Config"),
    ],
)
def test_kinds_of_other_groups_and_of_unstable_versions_have_no_finding(version: str, kind: str) -> None:
    document = {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}}

    assert [str(each) for each in findings([document]) if each.rule == "api-version"] == []


def test_a_kustomization_needs_no_name() -> None:
    kustomization = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": ["a.yaml"]}

    assert [str(each) for each in findings([kustomization])] == []


def test_a_patch_is_not_validated() -> None:
    patch = {**SERVICE, "spec": {**SERVICE["spec"], "$patch": "replace", "port": 80}}

    assert messages_of(patch) == []


def test_a_controller_without_selector_and_labels_is_a_patch() -> None:
    containers = [{"name": "orders", "env": [{"name": "LEVEL", "value": "debug"}]}]
    spec = {"template": {"spec": {"containers": containers}}}
    patch = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "orders"}, "spec": spec}

    assert findings([patch]) == []
    assert "is not validated by a schema: it looks like a patch for another tool" in [
        each.message for each in judge([patch]).not_checked
    ]

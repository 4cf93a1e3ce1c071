"""Fields that other managers own, and that the manifest does not declare."""

import json
from typing import Any

import pytest
from test_compare import config, deployment

from kubestock.changes.change import Effect, What
from kubestock.changes.compare import compare
from kubestock.changes.undeclared import with_undeclared

Manifest = dict[str, Any]


def owned(manifest: Manifest, fields: Manifest, **entry: str) -> Manifest:
    by = {"manager": "kubectl-edit", "operation": "Update", "fieldsV1": fields, **entry}
    return {**manifest, "metadata": {**manifest["metadata"], "managedFields": [by]}}


def described(manifest: Manifest, live: Manifest, fields: Manifest) -> dict[str, object]:
    changes = with_undeclared([], [manifest], [owned(live, fields)], manager="argocd-controller")
    assert {each.effect for each in changes} <= {Effect.UNDECLARED}
    found = [field for each in changes for field in each.fields]
    assert {each.what for each in found} <= {What.UNDECLARED}
    return {each.where: "***" if each.hidden else each.after for each in found}


def service(**spec: Any) -> Manifest:
    ports = [{"name": "http", "port": 80}]
    return {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "web"}, "spec": {"ports": ports, **spec}}


def key(**keys: object) -> str:
    return "k:" + json.dumps(keys)


def test_a_list_item_is_reported_by_its_name() -> None:
    live = service(ports=[{"name": "http", "port": 80, "protocol": "TCP"}, {"name": "debug", "port": 81}])
    fields: Manifest = {"f:spec": {"f:ports": {key(port=80, protocol="TCP"): {"f:name": {}}, key(port=81): {".": {}}}}}

    assert described(service(), live, fields) == {"spec.ports[debug]": {"name": "debug", "port": 81}}


def test_a_member_of_a_set_is_reported() -> None:
    live = service(externalIPs=["203.0.113.7"])

    assert described(service(), live, {"f:spec": {"f:externalIPs": {}}}) == {"spec.externalIPs": ["203.0.113.7"]}
    assert described(live, live, {"f:spec": {"f:externalIPs": {'v:"203.0.113.7"': {}}}}) == {}


def test_the_outermost_path_is_reported_once_for_two_managers() -> None:
    live = service(sessionAffinity="ClientIP", sessionAffinityConfig={"clientIP": {"timeoutSeconds": 10}})
    fields: Manifest = {"f:spec": {"f:sessionAffinityConfig": {"f:clientIP": {".": {}, "f:timeoutSeconds": {}}}}}
    twice = owned(live, fields)
    twice["metadata"]["managedFields"] *= 2
    (change,) = with_undeclared([], [service()], [twice], manager="argocd-controller")

    assert [each.where for each in change.fields] == ["spec.sessionAffinityConfig"]


def test_a_default_of_the_server_is_not_reported_but_another_value_is() -> None:
    fields: Manifest = {"f:spec": {"f:sessionAffinity": {}, "f:clusterIP": {}, "f:internalTrafficPolicy": {}}}
    usual = service(sessionAffinity="None", clusterIP="10.0.0.7", internalTrafficPolicy="Cluster")
    changed = service(sessionAffinity="ClientIP", clusterIP="10.0.0.7", internalTrafficPolicy="Local")

    assert described(service(), usual, fields) == {}
    assert described(service(), changed, fields) == {
        "spec.sessionAffinity": "ClientIP",
        "spec.internalTrafficPolicy": "Local",
    }


@pytest.mark.parametrize(
    ("annotation", "reported"),
    [("service.beta.kubernetes.io/internal", True), ("argocd.argoproj.io/refresh", False)],
)
def test_an_annotation_is_reported_if_it_has_an_effect(annotation: str, reported: bool) -> None:
    live = {**service(), "metadata": {"name": "web", "annotations": {annotation: "x"}}}
    found = described(service(), live, {"f:metadata": {"f:annotations": {f"f:{annotation}": {}}}})

    assert bool(found) is reported


def test_a_restart_is_not_reported_but_another_annotation_of_the_pods_is() -> None:
    live = deployment()
    notes = {"kubectl.kubernetes.io/restartedAt": "now", "inject": "true"}
    live["spec"]["template"]["metadata"] = {"annotations": notes}
    fields: Manifest = {
        "f:spec": {"f:template": {"f:metadata": {"f:annotations": {".": {}, **{f"f:{n}": {} for n in notes}}}}}
    }

    assert described(deployment(), live, fields) == {"spec.template.metadata.annotations.inject": "true"}


def test_a_confidential_value_is_not_shown() -> None:
    live = config(data={"A": "1", "API_TOKEN": "canary"})

    assert described(config(data={"A": "1"}), live, {"f:data": {"f:API_TOKEN": {}}}) == {"data.API_TOKEN": "***"}


def test_an_undeclared_field_is_added_to_the_changes_of_its_object() -> None:
    before, after = config(data={"A": "1"}), config(data={"A": "2"})
    live = owned(config(data={"A": "2", "B": "3"}), {"f:data": {"f:B": {}}})
    (change,) = with_undeclared(compare([before], [after]), [after], [live], manager="argocd-controller")

    assert [(each.where, each.what) for each in change.fields] == [
        ("data.A", What.CHANGED),
        ("data.B", What.UNDECLARED),
    ]
    assert change.effect is Effect.UNDECLARED


def test_an_object_without_managed_fields_has_no_undeclared_fields() -> None:
    live = service(externalIPs=["203.0.113.7"])

    assert with_undeclared([], [service()], [live], manager="argocd-controller") == []

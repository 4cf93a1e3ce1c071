from collections.abc import Iterator
from typing import Any

import cdk8s
import pytest
from support import find, manifests

from kubestock.errors import ConfigurationError
from kubestock.namespace.roles import NamespaceRoles
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production")
APPS, CORE = "apps", ""
READING = {"get", "list", "watch"}
CHANGES = {
    ("delete", CORE, "pods"),
    ("patch", APPS, "deployments"),
    ("patch", APPS, "statefulsets"),
    ("patch", APPS, "daemonsets"),
    ("patch", APPS, "deployments/scale"),
    ("update", APPS, "deployments/scale"),
    ("patch", APPS, "statefulsets/scale"),
    ("update", APPS, "statefulsets/scale"),
}
"""All changes that an operator may make: restart, roll back, scale, delete a pod."""


def administration(chart: cdk8s.Chart) -> NamespaceRoles:
    return NamespaceRoles(
        chart, "administration", labels=LABELS, viewers=("shop:viewers",), operators=("shop:operators",)
    )


def rules(chart: cdk8s.Chart, role: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = find(chart, "Role", f"shop-{role}")["rules"]
    return found


def can(chart: cdk8s.Chart, role: str, verb: str, group: str, resource: str) -> bool:
    """Decide as the API server does, for a role without resource names."""
    return any(
        {verb, "*"}.intersection(rule["verbs"])
        and {group, "*"}.intersection(rule["apiGroups"])
        and {resource, "*"}.intersection(rule["resources"])
        for rule in rules(chart, role)
    )


def grants(chart: cdk8s.Chart, role: str) -> Iterator[tuple[str, str, str]]:
    for rule in rules(chart, role):
        for verb in rule["verbs"]:
            for group in rule["apiGroups"]:
                for resource in rule["resources"]:
                    yield verb, group, resource


@pytest.mark.parametrize(
    ("verb", "group", "resource", "viewer", "operator"),
    [
        ("get", CORE, "pods", True, True),
        ("get", CORE, "pods/log", True, True),
        ("list", CORE, "events", True, True),
        ("list", CORE, "configmaps", True, True),
        ("list", CORE, "persistentvolumeclaims", True, True),
        ("get", CORE, "resourcequotas", True, True),
        ("get", CORE, "limitranges", True, True),
        ("watch", APPS, "deployments", True, True),
        ("list", "autoscaling", "horizontalpodautoscalers", True, True),
        ("list", "batch", "jobs", True, True),
        ("list", "discovery.k8s.io", "endpointslices", True, True),
        ("list", "networking.k8s.io", "ingresses", True, True),
        ("list", "networking.k8s.io", "networkpolicies", True, True),
        ("list", "policy", "poddisruptionbudgets", True, True),
        ("get", "bitnami.com", "sealedsecrets", True, True),
        ("list", "cert-manager.io", "certificates", True, True),
        ("list", "cert-manager.io", "certificaterequests", True, True),
        ("get", "cert-manager.io", "issuers", True, True),
        ("list", "monitoring.coreos.com", "podmonitors", True, True),
        ("list", "monitoring.coreos.com", "servicemonitors", True, True),
        ("get", "monitoring.coreos.com", "prometheusrules", True, True),
        ("delete", CORE, "pods", False, True),
        ("patch", APPS, "deployments", False, True),
        ("patch", APPS, "daemonsets", False, True),
        ("patch", APPS, "deployments/scale", False, True),
        ("delete", APPS, "deployments", False, False),
        ("create", APPS, "deployments", False, False),
        ("update", APPS, "deployments", False, False),
        ("create", CORE, "pods", False, False),
        ("deletecollection", CORE, "pods", False, False),
        ("get", CORE, "secrets", False, False),
        ("list", CORE, "secrets", False, False),
        ("create", CORE, "pods/exec", False, False),
        ("get", CORE, "pods/exec", False, False),
        ("create", CORE, "pods/attach", False, False),
        ("create", CORE, "pods/portforward", False, False),
        ("get", CORE, "pods/proxy", False, False),
        ("get", CORE, "services/proxy", False, False),
        ("create", CORE, "pods/eviction", False, False),
        ("patch", CORE, "pods/ephemeralcontainers", False, False),
        ("create", CORE, "serviceaccounts/token", False, False),
        ("impersonate", CORE, "serviceaccounts", False, False),
        ("patch", "bitnami.com", "sealedsecrets", False, False),
        ("delete", "cert-manager.io", "certificates", False, False),
        ("patch", "monitoring.coreos.com", "prometheusrules", False, False),
        ("get", CORE, "nodes", False, False),
        ("get", "rbac.authorization.k8s.io", "roles", False, False),
        ("bind", "rbac.authorization.k8s.io", "roles", False, False),
        ("patch", "rbac.authorization.k8s.io", "rolebindings", False, False),
        ("patch", "networking.k8s.io", "networkpolicies", False, False),
    ],
)
def test_viewers_can_read_operators_can_change_and_neither_reads_secrets(
    chart: cdk8s.Chart, verb: str, group: str, resource: str, viewer: bool, operator: bool
) -> None:
    administration(chart)

    assert can(chart, "viewer", verb, group, resource) is viewer
    assert can(chart, "operator", verb, group, resource) is operator


@pytest.mark.parametrize(
    ("task", "needed"),
    [
        ("logs", [("get", CORE, "pods"), ("get", CORE, "pods/log")]),
        ("rollout restart", [("get", APPS, "deployments"), ("patch", APPS, "deployments")]),
        ("rollout restart of a StatefulSet", [("get", APPS, "statefulsets"), ("patch", APPS, "statefulsets")]),
        ("rollout restart of a DaemonSet", [("get", APPS, "daemonsets"), ("patch", APPS, "daemonsets")]),
        ("rollout undo", [("list", APPS, "replicasets"), ("patch", APPS, "deployments")]),
        ("rollout undo of a StatefulSet", [("list", APPS, "controllerrevisions"), ("patch", APPS, "statefulsets")]),
        ("rollout undo of a DaemonSet", [("list", APPS, "controllerrevisions"), ("patch", APPS, "daemonsets")]),
        ("scale", [("get", APPS, "deployments/scale"), ("patch", APPS, "deployments/scale")]),
        ("scale --current-replicas", [("get", APPS, "statefulsets/scale"), ("update", APPS, "statefulsets/scale")]),
        ("delete pod", [("delete", CORE, "pods"), ("watch", CORE, "pods")]),
    ],
)
def test_an_operator_has_all_permissions_that_kubectl_requires(
    chart: cdk8s.Chart, task: str, needed: list[tuple[str, str, str]]
) -> None:
    administration(chart)

    assert [each for each in needed if not can(chart, "operator", *each)] == [], task


def test_an_operator_may_make_only_these_changes(chart: cdk8s.Chart) -> None:
    administration(chart)

    assert {each for each in grants(chart, "operator") if each[0] not in READING} == CHANGES


def test_a_viewer_may_change_nothing(chart: cdk8s.Chart) -> None:
    administration(chart)

    assert {verb for verb, _, _ in grants(chart, "viewer")} == READING


def test_an_operator_may_do_all_that_a_viewer_may(chart: cdk8s.Chart) -> None:
    administration(chart)

    assert set(grants(chart, "viewer")) < set(grants(chart, "operator"))


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_no_rule_has_a_wildcard_or_reads_secrets_that_are_not_sealed(chart: cdk8s.Chart, role: str) -> None:
    administration(chart)
    words = [word for grant in grants(chart, role) for word in grant]

    assert len(words) > 50
    assert not [word for word in words if "*" in word]
    assert {word for word in words if "secret" in word} == {"sealedsecrets"}


@pytest.mark.parametrize("role", ["viewer", "operator"])
def test_each_role_is_bound_to_its_groups(chart: cdk8s.Chart, role: str) -> None:
    administration(chart)
    binding = find(chart, "RoleBinding", f"shop-{role}")

    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": f"shop-{role}"}
    assert binding["subjects"] == [
        {"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": f"shop:{role}s"},
    ]


def test_a_role_without_a_group_has_no_binding(chart: cdk8s.Chart) -> None:
    made = NamespaceRoles(chart, "administration", labels=LABELS)

    assert [each["kind"] for each in manifests(chart)] == ["Role", "Role"]
    assert made.bindings == []


@pytest.mark.parametrize("group", ["system:masters", "system:authenticated", "system:unauthenticated"])
@pytest.mark.parametrize("role", ["viewers", "operators"])
def test_refuses_to_bind_a_group_of_kubernetes_itself(chart: cdk8s.Chart, group: str, role: str) -> None:
    given: dict[str, Any] = {role: ("shop:staff", group)}

    with pytest.raises(ConfigurationError, match=f"must not begin with 'system:', got '{group}'.*; give a group"):
        NamespaceRoles(chart, "administration", labels=LABELS, **given)


@pytest.mark.parametrize("group", ["", " "])
def test_refuses_a_group_without_a_name(chart: cdk8s.Chart, group: str) -> None:
    with pytest.raises(ConfigurationError, match=f"the name of a group must not be empty, got '{group}'"):
        NamespaceRoles(chart, "administration", labels=LABELS, operators=(group,))


def test_refuses_a_group_with_whitespace_around_its_name(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="got ' shop:staff', which has no members; write 'shop:staff'"):
        NamespaceRoles(chart, "administration", labels=LABELS, viewers=(" shop:staff",))


def test_refuses_a_duplicated_group(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="each group of a role must be unique, got 'shop:staff' 2 times"):
        NamespaceRoles(chart, "administration", labels=LABELS, viewers=("shop:staff", "shop:staff"))


def test_refuses_a_text_instead_of_a_list_of_groups(chart: cdk8s.Chart) -> None:
    staff: Any = "shop:staff"

    with pytest.raises(ConfigurationError, match=r"viewers must be Sequence\[str\], got str"):
        NamespaceRoles(chart, "administration", labels=LABELS, viewers=staff)


def test_refuses_to_administer_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="NamespaceRoles must be in a chart with a namespace"):
        administration(cdk8s.Chart(app, "nowhere"))


def test_roles_can_have_a_name_of_their_own(chart: cdk8s.Chart) -> None:
    NamespaceRoles(chart, "roles", labels=LABELS, viewers=["shop:developers"], name="access")

    assert find(chart, "RoleBinding", "access-viewer")["roleRef"]["name"] == "access-viewer"

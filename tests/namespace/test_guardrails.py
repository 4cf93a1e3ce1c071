from typing import Any

import cdk8s
import pytest
from schemas import validate
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.errors import ConfigurationError
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.limits import Amounts, ContainerLimits
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production")


def guardrails(chart: cdk8s.Chart) -> Guardrails:
    return Guardrails(chart, "guardrails", labels=LABELS, viewers=("shop:viewers",), operators=("shop:operators",))


def can(chart: cdk8s.Chart, role: str, verb: str, group: str, resource: str) -> bool:
    """Decide as the API server does, for a role without resource names."""
    return any(
        verb in rule["verbs"] and group in rule["apiGroups"] and resource in rule["resources"]
        for rule in find(chart, "Role", f"shop-{role}")["rules"]
    )


def test_the_smallest_guardrails_deny_everything(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    Guardrails(chart, "guardrails", labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_guardrails_use_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    Guardrails(
        chart,
        "guardrails",
        labels=LABELS,
        viewers=("shop:viewers", "shop:auditors"),
        operators=("shop:operators",),
        pod_security=NamespaceSecurity(level="baseline", version="v1.30"),
        limits=ContainerLimits(
            default_request=Amounts(cpu="10m"), default=Amounts(cpu="1"), maximum=Amounts(memory="1Gi")
        ),
    )

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_every_object_is_valid_against_the_strict_schema(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    for manifest in manifests(chart):
        validate(manifest)


def test_the_namespace_pins_every_mode_of_pod_security(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    labels = find(chart, "Namespace", "shop")["metadata"]["labels"]

    for mode in ("enforce", "audit", "warn"):
        assert labels[f"pod-security.kubernetes.io/{mode}"] == "restricted"
        assert labels[f"pod-security.kubernetes.io/{mode}-version"] == "v1.27"


def test_nothing_goes_in_or_out_but_name_resolution(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    deny, dns = (find(chart, "NetworkPolicy", name)["spec"] for name in ("default-deny", "allow-dns"))

    assert deny == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert dns["podSelector"] == {}
    assert [port["port"] for rule in dns["egress"] for port in rule["ports"]] == [53, 53]


def test_the_default_service_account_mounts_no_token(chart: cdk8s.Chart) -> None:
    guardrails(chart)

    assert find(chart, "ServiceAccount", "default")["automountServiceAccountToken"] is False


@pytest.mark.parametrize(
    ("verb", "group", "resource", "viewer", "operator"),
    [
        ("get", "", "pods", True, True),
        ("get", "", "pods/log", True, True),
        ("watch", "apps", "deployments", True, True),
        ("list", "autoscaling", "horizontalpodautoscalers", True, True),
        ("patch", "apps", "deployments", False, True),
        ("patch", "apps", "deployments/scale", False, True),
        ("list", "apps", "replicasets", True, True),
        ("delete", "", "pods", False, True),
        ("delete", "apps", "deployments", False, False),
        ("create", "apps", "deployments", False, False),
        ("create", "", "pods", False, False),
        ("get", "", "secrets", False, False),
        ("list", "", "secrets", False, False),
        ("create", "", "pods/exec", False, False),
        ("create", "", "pods/attach", False, False),
        ("create", "", "pods/portforward", False, False),
        ("create", "", "pods/ephemeralcontainers", False, False),
        ("create", "", "serviceaccounts/token", False, False),
        ("patch", "rbac.authorization.k8s.io", "roles", False, False),
        ("get", "rbac.authorization.k8s.io", "roles", False, False),
    ],
)
def test_viewers_look_and_operators_run_and_nobody_reads_secrets(
    chart: cdk8s.Chart, verb: str, group: str, resource: str, viewer: bool, operator: bool
) -> None:
    guardrails(chart)

    assert can(chart, "viewer", verb, group, resource) is viewer
    assert can(chart, "operator", verb, group, resource) is operator


def test_no_rule_has_a_wildcard(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    words = [
        word
        for role in ("viewer", "operator")
        for rule in find(chart, "Role", f"shop-{role}")["rules"]
        for field in ("verbs", "resources", "apiGroups")
        for word in rule[field]
    ]

    assert len(words) > 50
    assert not [word for word in words if "*" in word]


def test_roles_are_bound_to_the_groups_that_are_given(chart: cdk8s.Chart) -> None:
    guardrails(chart)
    binding: dict[str, Any] = find(chart, "RoleBinding", "shop-viewer")

    assert binding["roleRef"]["name"] == "shop-viewer"
    assert [(each["kind"], each["name"]) for each in binding["subjects"]] == [("Group", "shop:viewers")]


def test_a_role_without_a_group_is_bound_to_nobody(chart: cdk8s.Chart) -> None:
    Guardrails(chart, "guardrails", labels=LABELS)

    assert not [each for each in manifests(chart) if each["kind"] == "RoleBinding"]


@pytest.mark.parametrize("group", ["system:masters", "system:authenticated", "system:unauthenticated"])
def test_refuses_to_bind_a_group_of_kubernetes_itself(chart: cdk8s.Chart, group: str) -> None:
    with pytest.raises(ConfigurationError, match=f"a group must be one of yours, got '{group}'"):
        Guardrails(chart, "guardrails", labels=LABELS, viewers=(group,))


def test_refuses_a_group_without_a_name(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="a group must have a name, got ' '"):
        Guardrails(chart, "guardrails", labels=LABELS, operators=(" ",))


def test_refuses_pod_security_that_is_not_pinned() -> None:
    with pytest.raises(ConfigurationError, match=r"must be pinned, such as v1\.27, got 'latest'"):
        NamespaceSecurity(version="latest")
    with pytest.raises(ConfigurationError, match="got 'strict'"):
        NamespaceSecurity(level="strict")  # type: ignore[arg-type]  # checked at run time too


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("minimum", "default_request"), ("default_request", "default"), ("default", "maximum"), ("minimum", "maximum")],
)
@pytest.mark.parametrize("resource", ["cpu", "memory", "ephemeral_storage"])
def test_refuses_limits_that_are_the_wrong_way_round(resource: str, lower: str, higher: str) -> None:
    values = {
        "default_request": Amounts(),
        "default": Amounts(),
        lower: Amounts(**{resource: "2"}),
        higher: Amounts(**{resource: "1"}),
    }

    with pytest.raises(ConfigurationError, match=rf"{lower} must be at most {higher} \(1\), got 2"):
        ContainerLimits(**values)


def test_refuses_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="Guardrails needs to know its namespace"):
        guardrails(cdk8s.Chart(app, "nowhere"))

import pytest
from shop import Manifest, messages_of, shop, the


def granting(**rule: object) -> list[Manifest]:
    chart = shop()
    grant = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}
    the(chart, "Role", "reader")["rules"].append(grant)
    return chart


@pytest.mark.parametrize("field", ["apiGroups", "resources", "verbs", "nonResourceURLs"])
def test_finds_a_wildcard(field: str) -> None:
    assert messages_of(granting(**{field: ["*"]}), "rbac-wildcard") == [
        f"Role/shop/reader: {field} has a wildcard '*'; list the needed ones"
    ]


def test_finds_a_wildcard_in_a_cluster_role() -> None:
    chart = shop()
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"}}

    assert messages_of([*chart, {**role, "rules": [{"resources": ["*/scale"]}]}], "rbac-wildcard") == [
        "ClusterRole/all: resources has a wildcard '*'; list the needed ones"
    ]


def test_finds_a_role_that_can_read_secrets() -> None:
    assert messages_of(granting(resources=["secrets"], verbs=["get", "create", "list"]), "rbac-reads-secrets") == [
        "Role/shop/reader: grants get, list on secrets; mount the needed Secret into the pod instead"
    ]
    assert messages_of(granting(resources=["secrets"], verbs=["create"]), "rbac-reads-secrets") == []


@pytest.mark.parametrize("resource", ["pods/exec", "pods/attach"])
def test_finds_a_role_that_can_run_commands_in_pods(resource: str) -> None:
    assert messages_of(granting(resources=[resource], verbs=["create"]), "rbac-executes-in-pods") == [
        f"Role/shop/reader: grants {resource}; grant it only to people, with a binding that expires"
    ]


@pytest.mark.parametrize("verb", ["bind", "escalate", "impersonate"])
def test_finds_a_verb_that_allows_more_permissions(verb: str) -> None:
    assert messages_of(granting(verbs=[verb]), "rbac-escalates") == [
        f"Role/shop/reader: grants {verb}, with which an account can get any permission; remove it"
    ]

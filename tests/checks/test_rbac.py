import pytest
from shop import Manifest, shop, the, told


def granting(**rule: object) -> list[Manifest]:
    chart = shop()
    grant = {"apiGroups": [""], "resources": ["pods"], "verbs": ["get"], **rule}
    the(chart, "Role", "reader")["rules"].append(grant)
    return chart


@pytest.mark.parametrize("field", ["apiGroups", "resources", "verbs", "nonResourceURLs"])
def test_refuses_a_wildcard(field: str) -> None:
    assert told(granting(**{field: ["*"]}), "rbac-wildcard") == [
        f"Role/shop/reader: {field} has a wildcard '*'; list the needed ones"
    ]


def test_refuses_a_wildcard_in_a_cluster_role() -> None:
    chart = shop()
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "all"}}

    assert told([*chart, {**role, "rules": [{"resources": ["*/scale"]}]}], "rbac-wildcard") == [
        "ClusterRole/all: resources has a wildcard '*'; list the needed ones"
    ]


def test_refuses_the_reading_of_secrets() -> None:
    assert told(granting(resources=["secrets"], verbs=["get", "create", "list"]), "rbac-reads-secrets") == [
        "Role/shop/reader: grants get, list on secrets; mount the needed Secret into the pod instead"
    ]
    assert told(granting(resources=["secrets"], verbs=["create"]), "rbac-reads-secrets") == []


@pytest.mark.parametrize("resource", ["pods/exec", "pods/attach"])
def test_refuses_the_execution_in_pods(resource: str) -> None:
    assert told(granting(resources=[resource], verbs=["create"]), "rbac-executes-in-pods") == [
        f"Role/shop/reader: grants {resource}; grant it only to people, with a binding that expires"
    ]


@pytest.mark.parametrize("verb", ["bind", "escalate", "impersonate"])
def test_refuses_a_way_to_more_rights(verb: str) -> None:
    assert told(granting(verbs=[verb]), "rbac-escalates") == [
        f"Role/shop/reader: grants {verb}, with which an account can get any permission; remove it"
    ]

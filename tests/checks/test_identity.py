import copy

from shop import messages_of, shop, the


def test_finds_two_objects_with_the_same_name() -> None:
    chart = shop()
    chart += [copy.deepcopy(each) for each in chart if each["kind"] in ("Role", "PriorityClass")]
    the(chart[-2:], "PriorityClass", "shop-services")["metadata"]["namespace"] = "anywhere"

    assert messages_of(chart, "duplicate-object") == [
        "PriorityClass/anywhere/shop-services: exists twice, and the second replaces the first; rename one, "
        "or remove it",
        "Role/shop/reader: exists twice, and the second replaces the first; rename one, or remove it",
    ]


def test_objects_in_two_namespaces_are_not_duplicates() -> None:
    chart = shop()
    elsewhere = [copy.deepcopy(each) for each in chart if each["kind"] == "Role"]
    elsewhere[0]["metadata"]["namespace"] = "staging"

    assert messages_of(chart + elsewhere, "duplicate-object") == []


def test_objects_of_two_api_groups_are_not_duplicates() -> None:
    chart = shop()
    identity = {"name": "ms-orders", "namespace": "shop"}
    knative = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": identity}

    assert messages_of([*chart, knative], "duplicate-object") == []


def test_finds_a_namespace_on_a_cluster_scoped_object() -> None:
    chart = shop()
    the(chart, "PriorityClass", "shop-services")["metadata"]["namespace"] = "shop"

    assert messages_of(chart, "cluster-scoped-namespace") == [
        "PriorityClass/shop/shop-services: is cluster-scoped but has a metadata.namespace; remove it"
    ]

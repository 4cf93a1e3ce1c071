import copy

from shop import shop, the, told


def test_refuses_two_objects_of_one_name() -> None:
    chart = shop()
    chart += [copy.deepcopy(each) for each in chart if each["kind"] in ("Role", "PriorityClass")]
    the(chart[-2:], "PriorityClass", "shop-services")["metadata"]["namespace"] = "anywhere"

    assert told(chart, "duplicate-object") == [
        "PriorityClass/anywhere/shop-services: exists twice, and the second replaces the first; rename one, "
        "or remove it",
        "Role/shop/reader: exists twice, and the second replaces the first; rename one, or remove it",
    ]


def test_one_name_in_two_namespaces_is_two_objects() -> None:
    chart = shop()
    elsewhere = [copy.deepcopy(each) for each in chart if each["kind"] == "Role"]
    elsewhere[0]["metadata"]["namespace"] = "staging"

    assert told(chart + elsewhere, "duplicate-object") == []


def test_one_kind_of_two_api_groups_is_two_kinds() -> None:
    chart = shop()
    identity = {"name": "ms-orders", "namespace": "shop"}
    knative = {"apiVersion": "serving.knative.dev/v1", "kind": "Service", "metadata": identity}

    assert told([*chart, knative], "duplicate-object") == []


def test_refuses_a_namespace_on_what_is_cluster_scoped() -> None:
    chart = shop()
    the(chart, "PriorityClass", "shop-services")["metadata"]["namespace"] = "shop"

    assert told(chart, "cluster-scoped-namespace") == [
        "PriorityClass/shop/shop-services: is cluster-scoped but has a metadata.namespace; remove it"
    ]

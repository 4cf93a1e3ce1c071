import pytest
from shop import main, pod, shop, told

from kubestock.checks.facts.environment import expand


@pytest.mark.parametrize("field", ["volumeMounts", "volumeDevices"])
def test_refuses_a_mount_without_its_volume(field: str) -> None:
    chart = shop()
    main(chart, "ms-orders")[field] = [{"name": "cache", "mountPath": "/cache"}]

    assert told(chart, "mount") == [
        "Deployment/shop/ms-orders: container 'ms-orders' mounts the volume 'cache', but the pod has config, "
        "tmp; add it to volumes"
    ]


def test_claim_template_of_a_stateful_set_is_a_volume() -> None:
    chart = shop()
    main(chart, "ms-orders")["volumeMounts"].append({"name": "store", "mountPath": "/store"})
    for document in chart:
        if document["kind"] == "Deployment" and document["metadata"]["name"] == "ms-orders":
            document["kind"] = "StatefulSet"
            document["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "store"}}]

    assert told(chart, "mount") == []


def test_refuses_a_mount_in_an_init_container() -> None:
    chart = shop()
    pod(chart, "ms-orders")["initContainers"][0]["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
    (message,) = told(chart, "mount")

    assert "container 'proxy' mounts the volume 'cache'" in message


def test_refuses_a_variable_that_stands_twice() -> None:
    chart = shop()
    main(chart, "ms-orders")["env"].append({"name": "ISSUER", "value": "other"})

    assert told(chart, "environment-unique", "environment-order") == [
        "Deployment/shop/ms-orders: container 'ms-orders' has the variable ISSUER more than once; keep one"
    ]


def test_refuses_a_variable_that_is_used_before_it_is_defined() -> None:
    chart = shop()
    variables = main(chart, "ms-orders")["env"]
    variables.append(variables.pop(0))

    assert told(chart, "environment-unique", "environment-order") == [
        "Deployment/shop/ms-orders: variable INVENTORY_SERVICE_URL of container 'ms-orders' refers to $(HOST), "
        "which is not defined before it, so the program gets the text $(HOST); define HOST first"
    ]


@pytest.mark.parametrize("text", ["$$(ISSUER)", "$(NOT_MINE)", "$(HOST", "$ISSUER", "$()"])
def test_text_that_is_no_use_of_a_later_variable_is_fine(text: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["env"].insert(1, {"name": "TEXT", "value": text})

    assert told(chart, "environment-unique", "environment-order") == []


def test_expansion_leaves_what_is_escaped_or_unknown() -> None:
    assert expand("$$(A) $(A) $(B)", {"A": "a"}) == "$(A) a $(B)"


def test_variables_that_repeat_each_other_are_not_expanded_without_end() -> None:
    text = "a"
    for _ in range(60):
        text = expand("$(A)$(A)", {"A": text})

    assert len(text) < 2**18

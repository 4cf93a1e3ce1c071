import pytest
from shop import main, messages_of, pod, shop

from kubestock.checks.facts.environment import expand


@pytest.mark.parametrize("field", ["volumeMounts", "volumeDevices"])
def test_finds_a_mount_without_its_volume(field: str) -> None:
    chart = shop()
    main(chart, "ms-orders")[field] = [{"name": "cache", "mountPath": "/cache"}]

    assert messages_of(chart, "mount") == [
        "Deployment/shop/ms-orders: container 'ms-orders' mounts the volume 'cache', but the pod has config, "
        "tmp; add it to volumes"
    ]


def test_a_volume_claim_template_is_a_volume() -> None:
    chart = shop()
    main(chart, "ms-orders")["volumeMounts"].append({"name": "store", "mountPath": "/store"})
    for document in chart:
        if document["kind"] == "Deployment" and document["metadata"]["name"] == "ms-orders":
            document["kind"] = "StatefulSet"
            document["spec"]["volumeClaimTemplates"] = [{"metadata": {"name": "store"}}]

    assert messages_of(chart, "mount") == []


def test_finds_a_mount_in_an_init_container() -> None:
    chart = shop()
    pod(chart, "ms-orders")["initContainers"][0]["volumeMounts"] = [{"name": "cache", "mountPath": "/cache"}]
    (message,) = messages_of(chart, "mount")

    assert "container 'proxy' mounts the volume 'cache'" in message


def test_finds_a_duplicate_variable() -> None:
    chart = shop()
    main(chart, "ms-orders")["env"].append({"name": "ISSUER", "value": "other"})

    assert messages_of(chart, "environment-unique", "environment-order") == [
        "Deployment/shop/ms-orders: container 'ms-orders' has the variable ISSUER more than once; keep one"
    ]


def test_finds_a_variable_that_is_used_before_it_is_defined() -> None:
    chart = shop()
    variables = main(chart, "ms-orders")["env"]
    variables.append(variables.pop(0))

    assert messages_of(chart, "environment-unique", "environment-order") == [
        "Deployment/shop/ms-orders: variable INVENTORY_SERVICE_URL of container 'ms-orders' refers to $(HOST), "
        "which is not defined before it, so the program gets the text $(HOST); define HOST first"
    ]


@pytest.mark.parametrize("text", ["$$(ISSUER)", "$(NOT_MINE)", "$(HOST", "$ISSUER", "$()"])
def test_a_text_that_is_not_a_reference_to_a_later_variable_has_no_finding(text: str) -> None:
    chart = shop()
    main(chart, "ms-orders")["env"].insert(1, {"name": "TEXT", "value": text})

    assert messages_of(chart, "environment-unique", "environment-order") == []


def test_escaped_and_unknown_variables_are_not_expanded() -> None:
    assert expand("$$(A) $(A) $(B)", {"A": "a"}) == "$(A) a $(B)"


def test_variables_that_contain_each_other_are_not_expanded_without_limit() -> None:
    text = "a"
    for _ in range(60):
        text = expand("$(A)$(A)", {"A": text})

    assert len(text) < 2**18

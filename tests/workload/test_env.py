import pytest
from hypothesis import given
from hypothesis import strategies as st
from workload.samples import IMAGE, RESOURCES, container

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, FieldRef, ResourceFieldRef, environment


@given(st.permutations(["A", "B", "C", "D"]))
def test_variables_keep_the_order_in_which_they_are_given(order: list[str]) -> None:
    bindings = environment(dict.fromkeys(order, "x")) or []

    assert [each.name for each in bindings] == order


def test_refuses_a_reference_to_a_variable_that_is_set_later() -> None:
    with pytest.raises(
        ConfigurationError, match=r"variable 'URL' must refer to variables that are set before it, got \$\(HOST\)"
    ):
        container(env={"URL": "http://$(HOST)", "HOST": "db"})

    assert list(container(env={"HOST": "db", "URL": "http://$(HOST)"}).env) == ["HOST", "URL"]


def test_an_escaped_reference_is_plain_text() -> None:
    assert container(env={"URL": "$$(HOST)", "HOST": "db"}).env["URL"] == "$$(HOST)"


def test_refuses_a_variable_that_two_sources_set() -> None:
    flags = EnvFrom(source=ConfigMapRef(name="flags", keys=("BETA",)))

    beta = SecretRef(name="beta", keys=("BETA",))
    once = r"variable 'BETA' must be set once, got it in {} and in {} \(env_from\); remove one of them"

    for env, sources, where in (
        ({"BETA": "1"}, (flags,), ("env", "ConfigMap flags")),
        ({}, (flags, EnvFrom(source=beta)), (r"ConfigMap flags \(env_from\)", "Secret beta")),
        ({}, (flags, flags), (r"ConfigMap flags \(env_from\)", "ConfigMap flags")),
    ):
        with pytest.raises(ConfigurationError, match=once.format(*where)):
            Container(image=IMAGE, resources=RESOURCES, env=env, env_from=sources)


def test_a_prefix_keeps_two_sources_apart() -> None:
    flags = ConfigMapRef(name="flags", keys=("BETA",))
    both = (EnvFrom(source=flags), EnvFrom(source=flags, prefix="OLD_"))

    assert Container(image=IMAGE, resources=RESOURCES, env_from=both).env_from == both


def test_refuses_a_number_as_a_value() -> None:
    with pytest.raises(ConfigurationError, match=r"env\['PORT'\] must be str or ConfigMapKey .*, got 8080"):
        container(env={"PORT": 8080})  # type: ignore[dict-item]  # what a caller without a type checker does


@pytest.mark.parametrize("path", ["status.podIp", "spec.containers", "status.hostIPs", "metadata.labels[app]", ""])
def test_refuses_a_field_that_pods_do_not_offer(path: str) -> None:
    with pytest.raises(ConfigurationError, match="a field reference must be"):
        FieldRef(path)


@pytest.mark.parametrize(
    "path", ["metadata.labels['a b']", "metadata.annotations['a/b/c']", "metadata.labels['A.b/c']"]
)
def test_refuses_a_key_that_no_label_or_annotation_can_have(path: str) -> None:
    with pytest.raises(ConfigurationError, match="the key of field reference"):
        FieldRef(path)

    assert FieldRef("metadata.annotations['Example.com/owner']").path


@pytest.mark.parametrize("path", ["metadata.labels", "metadata.annotations"])
def test_refuses_all_labels_as_one_variable(path: str) -> None:
    with pytest.raises(ConfigurationError, match=f"variable 'LABELS' must be a single value of the pod, got '{path}'"):
        container(env={"LABELS": FieldRef(path)})

    assert container(env={"APP": FieldRef(f"{path}['app']"), "IP": FieldRef("status.podIP")}).env


def test_a_reference_to_a_name_with_dots_is_one() -> None:
    with pytest.raises(ConfigurationError, match=r"got \$\(db\.host\), which is set after it"):
        container(env={"URL": "http://$(db.host)", "db.host": "db"})

    assert list(container(env={"db.host": "db", "URL": "$(db.host) $(unknown) $("}).env) == ["db.host", "URL"]


def test_refuses_keys_that_are_not_variable_names() -> None:
    with pytest.raises(ConfigurationError, match=r"a variable from flags must be made of .*, got '0'"):
        EnvFrom(source=ConfigMapRef(name="flags", keys=("0",)))

    assert EnvFrom(source=ConfigMapRef(name="flags", keys=("0",)), prefix="FLAG_").variables() == ("FLAG_0",)


def test_refuses_a_resource_that_containers_do_not_have() -> None:
    with pytest.raises(ConfigurationError, match="a resource reference must be a request or limit"):
        ResourceFieldRef(resource="limits.bananas")
    with pytest.raises(ConfigurationError, match="a resource reference must be a request or limit"):
        ResourceFieldRef(resource="limits.hugepages-big")


@pytest.mark.parametrize(
    ("resource", "divisor"), [("limits.cpu", "1Mi"), ("limits.memory", "1m"), ("requests.ephemeral-storage", "10")]
)
def test_refuses_a_divisor_that_the_api_server_does_not_know(resource: str, divisor: str) -> None:
    with pytest.raises(ConfigurationError, match=f"the divisor of {resource} must be one of .*, got '{divisor}'"):
        ResourceFieldRef(resource=resource, divisor=divisor)

    assert ResourceFieldRef(resource="limits.cpu", divisor="1m").divisor == "1m"
    assert ResourceFieldRef(resource="limits.memory", divisor="1Mi").divisor == "1Mi"
    assert ResourceFieldRef(resource="limits.hugepages-2Mi", divisor="1Gi").divisor == "1Gi"


def test_later_changes_of_the_callers_map_do_not_reach_the_container() -> None:
    env = {"A": "1"}
    made = container(env=env)
    env["B"] = "2"

    assert dict(made.env) == {"A": "1"}

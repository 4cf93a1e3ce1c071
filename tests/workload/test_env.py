import pytest
from hypothesis import given
from hypothesis import strategies as st
from workload.samples import IMAGE, RESOURCES, container

from kubestock.errors import ConfigurationError
from kubestock.values.references import ConfigMapRef
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, FieldRef, ResourceRef, environment


@given(st.permutations(["A", "B", "C", "D"]))
def test_variables_keep_the_order_in_which_they_are_given(order: list[str]) -> None:
    bindings = environment(dict.fromkeys(order, "x")) or []

    assert [each.name for each in bindings] == order


def test_refuses_a_reference_to_a_variable_that_is_set_later() -> None:
    with pytest.raises(ConfigurationError, match=r"variable 'URL' refers to \$\(HOST\), which is set after it"):
        container(env={"URL": "http://$(HOST)", "HOST": "db"})

    assert list(container(env={"HOST": "db", "URL": "http://$(HOST)"}).env) == ["HOST", "URL"]


def test_an_escaped_reference_is_plain_text() -> None:
    assert container(env={"URL": "$$(HOST)", "HOST": "db"}).env["URL"] == "$$(HOST)"


def test_refuses_a_variable_that_two_sources_set() -> None:
    flags = EnvFrom(source=ConfigMapRef(name="flags", keys=("BETA",)))

    for env, sources in (({"BETA": "1"}, (flags,)), ({}, (flags, flags))):
        with pytest.raises(ConfigurationError, match="variable 'BETA' is set twice"):
            Container(image=IMAGE, resources=RESOURCES, env=env, env_from=sources)


def test_a_prefix_keeps_two_sources_apart() -> None:
    flags = ConfigMapRef(name="flags", keys=("BETA",))
    both = (EnvFrom(source=flags), EnvFrom(source=flags, prefix="OLD_"))

    assert Container(image=IMAGE, resources=RESOURCES, env_from=both).env_from == both


def test_refuses_a_number_as_a_value() -> None:
    with pytest.raises(ConfigurationError, match=r"env\['PORT'\] must be str or ConfigMapKey .*, got 8080"):
        container(env={"PORT": 8080})  # type: ignore[dict-item]  # what a caller without a type checker does


@pytest.mark.parametrize("path", ["status.podIp", "spec.containers", "metadata.labels", ""])
def test_refuses_a_field_that_pods_do_not_offer(path: str) -> None:
    with pytest.raises(ConfigurationError, match="a field reference must be"):
        FieldRef(path)


def test_refuses_a_resource_that_containers_do_not_have() -> None:
    with pytest.raises(ConfigurationError, match="a resource reference must be such as"):
        ResourceRef(resource="limits.bananas")
    with pytest.raises(ConfigurationError, match="a quantity must be"):
        ResourceRef(resource="limits.cpu", divisor="one")


def test_later_changes_of_the_callers_map_do_not_reach_the_container() -> None:
    env = {"A": "1"}
    made = container(env=env)
    env["B"] = "2"

    assert dict(made.env) == {"A": "1"}

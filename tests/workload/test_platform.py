import pytest

from kubestock.errors import ConfigurationError
from kubestock.workload.platform import Platform


def test_refuses_a_pull_secret_that_is_named_twice() -> None:
    with pytest.raises(ConfigurationError, match="pull secret 'registry' must be unique in pull_secrets"):
        Platform(part_of="shop", environment="production", pull_secrets=("registry", "registry"))


@pytest.mark.parametrize("name", ["", "My_Secret", "a..b"])
def test_refuses_names_that_no_object_can_have(name: str) -> None:
    with pytest.raises(ConfigurationError, match="pull secret must be made of"):
        Platform(part_of="shop", environment="production", pull_secrets=(name,))
    with pytest.raises(ConfigurationError, match="priority_class_name must be made of"):
        Platform(part_of="shop", environment="production", priority_class_name=name)

    assert Platform(part_of="shop", environment="production", pull_secrets=("r" * 253,), priority_class_name="a.b")

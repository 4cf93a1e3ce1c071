import cdk8s
import pytest
from support import find
from workload.samples import PLATFORM

from kubestock.errors import ConfigurationError
from kubestock.workload.configmap import ConfigMap

LABELS = PLATFORM.labels("flags")


def test_refuses_a_reference_to_a_key_that_does_not_exist(chart: cdk8s.Chart) -> None:
    flags = ConfigMap(chart, "flags", name="flags", data={"beta": "on"}, labels=LABELS)

    assert flags["beta"].source.name == "flags"
    with pytest.raises(ConfigurationError, match=r"key of flags must be one of its keys \(beta\), got 'gamma'"):
        _ = flags["gamma"]


def test_refuses_more_data_than_an_object_may_have(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="must have at most 1048576 bytes of data, got 1048577"):
        ConfigMap(chart, "flags", name="flags", data={"a": "x" * (1024 * 1024), "b": "x"}, labels=LABELS)


def test_accepts_as_much_data_as_the_api_server(chart: cdk8s.Chart) -> None:
    ConfigMap(chart, "flags", name="f" * 253, data={"a": "x" * (1024 * 1024)}, labels=LABELS)

    assert len(find(chart, "ConfigMap", "f" * 253)["data"]["a"]) == 1024 * 1024


def test_refuses_a_value_that_is_not_text(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match=r"data\['a'\] must be str, got 1"):
        ConfigMap(chart, "flags", name="flags", data={"a": 1}, labels=LABELS)  # type: ignore[dict-item]  # likewise

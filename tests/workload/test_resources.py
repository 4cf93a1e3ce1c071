import pytest

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.workload.resources import ContainerResources


def resources(**changes: str) -> ContainerResources:
    return ContainerResources(
        **{"cpu_request": "50m", "cpu_limit": "200m", "memory_request": "128Mi", "memory_limit": "256Mi", **changes}
    )


def test_requests_and_limits_name_cpu_memory_and_ephemeral_storage() -> None:
    container = k8s.Container(name="app", resources=resources().to_kube())
    manifest = k8s.KubePod.manifest(spec=k8s.PodSpec(containers=[container]))

    assert manifest["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "50m", "memory": "128Mi", "ephemeral-storage": "64Mi"},
        "limits": {"cpu": "200m", "memory": "256Mi", "ephemeral-storage": "256Mi"},
    }


def test_a_pair_without_a_limit_sets_no_cpu_limit() -> None:
    pair = ContainerResources.of(cpu=("100m", None), memory=("128Mi", "256Mi"))
    manifest = k8s.KubePod.manifest(spec=k8s.PodSpec(containers=[k8s.Container(name="app", resources=pair.to_kube())]))

    assert manifest["spec"]["containers"][0]["resources"]["requests"]["cpu"] == "100m"
    assert "cpu" not in manifest["spec"]["containers"][0]["resources"]["limits"]


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("cpu_limit", "49m", r"cpu limit must be at least its request \(50m\), got 49m"),
        ("memory_limit", "127Mi", r"memory limit must be at least its request \(128Mi\), got 127Mi"),
        ("ephemeral_storage_limit", "1Mi", "ephemeral storage limit must be at least"),
        ("cpu_request", "100 bananas", "cpu_request: a quantity must be"),
        ("memory_request", "128mb", "memory_request: a quantity's suffix must be one of"),
        ("memory_request", "0", "memory request must be greater than zero"),
        ("memory_request", "128m", "memory_request must be a whole number of bytes, got 128m"),
        ("ephemeral_storage_limit", "100.5", "ephemeral_storage_limit must be a whole number of bytes, got 100.5"),
        ("memory_limit", "8Ei", "memory_limit: a quantity must be at most"),
        ("cpu_request", "0.5m", "cpu must be a multiple of 1m, got 0.5m"),
    ],
)
def test_refuses_amounts_that_no_node_could_provide(field: str, value: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        resources(**{field: value})

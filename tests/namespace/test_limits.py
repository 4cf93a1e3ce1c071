import cdk8s
import kubernetes_validate
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.namespace.limits import ContainerLimits, NamespaceLimits, ResourceList
from kubestock.values.labels import Labels

LABELS = Labels(name="shop", part_of="shop", environment="production")
NONE = ResourceList()
RESOURCES = ["cpu", "memory", "ephemeral_storage"]
FULLEST = ContainerLimits(
    minimum=ResourceList(cpu="10m", memory="32Mi", ephemeral_storage="16Mi"),
    default_request=ResourceList(cpu="50m", memory="128Mi", ephemeral_storage="64Mi"),
    default=ResourceList(cpu="200m", memory="256Mi", ephemeral_storage="256Mi"),
    maximum=ResourceList(cpu="1", memory="1Gi", ephemeral_storage="1Gi"),
    max_limit_request_ratio=ResourceList(cpu="4", memory="2", ephemeral_storage="4"),
)


four = st.lists(st.integers(1, 10), min_size=4, max_size=4)


def cpu(**millicores: int) -> ContainerLimits:
    """Return limits for cpu only."""
    amounts = {step: ResourceList(cpu=f"{number}m") for step, number in millicores.items()}
    return ContainerLimits(**{"default_request": NONE, "default": NONE, **amounts})


def test_the_smallest_limits_are_those_of_one_resource(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    limits = ContainerLimits(default_request=NONE, default=ResourceList(memory="256Mi"))
    NamespaceLimits(chart, "limits", limits=limits, labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_the_fullest_limits_use_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    NamespaceLimits(chart, "limits", limits=FULLEST, labels=LABELS)

    assert as_yaml(manifests(chart)) == yaml_snapshot


def test_limits_are_valid_against_the_strict_schema(chart: cdk8s.Chart) -> None:
    NamespaceLimits(chart, "limits", limits=FULLEST, labels=LABELS)

    kubernetes_validate.validate(find(chart, "LimitRange", "shop"), "1.27", strict=True)


@given(st.one_of(four, four.map(sorted)), st.integers(1, 12), st.booleans())
def test_accepted_limits_admit_a_container_without_resources(numbers: list[int], ratio: int, has_ratio: bool) -> None:
    low, request, limit, high = (ResourceList(cpu=f"{number}m") for number in numbers)
    most = ResourceList(cpu=str(ratio)) if has_ratio else NONE
    try:
        limits = ContainerLimits(
            minimum=low, default_request=request, default=limit, maximum=high, max_limit_request_ratio=most
        )
    except ConfigurationError:
        assert numbers != sorted(numbers) or has_ratio
        return
    chart = cdk8s.Chart(cdk8s.Testing.app(), "shop", namespace="shop")
    made = NamespaceLimits(chart, "limits", limits=limits, labels=LABELS)
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "silent", "namespace": "shop"},
        "spec": {"containers": [{"name": "app"}]},
    }

    found = {finding.rule for finding in findings([made.object.to_json(), pod])}

    assert found.isdisjoint({"limit-range", "outside-limit-range", "request-above-limit"})


@pytest.mark.parametrize(
    ("lower", "higher"),
    [("minimum", "default_request"), ("default_request", "default"), ("default", "maximum"), ("minimum", "maximum")],
)
@pytest.mark.parametrize("resource", RESOURCES)
def test_refuses_limits_in_the_wrong_order(resource: str, lower: str, higher: str) -> None:
    values = {
        "default_request": NONE,
        "default": NONE,
        lower: ResourceList(**{resource: "2"}),
        higher: ResourceList(**{resource: "1"}),
    }

    with pytest.raises(ConfigurationError, match=rf"{lower} must be at most {higher} \(1\), got 2"):
        ContainerLimits(**values)


@pytest.mark.parametrize("resource", RESOURCES)
def test_refuses_an_invalid_amount(resource: str) -> None:
    name = resource.replace("_", "-")

    with pytest.raises(ConfigurationError, match=f"{name}: a quantity must be .*, got 'lots'"):
        ResourceList(**{resource: "lots"})
    with pytest.raises(ConfigurationError, match=f"{name} must be greater than zero, got 0; leave it out"):
        ResourceList(**{resource: "0"})


def test_refuses_cpu_finer_than_a_millicore() -> None:
    with pytest.raises(ConfigurationError, match=r"cpu: default must be a multiple of 1m, got 0\.0001; round it up"):
        ContainerLimits(default_request=NONE, default=ResourceList(cpu="0.0001"))


@pytest.mark.parametrize("resource", ["memory", "ephemeral_storage"])
def test_refuses_a_fraction_of_a_byte(resource: str) -> None:
    name = resource.replace("_", "-")

    with pytest.raises(ConfigurationError, match=f"{name}: default must be a whole number of bytes, got 128m"):
        ContainerLimits(default_request=NONE, default=ResourceList(**{resource: "128m"}))

    ratio = ResourceList(**{resource: "1.5"})
    assert ContainerLimits(default_request=NONE, default=ResourceList(cpu="1"), max_limit_request_ratio=ratio)


def test_refuses_limits_without_an_amount() -> None:
    with pytest.raises(ConfigurationError, match="limits must have at least one amount"):
        ContainerLimits(default_request=NONE, default=NONE)


def test_accepts_a_ratio_that_the_defaults_just_meet() -> None:
    limits = cpu(default_request=100, default=400, max_limit_request_ratio=4000)

    assert limits.max_limit_request_ratio == ResourceList(cpu="4000m")


@pytest.mark.parametrize(
    "defaults", [{"default_request": 100, "default": 401}, {"default_request": 100, "maximum": 401}]
)
def test_refuses_defaults_that_exceed_the_ratio(defaults: dict[str, int]) -> None:
    with pytest.raises(
        ConfigurationError, match=r"\(401m\) must be at most max_limit_request_ratio .*raise the request"
    ):
        cpu(**defaults, max_limit_request_ratio=4000)


def test_refuses_a_ratio_that_no_container_can_reach() -> None:
    with pytest.raises(ConfigurationError, match=r"at most maximum \(400m\) over minimum \(100m\), got 5000m"):
        cpu(minimum=100, maximum=400, max_limit_request_ratio=5000)


def test_refuses_a_ratio_below_one() -> None:
    with pytest.raises(ConfigurationError, match="max_limit_request_ratio must be at least 1, got 999m"):
        cpu(default=100, max_limit_request_ratio=999)


def test_refuses_limits_in_a_chart_without_a_namespace(app: cdk8s.App) -> None:
    with pytest.raises(ConfigurationError, match="NamespaceLimits must be in a chart with a namespace"):
        NamespaceLimits(cdk8s.Chart(app, "nowhere"), "limits", limits=FULLEST, labels=LABELS)


def test_limits_can_have_a_name_of_their_own(chart: cdk8s.Chart) -> None:
    limits = ContainerLimits(default=ResourceList(cpu="1"), default_request=ResourceList(cpu="1"))
    NamespaceLimits(chart, "limits", limits=limits, labels=LABELS, name="defaults")

    assert find(chart, "LimitRange", "defaults")["metadata"]["labels"]["app.kubernetes.io/name"] == "shop"

import pytest

from kubestock.errors import ConfigurationError
from kubestock.workload.autoscaling import Autoscaler, ExternalMetric, PodsMetric, Replicas, ScalingRules
from kubestock.workload.rollout import Rollout
from kubestock.workload.scheduling import ZONE, Scheduling, Toleration, TopologySpread


def test_a_workload_may_be_kept_without_running() -> None:
    assert (Replicas(0).fewest, Replicas(0).most) == (0, 0)


@pytest.mark.parametrize("count", [-1, 2**31, True, "2"])
def test_refuses_an_invalid_number_of_replicas(count: object) -> None:
    with pytest.raises(ConfigurationError, match=r"(replicas|count) must be"):
        Replicas(count)  # type: ignore[arg-type]  # checked at run time too


@pytest.mark.parametrize(("minimum", "maximum"), [(3, 2), (2, 2)])
def test_refuses_a_maximum_that_is_not_above_the_minimum(minimum: int, maximum: int) -> None:
    with pytest.raises(
        ConfigurationError, match=rf"max_replicas of an autoscaler must be greater than min_replicas \({minimum}\)"
    ):
        Autoscaler(min_replicas=minimum, max_replicas=maximum)


def test_refuses_an_autoscaler_without_a_metric() -> None:
    with pytest.raises(ConfigurationError, match="must have at least one metric, got none"):
        Autoscaler(max_replicas=4, cpu_percent=None)


def test_refuses_scaling_rules_that_the_api_server_rejects() -> None:
    with pytest.raises(ConfigurationError, match="stabilization_window_seconds must be at most 3600, got 3601"):
        ScalingRules(stabilization_window_seconds=3601, pods=1)
    with pytest.raises(ConfigurationError, match="period_seconds must be at most 1800, got 1801"):
        ScalingRules(stabilization_window_seconds=0, pods=1, period_seconds=1801)
    with pytest.raises(ConfigurationError, match="must set pods, percent or both"):
        ScalingRules(stabilization_window_seconds=0)


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "100%"])
@pytest.mark.parametrize("metric", [PodsMetric, ExternalMetric])
def test_refuses_a_metric_that_no_url_can_name(metric: type[PodsMetric | ExternalMetric], name: str) -> None:
    with pytest.raises(ConfigurationError, match="the name of a metric must not be"):
        metric(name=name, average_value="1")

    assert metric(name="queue length: é", average_value="1").name


@pytest.mark.parametrize("average", ["0", "0m", "-1", "much"])
@pytest.mark.parametrize("metric", [PodsMetric, ExternalMetric])
def test_refuses_an_average_that_no_metric_can_be_kept_at(
    metric: type[PodsMetric | ExternalMetric], average: str
) -> None:
    with pytest.raises(ConfigurationError, match="average_value of metric 'queue'"):
        metric(name="queue", average_value=average)

    assert metric(name="queue", average_value="1m").average_value == "1m"


@pytest.mark.parametrize("zero", [0, "0%", "00%"])
def test_refuses_a_rollout_that_could_replace_nothing(zero: int | str) -> None:
    with pytest.raises(ConfigurationError, match="must not both be 0"):
        Rollout(max_surge=zero, max_unavailable=zero)


@pytest.mark.parametrize("zero", [0, "0%", "00%"])
def test_refuses_a_disruption_budget_that_stops_every_drain(zero: int | str) -> None:
    with pytest.raises(ConfigurationError, match="pdb_max_unavailable must be at least 1, got"):
        Rollout(pdb_max_unavailable=zero)


def test_refuses_a_deadline_before_pods_can_be_ready() -> None:
    with pytest.raises(ConfigurationError, match=r"must be greater than min_ready_seconds \(10\), got 10"):
        Rollout(progress_deadline_seconds=10)


def test_refuses_a_history_that_could_not_be_rolled_back() -> None:
    with pytest.raises(ConfigurationError, match="revision_history_limit must be at least 1, got 0"):
        Rollout(revision_history_limit=0)


def test_a_surge_in_percent_rounds_up() -> None:
    assert Rollout(max_surge="25%").surge(9) == 3


def test_refuses_two_equal_spread_constraints() -> None:
    with pytest.raises(ConfigurationError, match="spread must have each topology_key at most once"):
        Scheduling(spread=(TopologySpread(topology_key=ZONE), TopologySpread(topology_key=ZONE, max_skew=2)))


def test_a_topology_key_may_have_a_required_and_a_preferred_constraint() -> None:
    both = (TopologySpread(topology_key=ZONE, max_skew=3, required=True), TopologySpread(topology_key=ZONE))

    assert Scheduling(spread=both).spread == both


def test_refuses_a_time_limit_of_a_toleration_that_never_evicts() -> None:
    with pytest.raises(ConfigurationError, match="toleration_seconds requires effect 'NoExecute'"):
        Toleration(key="spot", effect="NoSchedule", toleration_seconds=5)


@pytest.mark.parametrize("value", ["a b", "-a", "a/b", "a" * 64])
def test_refuses_a_value_that_no_taint_can_have(value: str) -> None:
    with pytest.raises(ConfigurationError, match="the value of toleration 'spot' must be a label value"):
        Toleration(key="spot", value=value)

    assert Toleration(key="spot", value="").value == ""


def test_a_toleration_without_a_key_tolerates_all_taints() -> None:
    assert Toleration(key="").to_kube().operator == "Exists"

    with pytest.raises(ConfigurationError, match="a toleration with value 'a' must have a key, got ''"):
        Toleration(key="", value="a")

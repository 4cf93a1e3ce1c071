import pytest

from kubestock.errors import ConfigurationError
from kubestock.monitoring.metrics import EXPORTERS, METRICS, check_known_metrics, metric_names


@pytest.mark.parametrize(
    ("expression", "names"),
    [
        ("up == 0", {"up"}),
        ("sum by (pod) (rate(a[5m])) / on (pod) b > 1 and -c offset 5m", {"a", "b", "c"}),
        ("histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))", {"h_bucket"}),
        ("max_over_time((a - b)[1h:5m])", {"a", "b"}),
        ("topk(scalar(n), a)", {"n", "a"}),
        ("absent(up{job='x'})", {"up"}),
        ("vector(time()) > 5", set()),
    ],
)
def test_the_metrics_of_an_expression_are_all_that_it_selects(expression: str, names: set[str]) -> None:
    assert metric_names(expression) == names


@pytest.mark.parametrize("expression", ["sum(", "rate(up)", "up{", "up ==", ""])
def test_refuses_invalid_promql(expression: str) -> None:
    with pytest.raises(ConfigurationError, match="must be valid PromQL"):
        metric_names(expression)


def test_refuses_a_selector_without_a_metric_name() -> None:
    with pytest.raises(ConfigurationError, match="must have its metric name"):
        metric_names('{job="x"}')


def test_refuses_a_metric_that_no_program_exports() -> None:
    with pytest.raises(ConfigurationError, match="reads kong_http_status, which no known program"):
        check_known_metrics("rate(kong_http_status[5m])")

    check_known_metrics("rate(kong_http_requests_total[5m])")
    check_known_metrics("db_pool_size", frozenset({"db_pool_size"}))


def test_no_metric_has_two_exporters() -> None:
    assert len(METRICS) == sum(len(each.series) for each in EXPORTERS)

import re
from typing import Any

import pytest

from kubestock.errors import ConfigurationError
from kubestock.monitoring.programs import DatabaseMetrics, Dependency, ProgramMetrics, RequestMetrics
from kubestock.monitoring.relabeling import KeepValues

POOL: dict[str, Any] = {"connections_in_use": "db_in_use", "connections_limit": 20}
COUNTED: dict[str, Any] = {
    "total": "requests_total",
    "status": "status_code",
    "seconds": "request_seconds",
    "slow_seconds": 3,
}


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("connections_in_use", "db-pool", "connections_in_use must be the name of a metric .*, got 'db-pool'"),
        ("connections_limit", "", "connections_limit must be the name of a metric"),
        ("connections_limit", "1st", "connections_limit must be the name of a metric"),
        ("connections_limit", 0, "connections_limit must be at least 1, got 0"),
        ("connections_limit", True, "connections_limit must be"),
        ("connections_idle", "db idle", "connections_idle must be the name of a metric"),
        ("query_seconds", 'q{job="a"}', "query_seconds must be the name of a metric"),
        ("query_seconds", "query_seconds_bucket", "the histogram's name, without _bucket, _sum and _count"),
        ("query_seconds", "query_seconds_count", "the histogram's name, without _bucket, _sum and _count"),
    ],
)
def test_refuses_invalid_metrics_of_a_connection_pool(field: str, value: Any, message: str) -> None:
    assert DatabaseMetrics(**POOL).connections_limit == 20
    with pytest.raises(ConfigurationError, match=message):
        DatabaseMetrics(**{**POOL, field: value})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"total": "requests-total"}, "total must be the name of a metric"),
        ({"seconds": "request_seconds_sum"}, "seconds must be the histogram's name"),
        ({"status": "status code"}, "status must be a valid label name, such as status_code, got 'status code'"),
        ({"path": "a-b", "paths": ("/",)}, "path must be a valid label name"),
        ({"slow_seconds": 0}, "slow_seconds must be a bound above 0, got 0"),
        ({"slow_seconds": float("nan")}, "slow_seconds must be a finite number, got nan"),
        ({"failed": "5..|("}, "failed must be a regular expression .* such as 5.., got"),
        ({"failed": '5"'}, "failed must be a regular expression without quotes"),
        ({"failed": ""}, "failed must be a regular expression"),
        ({"path": "route"}, r"path and paths must be given together: .* got 'route' and \(\)"),
        ({"paths": ("/",)}, "path and paths must be given together: .* got None and"),
        ({"path": "endpoint", "paths": ("/",)}, "must not be a label of the target .* so use exported_endpoint"),
        ({"path": "route", "paths": ("/", "/")}, "not empty and unique"),
    ],
)
def test_refuses_invalid_metrics_of_requests(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        RequestMetrics(**{**COUNTED, **wrong})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"name": " "}, "name of a dependency must be a string without quotes"),
        ({"name": 'the "bank"'}, "name of a dependency must be a string without quotes"),
        ({"calls": ()}, "calls must have the metrics that count the calls to 'bank', got none"),
    ],
)
def test_refuses_a_dependency_without_a_name_or_metrics(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Dependency(**{"name": "bank", "calls": (RequestMetrics(**COUNTED),), **wrong})


@pytest.mark.parametrize(
    ("seconds", "written"), [(3, ("3", "3.0")), (0.5, ("0.5",)), (10.0, ("10", "10.0")), (0.005, ("0.005",))]
)
def test_a_bound_matches_the_format_of_each_release_of_prometheus(seconds: float, written: tuple[str, ...]) -> None:
    made = RequestMetrics(**{**COUNTED, "slow_seconds": seconds})

    assert all(re.fullmatch(made.slow_bound, each) for each in written)
    assert not any(re.fullmatch(made.slow_bound, each) for each in ("30", "30.0", "0x5", "3x0", "0.55", "5", "1"))


def test_a_scrape_keeps_the_paths_of_all_metrics_with_one_label() -> None:
    answers = RequestMetrics(**COUNTED, path="path", paths=("/", "/health"))
    calls = RequestMetrics(**{**COUNTED, "total": "calls_total"}, path="path", paths=("/", "/Users"))
    others = RequestMetrics(**{**COUNTED, "total": "others_total"}, path="operation", paths=("/Groups",))
    program = ProgramMetrics(requests=answers, dependencies=(Dependency(name="bank", calls=(calls, answers, others)),))

    assert program.kept == (
        KeepValues(label="path", values=("/", "/health", "/Users")),
        KeepValues(label="operation", values=("/Groups",)),
    )
    assert ProgramMetrics(requests=RequestMetrics(**COUNTED)).kept == ()


def test_the_series_of_a_program_are_all_that_it_exports() -> None:
    program = ProgramMetrics(
        requests=RequestMetrics(**COUNTED),
        database=DatabaseMetrics(connections_in_use="a", connections_limit="b", query_seconds="c"),
    )

    assert program.series == {"requests_total", "request_seconds_bucket", "request_seconds_count", "a", "b", "c_bucket"}
    assert DatabaseMetrics(**POOL).series == {"db_in_use"}

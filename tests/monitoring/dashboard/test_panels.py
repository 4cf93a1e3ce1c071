"""Single panels: the threshold lines of the alerts, and numbers that mean what the title says."""

import dataclasses

import cdk8s
import pytest
from boards import FIXED_POOL, FULLEST, SMALLEST, Board, board_of, expressions, fullest, panels, smallest

from kubestock.monitoring.product import MonitoredService
from kubestock.monitoring.programs import ProgramMetrics


def lines(board: Board, title: str) -> list[list[float]]:
    """The thresholds in each panel with a title."""
    return [
        [step["value"] for step in each["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]
        for each in panels(board)
        if each["title"] == title
    ]


@pytest.mark.parametrize(
    ("title", "at", "drawn"),
    [
        ("CPU against limit", 0.7, 2),
        ("CPU against limit, by service", 0.7, 1),
        ("Memory against limit", 0.75, 2),
        ("Memory against limit, by service", 0.75, 1),
        ("Highest memory usage", 0.75, 1),
        ("CPU throttling", 0.3, 2),
        ("Quota used", 0.85, 1),
        ("Connections against limit, by service", 0.6, 1),
        ("Connections open, by service", 60, 1),
        ("Queries, p95 by service", 0.5, 1),
        ("Failed responses, by service", 0.15, 1),
        ("Slow responses, by service", 0.12, 1),
        ("Failed calls to external services", 0.15, 1),
        ("Slow calls to external services", 0.12, 1),
    ],
)
def test_a_line_is_at_the_threshold_of_the_alert(chart: cdk8s.Chart, title: str, at: float, drawn: int) -> None:
    assert lines(board_of(fullest(chart)), title) == [[at]] * drawn


def test_the_database_row_shows_only_services_with_a_database(chart: cdk8s.Chart) -> None:
    read = list(expressions(board_of(fullest(chart))))
    pools = [each for title, each in read if title == "Connections against limit, by service"]

    assert len([each for _, each in read if "db_" in each]) == 3
    assert all('container=~"ms-orders|ms-inventory"' in each for _, each in read if "db_" in each)
    assert pools[1].endswith('(knex_in_use{namespace="shop", container=~"ms-prices"}) / 20)')


def test_open_connections_of_an_instance_have_a_line_if_its_limit_is_known(chart: cdk8s.Chart, app: cdk8s.App) -> None:
    board, title = board_of(fullest(chart)), "Connections open, by service"
    unknown = dataclasses.replace(FULLEST, database_connections=None)
    other = board_of(smallest(cdk8s.Chart(app, "other", namespace="other"), product=unknown))
    knex = [each for name, each in expressions(board) if name == title][1]

    assert knex.split(" + ") == [
        f'sum by (container) ({each}{{namespace="shop", container=~"ms-prices"}})'
        for each in ("knex_in_use", "knex_idle")
    ]
    assert lines(board, title) == [[60]]
    assert lines(other, title) == [[]]


def test_restarts_of_the_services_with_a_database_are_one_panel(chart: cdk8s.Chart) -> None:
    (query,) = [each for title, each in expressions(board_of(fullest(chart))) if title.startswith("Restarts in ten")]

    assert 'container=~"ms-orders|ms-inventory|ms-prices"' in query


def test_queries_that_no_program_measures_have_no_panel(chart: cdk8s.Chart) -> None:
    service = MonitoredService(name="ms-prices", port=3001, exports=ProgramMetrics(database=FIXED_POOL))
    board = board_of(smallest(chart, product=dataclasses.replace(SMALLEST, services=(service,))))
    titles = {each["title"] for each in panels(board)}

    assert "Connections against limit, by service" in titles
    assert "Queries, p95 by service" not in titles


def test_requests_that_programs_count_are_shown_for_those_programs(chart: cdk8s.Chart) -> None:
    read = list(expressions(board_of(fullest(chart))))
    answers = [each for title, each in read if title.endswith("by service") and "orders_request" in each]
    calls = [each for title, each in read if title.endswith("calls to external services")]

    assert len(answers) == 3
    assert all("orders_request" in each and 'container="ms-orders"' in each for each in answers)
    assert len(calls) == 2
    assert all("payment" in each and 'container="ms-orders"' in each for each in calls)
    assert 'outcome=~"5.."' in calls[0]
    assert 'le=~"0[.]5"' in calls[1]


def test_a_product_whose_programs_count_no_requests_has_no_such_row(chart: cdk8s.Chart) -> None:
    assert "Programs" not in {each["title"] for each in board_of(smallest(chart))["panels"]}


def test_a_product_without_a_database_has_no_such_row(chart: cdk8s.Chart) -> None:
    assert "Database" not in {each["title"] for each in board_of(smallest(chart))["panels"]}


def test_the_latency_of_a_service_has_the_objective_as_a_line(chart: cdk8s.Chart) -> None:
    panel = next(each for each in panels(board_of(fullest(chart))) if each["title"] == "Latency")
    read = {target["legendFormat"]: target["expr"] for target in panel["targets"]}

    assert all("kong_request_latency_ms_bucket" in read[legend] for legend in ("p50", "p95", "p99"))
    assert "kong_upstream_latency_ms_bucket" in read["p95 of the service"]


def test_a_pod_without_health_checks_counts_as_usable_by_kong(chart: cdk8s.Chart) -> None:
    (query,) = [
        each for title, each in expressions(board_of(fullest(chart))) if title == "Healthy addresses, by upstream"
    ]

    assert 'state=~"healthy|healthchecks_off"' in query


def test_readiness_shows_whether_a_configuration_is_loaded(chart: cdk8s.Chart) -> None:
    board = board_of(fullest(chart))
    read = [each for title, each in expressions(board) if title == "Configuration"]

    assert [each for each in read if "kube_pod_status_ready" in each and 'pod=~"(edge)-' in each] == read[1:]
    # Without a database, Kong exports 1 whether a configuration is loaded or not.
    assert "kong_datastore_reachable" not in str(board)

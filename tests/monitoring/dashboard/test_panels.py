"""What single panels draw: the lines of the alerts, and numbers that mean what the title says."""

import cdk8s
import pytest
from boards import Board, board_of, expressions, fullest, panels, smallest


def lines(board: Board, title: str) -> list[list[float]]:
    """Where a colour changes, in each panel of a title."""
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
        ("Fullest memory", 0.75, 1),
        ("CPU throttling", 0.3, 2),
        ("Quota used", 0.85, 1),
        ("Connections against limit, by service", 0.6, 1),
        ("Queries, p95 by service", 0.5, 1),
    ],
)
def test_a_line_is_where_the_alert_begins_to_count(chart: cdk8s.Chart, title: str, at: float, drawn: int) -> None:
    assert lines(board_of(fullest(chart)), title) == [[at]] * drawn


def test_the_database_is_shown_for_the_services_that_have_one_and_for_no_other(chart: cdk8s.Chart) -> None:
    queries = [each for title, each in expressions(board_of(fullest(chart))) if "db_" in each]

    assert len(queries) == 2
    assert all('container=~"ms-orders|ms-inventory"' in each for each in queries)


def test_a_product_without_a_database_has_no_such_row(chart: cdk8s.Chart) -> None:
    assert "Database" not in {each["title"] for each in board_of(smallest(chart))["panels"]}


def test_the_latency_of_a_service_is_held_against_the_objective_as_users_wait(chart: cdk8s.Chart) -> None:
    panel = next(each for each in panels(board_of(fullest(chart))) if each["title"] == "Latency")
    read = {target["legendFormat"]: target["expr"] for target in panel["targets"]}

    assert all("kong_request_latency_ms_bucket" in read[legend] for legend in ("p50", "p95", "p99"))
    assert "kong_upstream_latency_ms_bucket" in read["p95 of the service"]


def test_a_pod_without_health_checks_is_one_that_kong_may_use(chart: cdk8s.Chart) -> None:
    (query,) = [each for title, each in expressions(board_of(fullest(chart))) if title == "Pods that Kong may use"]

    assert 'state=~"healthy|healthchecks_off"' in query


def test_whether_a_configuration_is_loaded_is_read_off_readiness(chart: cdk8s.Chart) -> None:
    board = board_of(fullest(chart))
    read = [each for title, each in expressions(board) if title == "Configuration"]

    assert [each for each in read if "kube_pod_status_ready" in each and 'pod=~"(edge)-' in each] == read[1:]
    # Without a database Kong exports 1 whatever it has loaded.
    assert "kong_datastore_reachable" not in str(board)

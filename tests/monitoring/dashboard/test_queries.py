import re

import cdk8s
import pytest
from boards import FULLEST, Board, board_of, expressions, filled_in, fullest, panels

from kubestock.monitoring.dashboard.selectors import SERVICE, Selectors
from kubestock.monitoring.metrics import METRICS, check_known_metrics, metric_names

UNITS = {"reqps", "percentunit", "ms", "s", "short", "Bps", "bytes"}


@pytest.fixture
def board(chart: cdk8s.Chart) -> Board:
    return board_of(fullest(chart))


def matches(selector: str, label: str, value: str, service: str) -> bool:
    found = re.search(rf'\b{label}=~"([^"]*)"', filled_in(selector, service))
    assert found, selector
    return re.fullmatch(found.group(1), value) is not None


def test_every_query_is_valid_and_reads_known_metrics_only(board: Board) -> None:
    read: set[str] = set()
    for _, expression in expressions(board):
        check_known_metrics(filled_in(expression), FULLEST.program_metrics)
        read |= metric_names(filled_in(expression))

    assert len(read) > 15
    assert read - FULLEST.program_metrics <= METRICS.keys()


def test_every_query_is_valid_when_several_services_are_selected(board: Board) -> None:
    for _, expression in expressions(board):
        metric_names(filled_in(expression, "(ms-orders|storefront)"))


def test_every_selector_is_restricted_to_the_namespace(board: Board) -> None:
    for title, expression in expressions(board):
        for name in metric_names(filled_in(expression)):
            for after in re.findall(rf"\b{name}\b(.{{0,17}})", expression):
                assert after == '{namespace="shop"', (title, expression)


def test_every_panel_has_a_unit_a_description_and_the_selected_source(board: Board) -> None:
    for panel in panels(board):
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS, panel["title"]
        assert "ormal" in panel["description"] or "objective" in panel["description"], panel["title"]
        for part in (panel, *panel["targets"]):
            assert part["datasource"] == {"type": "prometheus", "uid": "${datasource}"}


def test_queries_of_one_panel_have_different_letters(board: Board) -> None:
    for panel in panels(board):
        letters = [target["refId"] for target in panel["targets"]]

        assert letters == sorted(set(letters))


def test_every_variable_of_a_query_belongs_to_the_dashboard_or_to_grafana(board: Board) -> None:
    known = {each["name"] for each in board["templating"]["list"]} | {"__rate_interval"}
    for title, expression in expressions(board):
        assert set(re.findall(r"\$\{?(\w+)", expression)) <= known, title


@pytest.mark.parametrize("chosen", ["ms-orders", "(ms-orders|storefront)"])
def test_only_the_selected_services_are_selected_in_kongs_series(chosen: str) -> None:
    selector = Selectors(namespace="shop").kong()

    assert matches(selector, "service", "ms-orders.3002", chosen)
    assert not matches(selector, "service", "ms-orders-archive.3002", chosen)
    assert not matches(selector, "service", "old-ms-orders.3002", chosen)


@pytest.mark.parametrize("chosen", ["ms-orders", "(ms-orders|storefront)"])
def test_only_the_pods_of_the_selected_deployments_are_selected(chosen: str) -> None:
    selector = Selectors(namespace="shop").pods(SERVICE)

    assert matches(selector, "pod", "ms-orders-6d5f7c9b8-x2x5z", chosen)
    assert not matches(selector, "pod", "ms-orders-archive-6d5f7c9b8-x2x5z", chosen)
    assert not matches(selector, "pod", "old-ms-orders-6d5f7c9b8-x2x5z", chosen)

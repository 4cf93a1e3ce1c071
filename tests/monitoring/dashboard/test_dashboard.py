import dataclasses
import json
from typing import Any

import cdk8s
import pytest
from boards import FULLEST, OWN, SMALLEST, board_of, fullest, panels, smallest
from support import Manifest, as_yaml, find, manifests
from syrupy.assertion import SnapshotAssertion

from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.monitoring.dashboard.dashboard import Sidecar
from kubestock.monitoring.dashboard.grafana import uid_of
from kubestock.monitoring.dashboard.panels import Panel, Query, Row


def readable(documents: list[Manifest]) -> list[Manifest]:
    """The manifests with their JSON parsed, so that a reviewer sees panels instead of a string."""
    return [{**each, "data": {key: json.loads(text) for key, text in each["data"].items()}} for each in documents]


def test_the_smallest_dashboard_shows_one_service(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    smallest(chart)

    assert as_yaml(readable(manifests(chart))) == yaml_snapshot


def test_the_fullest_dashboard_uses_every_field(chart: cdk8s.Chart, yaml_snapshot: SnapshotAssertion) -> None:
    fullest(chart)

    assert as_yaml(readable(manifests(chart))) == yaml_snapshot


def test_the_sidecar_finds_it_by_its_label_and_the_folder_by_its_annotation(chart: cdk8s.Chart) -> None:
    fullest(chart)
    metadata = find(chart, "ConfigMap", "shop-dashboard")["metadata"]

    assert metadata["labels"]["example.com/grafana"] == "load"
    assert metadata["annotations"] == {"grafana_folder": "Shop"}


def test_the_default_label_is_that_of_grafanas_chart(chart: cdk8s.Chart) -> None:
    smallest(chart)
    metadata = find(chart, "ConfigMap", "shop-dashboard")["metadata"]

    assert metadata["labels"]["grafana_dashboard"] == "1"
    assert "annotations" not in metadata


def test_two_namespaces_never_use_the_same_file_of_the_sidecar(app: cdk8s.App) -> None:
    made = []
    for namespace in ("shop", "shop-staging"):
        chart = cdk8s.Chart(app, namespace, namespace=namespace)
        made.append(smallest(chart, product=dataclasses.replace(SMALLEST, namespace=namespace)))
    keys = [key for each in made for key in each.object.to_json()["data"]]

    assert keys == ["shop-shop.json", "shop-staging-shop.json"]
    assert [board_of(each)["uid"] for each in made] == ["shop-shop", "shop-staging-shop"]


def test_a_uid_is_short_enough_for_grafana_and_unique() -> None:
    long, other = "n" * 63 + "-a", "n" * 63 + "-b"

    assert uid_of("shop-production") == "shop-production"
    assert len(uid_of(long)) == 40
    assert uid_of(long) != uid_of(other)


def test_a_panel_keeps_its_id_when_another_is_added(chart: cdk8s.Chart, app: cdk8s.App) -> None:
    before = {each["id"]: each["title"] for each in board_of(smallest(chart))["panels"]}
    after = {
        each["id"]: each["title"] for each in board_of(fullest(cdk8s.Chart(app, "other", namespace="other")))["panels"]
    }

    assert before.items() < after.items()


def test_ids_of_panels_are_unique(chart: cdk8s.Chart) -> None:
    numbers = [each["id"] for each in board_of(fullest(chart))["panels"]]

    assert len(numbers) == len(set(numbers))


def test_the_json_is_the_same_in_each_synth(app: cdk8s.App) -> None:
    first, second = (fullest(cdk8s.Chart(app, name, namespace="shop-" + name)) for name in ("a", "b"))

    assert first.json == second.json
    assert first.json == json.dumps(json.loads(first.json), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert not {"id", "version", "iteration"} & board_of(first).keys()


def test_every_service_is_an_option_of_the_variable_by_which_its_row_repeats(chart: cdk8s.Chart) -> None:
    board = board_of(fullest(chart))
    variable = next(each for each in board["templating"]["list"] if each["name"] == "service")
    (row,) = [each for each in board["panels"] if each.get("repeat")]

    names = [each.name for each in FULLEST.services]
    assert row["repeat"] == "service"
    assert [each["value"] for each in variable["options"]] == ["$__all", *names]
    assert variable["query"] == ",".join(names)
    assert variable["current"] == {"selected": True, "text": ["All"], "value": ["$__all"]}


def test_the_row_of_a_service_has_all_four_golden_signals(chart: cdk8s.Chart) -> None:
    board = board_of(smallest(chart))
    start = next(place for place, each in enumerate(board["panels"]) if each.get("repeat"))
    end = next(place for place in range(start + 1, len(board["panels"])) if board["panels"][place]["type"] == "row")
    titles = {each["title"] for each in board["panels"][start + 1 : end]}

    assert {"Traffic", "Errors", "Latency"} <= titles
    assert {"CPU against limit", "Memory against limit", "CPU throttling", "Replicas"} <= titles


def test_the_objective_is_in_the_queries_and_in_the_thresholds(chart: cdk8s.Chart) -> None:
    board = {each["title"]: each for each in panels(board_of(fullest(chart)))}
    budget, availability = board["Error budget left"], board["Availability"]

    assert budget["targets"][0]["expr"].endswith("/ 0.005")
    assert "[30d]" in budget["targets"][0]["expr"]
    assert availability["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == 0.995
    assert board["Latency"]["fieldConfig"]["defaults"]["thresholds"]["steps"][1]["value"] == 250
    assert board["Latency objective"]["targets"][0]["expr"].startswith("histogram_quantile(0.95, ")


def test_expressions_over_weeks_are_queried_once_and_not_as_a_series(chart: cdk8s.Chart) -> None:
    for panel in panels(board_of(fullest(chart))):
        for target in panel["targets"]:
            assert target.get("instant", False) is ("[30d]" in target["expr"])


def test_the_chart_of_a_dashboard_has_no_findings(chart: cdk8s.Chart) -> None:
    fullest(chart)

    assert not findings(manifests(chart))


def test_refuses_a_sidecar_without_a_label() -> None:
    with pytest.raises(ConfigurationError, match=r"labels of the sidecar must be those .* does not load the dash"):
        Sidecar(labels={})


def test_refuses_a_label_that_kubernetes_does_not_accept() -> None:
    with pytest.raises(ConfigurationError, match=r"labels of the sidecar\['grafana_dashboard'\] must be a label value"):
        Sidecar(labels={"grafana_dashboard": "ü"})


def test_refuses_a_dashboard_larger_than_the_limit_of_the_api_server(chart: cdk8s.Chart) -> None:
    query = Query(expression="up", legend="x" * 1024 * 1024)
    row = Row(title="Own", panels=(dataclasses.replace(OWN.panels[0], queries=(query,)),))

    with pytest.raises(ConfigurationError, match=r"must have at most 1048576 bytes, got \d+; split it"):
        smallest(chart, extra_rows=(row,))


def own_row(expression: str) -> Row:
    return Row(
        title="Own", panels=(dataclasses.replace(OWN.panels[0], queries=(Query(expression=expression, legend="x"),)),)
    )


def test_refuses_an_additional_row_with_an_unknown_metric(chart: cdk8s.Chart) -> None:
    row = own_row("rate(db_pool_size[$__rate_interval])")

    with pytest.raises(ConfigurationError, match="reads db_pool_size, which no known program"):
        smallest(chart, extra_rows=(row,))

    assert smallest(chart, extra_rows=(row,), program_metrics=("db_pool_size",)).json


def test_refuses_an_additional_row_with_invalid_promql(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="expression must be valid PromQL"):
        smallest(chart, extra_rows=(own_row("sum("),))


def test_refuses_two_rows_with_the_same_title(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="titles 'Certificates' and 'Certificates' must differ; rename"):
        smallest(chart, extra_rows=(OWN, OWN))


def test_refuses_a_link_that_is_not_an_http_url(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="links must be titles with http URLs"):
        smallest(chart, links={"Runbooks": "javascript:x"})


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"title": " "}, "title of a panel must not be empty"),
        ({"unit": ""}, "unit of a panel must not be empty, got 'Days left'"),
        ({"description": "Days."}, "description of panel 'Days left' must say what is normal"),
        ({"queries": ()}, "panel 'Days left' must have at least one query"),
        ({"width": 25}, "width of panel 'Days left' must be 1 to 24 columns, got 25"),
        ({"height": 0}, "height of panel 'Days left' must be at least 1, got 0"),
        ({"thresholds": OWN.panels[0].thresholds * 2}, "thresholds of panel 'Days left' must be in ascending order"),
        ({"kind": "timeseries", "over_range": True}, "must be a stat to show one value"),
    ],
)
def test_refuses_an_incomplete_or_oversized_panel(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        dataclasses.replace(OWN.panels[0], **wrong)


def test_refuses_a_row_without_panels_or_with_duplicate_titles() -> None:
    panel: Panel = OWN.panels[0]

    with pytest.raises(ConfigurationError, match="row 'Own' must have at least one panel"):
        Row(title="Own", panels=())
    with pytest.raises(ConfigurationError, match="in row 'Own' must be unique, got 'Days left' twice; rename one"):
        Row(title="Own", panels=(panel, panel))


def test_refuses_a_query_without_a_legend() -> None:
    with pytest.raises(ConfigurationError, match="must have an expression and a legend"):
        Query(expression="up", legend="")

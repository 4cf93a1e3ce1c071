"""The alerts of production over series as its programs export them: no alert if all is well, else the right one."""

from collections.abc import Iterable
from pathlib import Path

import pytest
import yaml
from evaluation import needs_promtool, promtool, write_rules
from hour import PODS, PREFIXES, Hour, answers, flat, healthy, objects, program, restarts, target_of

MOMENTS = ("5m", "15m", "35m", "45m", "60m", "85m")
LATE = "60m"


@pytest.fixture(scope="module")
def well() -> Hour:
    return healthy()


def fired(folder: Path, series: Hour, expected: dict[str, Iterable[str]]) -> str:
    """Return what promtool reports for the names of alerts that are expected to fire, by time."""
    (rule,) = objects("PrometheusRule")
    rules = write_rules(folder, {group["name"]: group["rules"] for group in rule["spec"]["groups"]})
    test = {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": 'count by (alertname) (ALERTS{alertstate="firing"}) > bool 0',
                "eval_time": moment,
                "exp_samples": [{"labels": f'{{alertname="{name}"}}', "value": 1} for name in names],
            }
            for moment, names in expected.items()
        ],
    }
    document = {"rule_files": [rules.name], "evaluation_interval": "1m", "tests": [test]}
    path = folder / "hour.yaml"
    path.write_text(yaml.safe_dump(document))
    tested = promtool("test", "rules", str(path))
    return "" if tested.returncode == 0 else tested.stdout + tested.stderr


@needs_promtool
def test_a_healthy_hour_fires_no_alert(well: Hour, tmp_path: Path) -> None:
    assert not fired(tmp_path, well, dict.fromkeys(MOMENTS, ()))


@needs_promtool
def test_pods_that_stop_each_other_at_the_first_deployment_fire_no_alert(well: Hour, tmp_path: Path) -> None:
    began = {name: f"_x2 {values}" for name, values in well.items()}
    began |= restarts(PREFIXES, "_x2 0 1x80", pods=(2,))

    assert not fired(tmp_path, began, dict.fromkeys((f"{minute}m" for minute in range(3, 25)), ()))


@needs_promtool
def test_a_pool_with_19_of_20_connections_in_use_fires_its_alert(well: Hour, tmp_path: Path) -> None:
    for service in PREFIXES:
        full = well | program(service, 1, active=19)
        assert not fired(tmp_path, full, {"3m": (), LATE: ("DatabasePoolNearlyFull",)}), service
    assert not fired(tmp_path, well | program("ms-product", 1, active=17), {LATE: ()})


@needs_promtool
def test_failed_calls_to_the_identity_provider_fire_their_alert(well: Hour, tmp_path: Path) -> None:
    failing = well | program("ms-identity", 1, failing=3) | program("ms-identity", 2, failing=3)

    assert not fired(tmp_path, failing, {LATE: ("DependencyErrors", "ProgramErrors")})


@needs_promtool
def test_calls_to_the_identity_provider_fire_their_alert_if_a_release_counts_them(well: Hour, tmp_path: Path) -> None:
    counted = {
        # The target has a label `endpoint`, so Prometheus renames the label of the program.
        f'identity_asgardeo_api_calls_total{{{target_of("ms-identity", pod)},method="GET",exported_endpoint="/Users",'
        f'status="{status}"}}': values
        for pod in PODS
        for status, values in (("200", "0+8x90"), ("401", "0+2x90"))
    }

    assert not fired(tmp_path, well | counted, {LATE: ("DependencyErrors",)})


@needs_promtool
def test_a_database_that_restarts_fires_one_alert_on_the_database(well: Hour, tmp_path: Path) -> None:
    ended = well | restarts(PREFIXES, "0x40 1x50")

    assert not fired(tmp_path, ended, {"35m": (), "45m": ("DatabaseConnectionsLost",), "60m": ()})


@needs_promtool
def test_an_unavailable_database_fires_an_alert_before_its_services_do(well: Hour, tmp_path: Path) -> None:
    away = well | restarts(PREFIXES, "0x30 1 2 3 4 5 6x60")
    for service in PREFIXES:
        away |= answers(service, c200=2, c404=0, c401=2, c500=60)
        deployment = f'namespace="kubestock-production",deployment="{service}"'
        away[f"kube_deployment_status_replicas_available{{{deployment}}}"] = "2x30 0x60"
    expected = {"DatabaseConnectionsLost", "DatabaseUnavailable", "ServiceErrorsFast", "ReplicasMissing"}

    assert not fired(tmp_path, away, {"50m": expected})


@needs_promtool
def test_a_scrape_that_is_cut_off_fires_an_alert_with_its_pod(well: Hour, tmp_path: Path) -> None:
    target = target_of("ms-product", 1)
    cut = {name: values for name, values in well.items() if target not in name}
    cut |= {f"up{{{target}}}": flat(0), f"scrape_samples_scraped{{{target}}}": flat(5100)}
    cut |= {f"scrape_samples_post_metric_relabeling{{{target}}}": flat(5001)}

    assert not fired(tmp_path, cut, {LATE: ("ScrapeCutOff",)})


@needs_promtool
def test_a_wrong_expectation_of_an_hour_is_reported(well: Hour, tmp_path: Path) -> None:
    assert "DatabaseUnavailable" in fired(tmp_path, well, {LATE: ("DatabaseUnavailable",)})

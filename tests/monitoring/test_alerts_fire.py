"""Each alert fires where it should and nowhere else: promtool evaluates the rules over series that are made here."""

import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import cdk8s
import pytest
import yaml
from case import Case
from cases import CASES
from product import ALERTS, GROUPS
from support import find

from kubestock.monitoring.rules import PrometheusRules
from kubestock.values.labels import Labels

PROMTOOL = os.environ.get("PROMTOOL")
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="PROMTOOL names no promtool; install Go and run 'make monitoring-check'"
)


@pytest.fixture
def rules(chart: cdk8s.Chart, tmp_path: Path) -> Path:
    labels = Labels(name="shop", part_of="shop", environment="production", component="monitoring")
    PrometheusRules(chart, "r", name="shop", groups=GROUPS, runbooks="https://example.com/runbooks", labels=labels)
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(find(chart, "PrometheusRule", "shop")["spec"]))
    return path


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True, check=False)


def unit_test(rules: Path, cases: tuple[Case, ...]) -> Path:
    def one(case: Case) -> dict[str, Any]:
        expected = [{"labels": "{}", "value": case.fires}] if case.fires else []
        return {
            "name": f"{case.alert}: {case.why or case.fires}",
            "interval": case.every,
            "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
            "promql_expr_test": [
                {
                    "expr": f'count(ALERTS{{alertname="{case.alert}",alertstate="firing"}})',
                    "eval_time": case.after,
                    "exp_samples": expected,
                }
            ],
        }

    path = rules.parent / "test.yaml"
    (every,) = {case.every for case in cases}
    document = {"rule_files": [rules.name], "evaluation_interval": every, "tests": [one(case) for case in cases]}
    path.write_text(yaml.safe_dump(document))
    return path


def test_every_alert_has_a_case_that_fires_and_one_that_does_not() -> None:
    seen = Counter((case.alert, case.fires > 0) for case in CASES)

    assert {name for name, _ in seen} == set(ALERTS)
    for name in ALERTS:
        assert seen[name, True] >= 1, name
        assert seen[name, False] >= 1, name


@needs_promtool
def test_promtool_finds_the_rules_right(rules: Path) -> None:
    checked = promtool("check", "rules", "--lint-fatal", "--lint=all", str(rules))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(ALERTS)} rules found" in checked.stdout


@needs_promtool
@pytest.mark.parametrize("every", sorted({case.every for case in CASES}))
def test_each_alert_fires_where_it_should_and_nowhere_else(rules: Path, every: str) -> None:
    tested = promtool("test", "rules", str(unit_test(rules, tuple(case for case in CASES if case.every == every))))

    assert tested.returncode == 0, tested.stdout + tested.stderr


@needs_promtool
def test_a_case_that_expects_too_much_fails(rules: Path) -> None:
    wrong = Case("NodeNotReady", 1, {'kube_node_status_condition{node="n",condition="Ready",status="true"}': "1x60"})
    tested = promtool("test", "rules", str(unit_test(rules, (wrong,))))

    assert tested.returncode == 1
    assert "FAILED" in tested.stdout + tested.stderr

"""Each alert fires when it must and not otherwise: promtool evaluates the rules over generated series."""

from collections import Counter
from pathlib import Path

import cdk8s
import pytest
from case import Case
from cases import CASES
from evaluation import ENVIRONMENT, Rule, needs_promtool, promtool, write_rules, write_tests
from support import find
from watched import ALERTS, GROUPS

from kubestock.monitoring.rules import PrometheusRules
from kubestock.values.labels import Labels


@pytest.fixture
def groups(chart: cdk8s.Chart) -> dict[str, list[Rule]]:
    labels = Labels(name="shop", part_of="shop", environment=ENVIRONMENT, component="monitoring")
    PrometheusRules(chart, "r", name="shop", groups=GROUPS, runbooks="https://example.com/runbooks", labels=labels)
    return {each["name"]: each["rules"] for each in find(chart, "PrometheusRule", "shop")["spec"]["groups"]}


def by_alert(groups: dict[str, list[Rule]]) -> dict[str, list[Rule]]:
    return {rule["alert"]: [rule] for rules in groups.values() for rule in rules}


def test_every_alert_has_a_case_that_fires_and_one_that_does_not() -> None:
    seen = Counter((case.alert, case.fired) for case in CASES)

    assert {name for name, _ in seen} == set(ALERTS)
    for name in set(ALERTS) - {"CertificateRotationDue"}:  # it depends only on the time
        assert seen[name, True] >= 1, name
        assert seen[name, False] >= 1, name


def test_every_alert_with_a_duration_has_a_case_just_before_it_fires() -> None:
    waiting = {case.alert for case in CASES if case.fired and not next(iter(case.fires.values()))}

    assert {name for name, alert in ALERTS.items() if alert.for_ is not None} <= waiting


@needs_promtool
def test_promtool_accepts_the_rules(groups: dict[str, list[Rule]], tmp_path: Path) -> None:
    rules = write_rules(tmp_path, groups)
    checked = promtool("check", "rules", "--lint-fatal", "--lint=all", str(rules))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(ALERTS)} rules found" in checked.stdout


@needs_promtool
@pytest.mark.parametrize("alert", ALERTS)
def test_each_alert_fires_only_when_it_must(groups: dict[str, list[Rule]], tmp_path: Path, alert: str) -> None:
    rules = by_alert(groups)
    cases = [case for case in CASES if case.alert == alert]
    tests = write_tests(write_rules(tmp_path, {alert: rules[alert]}), cases, rules)
    tested = promtool("test", "rules", *map(str, tests))

    assert tested.returncode == 0, tested.stdout + tested.stderr


@needs_promtool
def test_a_case_with_wrong_expectations_or_labels_fails(groups: dict[str, list[Rule]], tmp_path: Path) -> None:
    ready = {'kube_node_status_condition{node="n",condition="Ready",status="true"}': "1x60"}
    broken = {'kube_node_status_condition{node="n",condition="Ready",status="true"}': "0x60"}
    for series, labels in ((ready, 'node="n"'), (broken, 'node="m"')):
        wrong = Case("NodeNotReady", series, {"45m": (labels,)})
        tested = promtool(
            "test", "rules", *map(str, write_tests(write_rules(tmp_path, groups), [wrong], by_alert(groups)))
        )

        assert tested.returncode == 1
        assert "FAILED" in tested.stdout + tested.stderr

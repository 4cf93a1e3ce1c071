"""The test cases distinguish each alert from broken versions: without a matcher or operand, other limit or duration."""

import re
from pathlib import Path

import pytest
from cases import CASES
from evaluation import ENVIRONMENT, Rule, needs_promtool, promtool, write_rules, write_tests
from mutants import Mutant, mutants_of
from watched import ALERTS

from kubestock.monitoring.alert import Alert

_FAILED = re.compile(r'expr: "ALERTS\{alertname=\\"(\w+)\\"')
_BROKEN = re.compile(r"rule: (\w+), time")
_ZERO = "what is never negative is 0 in sum where it is 0 at most"
# Broken versions that no possible series can distinguish from the alert, each with the reason.
_COUNT = "services are counted in whole numbers"
EQUAL = {
    ("PodRestarts", "limit 5, >= 2, to 1.33333"): _COUNT,
    ("DatabaseConnectionsLost", "limit 2, >= 2, to 1.33333"): _COUNT,
    ("DatabaseConnectionsLost", "limit 5, >= 2, to 1.33333"): _COUNT,
    ("DatabaseUnavailable", "limit 2, >= 2, to 1.33333"): _COUNT,
    ("DatabaseUnavailable", "limit 7, >= 2, to 1.33333"): _COUNT,
    ("ScrapeCutOff", "aggregation 1, max, to sum"): _ZERO,
    ("PodMemoryNearLimit", 'without resource="memory" at 0'): "a limit in bytes is always the greatest",
    ("PodNotReady", "aggregation 1, max, to sum"): _ZERO,
    ("DisruptionBudgetAtRisk", "aggregation 1, max, to sum"): _ZERO,
    ("QuotaNearlyFull", 'without type="hard" at 0'): "the greater of both is the hard limit, or all of it is used",
    ("SealedSecretsDoNotOpen", "aggregation 1, sum, to max"): "one series is above 0 where their sum is",
    ("GatewayConfigurationNotLoaded", "aggregation 2, max, to sum"): _ZERO,
    ("GatewayNoHealthyTarget", "aggregation 1, sum, to max"): _ZERO,
    ("NodeNotReady", "aggregation 1, max, to sum"): _ZERO,
    ("NodeDiskFills", "limit 2, < 0, to 1"): "a forecast is not exact to a byte",
    ("NodeDiskFills", "limit 2, < 0, to -1"): "a forecast is not exact to a byte",
}


def rule(alert: Alert, name: str, expression: str, for_: str | None) -> Rule:
    where = {"namespace": alert.namespace, "environment": ENVIRONMENT} if alert.namespace else {}
    found: Rule = {"alert": name, "expr": expression, "labels": {"severity": alert.severity, **where}}
    return found | ({"for": for_} if for_ else {})


def survivors(alert: Alert, mutants: list[Mutant], folder: Path) -> list[str]:
    """Return the changes of broken versions that pass every case; one that Prometheus cannot evaluate does not pass."""
    rules = {f"{alert.name}{n}": rule(alert, f"{alert.name}{n}", *each[1:]) for n, each in enumerate(mutants)}
    killed: set[str] = set()
    while left := [each for name, each in rules.items() if name not in killed]:
        cases = [case for case in CASES if case.alert == alert.name]
        tests = write_tests(write_rules(folder, {alert.name: left}), cases, {alert.name: left})
        tested = promtool("test", "rules", *map(str, tests))
        output = tested.stdout + tested.stderr
        found = {*_FAILED.findall(output), *_BROKEN.findall(output)} - killed
        killed |= found
        if not _BROKEN.findall(output) or not found:
            break
    return [what for (what, _, _), name in zip(mutants, rules, strict=True) if name not in killed]


@needs_promtool
@pytest.mark.parametrize("name", ALERTS)
def test_no_broken_version_of_an_alert_passes_its_cases(tmp_path: Path, name: str) -> None:
    alert = ALERTS[name]
    mutants = mutants_of(alert)
    allowed = {what for of, what in EQUAL if of == name}

    assert allowed <= {what for what, _, _ in mutants}
    assert set(survivors(alert, mutants, tmp_path)) == allowed


@needs_promtool
def test_the_unchanged_alert_passes(tmp_path: Path) -> None:
    alert = ALERTS["RolloutStuck"]

    assert survivors(alert, [("nothing", alert.expression, alert.for_)], tmp_path) == ["nothing"]

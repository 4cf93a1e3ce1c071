"""Evaluates rules and cases with the real promtool."""

import os
import subprocess
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from case import Case

PROMTOOL = os.environ.get("PROMTOOL")
ENVIRONMENT = "production"
needs_promtool = pytest.mark.skipif(
    PROMTOOL is None, reason="PROMTOOL is not set; install Go and run 'make monitoring-check'"
)
Rule = dict[str, Any]


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(PROMTOOL), *arguments], capture_output=True, text=True, check=False)


def write_rules(folder: Path, groups: Mapping[str, list[Rule]]) -> Path:
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"groups": [{"name": name, "rules": rules} for name, rules in groups.items()]}))
    return path


def write_tests(rules: Path, cases: Iterable[Case], by_alert: Mapping[str, list[Rule]]) -> list[Path]:
    """Write the cases with every rule of their alerts; promtool accepts one interval for each file."""
    by_interval: dict[str, list[Case]] = defaultdict(list)
    for case in cases:
        by_interval[case.evaluated or case.every].append(case)
    paths = []
    for every, found in by_interval.items():
        path = rules.parent / f"cases-{every}.yaml"
        tests = [_test(case, by_alert[case.alert]) for case in found]
        document = {"rule_files": [rules.name], "evaluation_interval": every, "tests": tests}
        path.write_text(yaml.dump(document, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper)))
        paths.append(path)
    return paths


def _test(case: Case, rules: list[Rule]) -> Rule:
    return {
        "name": f"{case.alert}: {case.why}",
        "interval": case.every,
        "input_series": [{"series": name, "values": values} for name, values in case.series.items()],
        "promql_expr_test": [
            {
                "expr": f'ALERTS{{alertname="{rule["alert"]}",alertstate="firing"}}',
                "eval_time": moment,
                "exp_samples": [{"labels": _firing(rule, labels), "value": 1} for labels in firing],
            }
            for rule in rules
            for moment, firing in case.fires.items()
        ],
    }


def _firing(rule: Rule, labels: str) -> str:
    own = {"alertname": rule["alert"], "alertstate": "firing", **rule["labels"]}
    written = [f'{name}="{value}"' for name, value in own.items()]
    return f"ALERTS{{{','.join([*written, *filter(None, [labels])])}}}"

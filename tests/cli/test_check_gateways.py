from pathlib import Path

import pytest
import yaml
from commandline import kubestock

from kubestock.checks import Rule, findings
from kubestock.cli.check.gateways import RULES

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_examples_of_a_rule_fail_and_pass(rule: Rule) -> None:
    found = findings(list(yaml.safe_load_all(rule.fails)), rules=RULES)

    assert {each.rule for each in found} == {rule.id}
    assert findings(list(yaml.safe_load_all(rule.passes)), rules=RULES) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_command_reads_a_file_of_kong_inside_a_config_map(here: Path, rule: Rule) -> None:
    Path("kong.yaml").write_text(rule.fails)
    ran = kubestock("check", "kong.yaml", "--rule", rule.id)

    assert f"[{rule.id}]" in ran.out
    assert "kong.yaml:" in ran.out


def test_the_file_of_kong_of_production_has_no_finding(here: Path) -> None:
    ran = kubestock("check", ROOT / "dist" / "production.k8s.yaml", "--rule", "kong-configuration")

    assert ran.code == 0

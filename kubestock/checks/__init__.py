"""Rules over plain manifests: what the YAML of a chart says that could not work in a cluster.

They read anybody's YAML, and import no construct. The packages:

- here: what a rule and a finding are (`definition`, `finding`), which rules there are (`registry`), how they judge
  (`judging`), and what silences one (`silencing`);
- `rules`: the rules, a package for each family;
- `facts`: what several rules look up in the manifests.
"""

from kubestock.checks.definition import Rule, rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Finding, Place, Problem, Severity, Unjudged
from kubestock.checks.judging import Judgement, Places, findings, judge
from kubestock.checks.registry import built_in_rules, installed_rules, rules_with
from kubestock.checks.silencing import Silenced

__all__ = [
    "Finding",
    "Inventory",
    "Judgement",
    "Place",
    "Places",
    "Problem",
    "Rule",
    "Severity",
    "Silenced",
    "Unjudged",
    "built_in_rules",
    "findings",
    "installed_rules",
    "judge",
    "rule",
    "rules_with",
]

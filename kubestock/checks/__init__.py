"""Rules over plain manifests: what the YAML of a chart says that could not work in a cluster.

They read anybody's YAML, and import no construct. The packages:

- here: what a rule and a finding are (`definition`, `finding`), which rules there are (`registry`), how they judge
  (`judging`);
- `rules`: the rules, a package for each family;
- `facts`: what several rules look up in the manifests.
"""

from kubestock.checks.definition import Rule, rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Finding, Place, Problem, Severity, Unjudged
from kubestock.checks.judging import Judgement, findings, judge
from kubestock.checks.registry import built_in_rules, installed_rules, rules_with

__all__ = [
    "Finding",
    "Inventory",
    "Judgement",
    "Place",
    "Problem",
    "Rule",
    "Severity",
    "Unjudged",
    "built_in_rules",
    "findings",
    "installed_rules",
    "judge",
    "rule",
    "rules_with",
]

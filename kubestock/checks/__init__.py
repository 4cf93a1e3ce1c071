"""Rules that find errors in manifests before they reach a cluster.

The rules read plain YAML from any source, and use no constructs. The contents of this package:

- the modules here define rules (`definition`) and findings (`finding`), list the rules (`registry`), run them
  (`judging`), and let objects silence them (`silencing`);
- `rules` contains the rules, a package for each family;
- `facts` contains the lookups in the manifests that several rules share.
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

"""Writes the documentation of the rules from the rules themselves.

    python -m kubestock.cli.check_docs docs/rules

writes a page for each family and a table of all rules into a folder that contains nothing else.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import yaml

from kubestock.checks import Finding, Rule, built_in_rules, findings, rules
from kubestock.cli.check import gateways
from kubestock.errors import ConfigurationError
from kubestock.values.headers import Comment, generated_by

_HEADER = generated_by("`make rules` from kubestock/checks/rules", Comment.MARKUP)
_HEAD = f"""# Rules

{_HEADER}

A construct rejects an invalid argument at once. These rules check finished manifests from any source, and also find
errors that involve several objects, which a schema cannot find. In a chart, any finding stops the synth before a file
is written. `kubestock check` applies the rules to any YAML, and so does `kubestock.checks.findings(manifests)`.

An object with an error does not work in a cluster, or is open to an attacker. An object with a warning works, but is
less reliable or less secure than its author intends. If manifests refer to an object that exists in the cluster but not
in the manifests, list it in `provided`, for example as `Secret/registry`.

If a rule is wrong about an object, silence the rule with an annotation of the object. The text of the annotation is the
reason: `kubestock/skip.plain-secret: "these are made-up samples"`. To silence a rule for all objects, use
`kubestock check --skip plain-secret="made-up samples"`. Silenced findings are counted and listed.

| rule | severity | finds |
|---|---|---|
"""
_OWN = """
## Rules of your own

A rule is a function that reads an inventory of the objects and yields problems. Its docstring says what happens in a
cluster because of the problem.

```python
from collections.abc import Iterator

from kubestock.checks import Inventory, Problem, rule
from kubestock.values import documents


@rule("owner-label", title="A Deployment has no owner label", severity="warning")
def owner_label(inventory: Inventory) -> Iterator[Problem]:
    \"\"\"The person on call does not know which team to ask.\"\"\"
    for deployment in inventory.of_kind("Deployment"):
        if not documents.text(deployment, "metadata", "labels", "owner"):
            yield Problem(deployment, "has no label owner", fix="add it", field=("metadata", "labels"))
```

`findings(manifests, rules=rules_with([owner_label]))` applies it together with kubestock's own rules. A package can
provide rules with an entry point of the group `kubestock.rules`, which names a rule, a list of rules, or a module:

```toml
[project.entry-points."kubestock.rules"]
acme = "acme.rules"
```

The functions of `kubestock.values.documents` treat a field that is missing or has a wrong type as empty. If a rule
raises an exception, this becomes a finding of that rule. `rule` also accepts the URL of a `source`, and examples in
YAML (`fails` and `passes`).
"""


def pages() -> dict[str, str]:
    """Return the files of the documentation of kubestock's own rules, by name."""
    by_family: dict[str, list[Rule]] = {}
    for each in (*built_in_rules(), *gateways.RULES):
        by_family.setdefault(_family(each), []).append(each)
    rows = (
        f"| [`{each.id}`]({family}.md#{each.id}) | {each.severity} | {each.title} |\n"
        for family, inside in by_family.items()
        for each in inside
    )
    return {
        "README.md": _HEAD + "".join(rows) + _OWN,
        **{f"{name}.md": _page(name, by_family[name]) for name in by_family},
    }


def section(rule: Rule) -> str:
    """Return the documentation of a rule in Markdown, without a heading."""
    parts = [f"{rule.title}. Severity: {rule.severity}.", rule.reason]
    parts += [f"See <{source}>." for source in rule.sources]
    if rule.fails:
        shown = "\n".join(str(each) for each in findings_of_example(rule, rule.fails))
        parts += ["The rule has a finding in this example:", f"```yaml\n{rule.fails}\n```", f"```text\n{shown}\n```"]
    if rule.passes:
        parts += ["The rule has no finding in this example:", f"```yaml\n{rule.passes}\n```"]
    return "\n\n".join(part for part in parts if part)


def findings_of_example(rule: Rule, example: str) -> list[Finding]:
    """Return the findings of a rule in one of its examples.

    Raises:
        ConfigurationError: if the example is not valid YAML.
    """
    try:
        return findings(list(yaml.safe_load_all(example)), rules=[rule])
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        line = "" if mark is None else f", got an error in line {mark.line + 1}"
        raise ConfigurationError(f"the examples of the rule {rule.id} must be valid YAML{line}; correct them") from None


def write(folder: Path) -> None:
    """Write the documentation into a folder, and remove the pages of families that no longer exist."""
    wanted = pages()
    for file in folder.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


def _page(family: str, inside: Iterable[Rule]) -> str:
    introduction = (import_module(f"{rules.__name__}.{family}").__doc__ or "").strip()
    return "\n\n".join([f"# Rules: {family}", _HEADER, introduction, *_sections(inside)]) + "\n"


def _sections(inside: Iterable[Rule]) -> Iterator[str]:
    for each in inside:
        yield f"## {each.id}"
        yield section(each)


def _family(rule: Rule) -> str:
    if rule in gateways.RULES:
        return "gateway"
    return rule.judging.__module__.removeprefix(f"{rules.__name__}.").partition(".")[0]


if __name__ == "__main__":
    write(Path(sys.argv[1]))

"""The documentation of the rules, made from the rules themselves.

    python -m kubestock.cli.check_docs docs/rules

writes a page for each family and a table of all, into a folder that holds nothing else.
"""

import sys
from collections.abc import Iterable, Iterator
from importlib import import_module
from pathlib import Path

import yaml

from kubestock.checks import Finding, Rule, built_in_rules, findings, rules
from kubestock.cli.check import gateways
from kubestock.errors import ConfigurationError

_HEAD = """# Rules

Constructs refuse what is wrong with one argument. These rules read finished manifests, whoever wrote them: what a whole
chart says, and what no schema sees. In a chart, any finding stops the synth before a file is written; `kubestock check`
applies them to any YAML, and so does `kubestock.checks.findings(manifests)`.

An error does not work in a cluster, or is open to an attacker. A warning works, and is weaker than its author means it
to be. What the cluster has and the manifests do not make is named in `provided`, such as `Secret/registry`.

Where a rule is wrong about one object, an annotation of that object silences it, and says why:
`kubestock/skip.plain-secret: "these are made-up samples"`. `kubestock check --skip plain-secret="made-up samples"`
silences a rule for all objects. What is silenced is counted and listed.

| rule | severity | finds |
|---|---|---|
"""
_OWN = """
## Rules of your own

A rule is a function that reads an inventory of the objects and yields problems. Its docstring says what happens where
it finds something.

```python
from collections.abc import Iterator

from kubestock.checks import Inventory, Problem, rule
from kubestock.values import documents


@rule("owner-label", title="A Deployment names no owner", severity="warning")
def owner_label(inventory: Inventory) -> Iterator[Problem]:
    \"\"\"The person on call does not know whom to call.\"\"\"
    for deployment in inventory.of_kind("Deployment"):
        if not documents.text(deployment, "metadata", "labels", "owner"):
            yield Problem(deployment, "has no label owner", fix="add it", field=("metadata", "labels"))
```

`findings(manifests, rules=rules_with([owner_label]))` applies it beside kubestock's own. A package brings its rules by
an entry point of the group `kubestock.rules`, which names a rule, a list of rules, or a module:

```toml
[project.entry-points."kubestock.rules"]
acme = "acme.rules"
```

`kubestock.values.documents` reads whatever is absent or of another type as empty. Where a rule raises an exception all
the same, a finding of that rule says so. `rule` also takes the address of a `source`, and examples in YAML (`fails` and
`passes`).
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
    """Return what the documentation says of a rule, in Markdown, without a heading."""
    parts = [f"{rule.title}. Severity: {rule.severity}.", rule.reason]
    parts += [f"See <{source}>." for source in rule.sources]
    if rule.fails:
        told = "\n".join(str(each) for each in findings_of_example(rule, rule.fails))
        parts += ["Finds something in:", f"```yaml\n{rule.fails}\n```", f"```text\n{told}\n```"]
    if rule.passes:
        parts += ["Finds nothing in:", f"```yaml\n{rule.passes}\n```"]
    return "\n\n".join(part for part in parts if part)


def findings_of_example(rule: Rule, example: str) -> list[Finding]:
    """Return what a rule finds in an example of its own.

    Raises:
        ConfigurationError: if the example is not valid YAML.
    """
    try:
        return findings(list(yaml.safe_load_all(example)), rules=[rule])
    except yaml.YAMLError as error:
        raise ConfigurationError(f"the examples of the rule {rule.id} must be valid YAML: {error}") from error


def write(folder: Path) -> None:
    """Write the documentation into a folder, and remove the pages of families that are gone."""
    wanted = pages()
    for file in folder.glob("*.md"):
        if file.name not in wanted:
            file.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, "utf-8")


def _page(family: str, inside: Iterable[Rule]) -> str:
    introduction = (import_module(f"{rules.__name__}.{family}").__doc__ or "").strip()
    return "\n\n".join([f"# Rules: {family}", introduction, *_sections(inside)]) + "\n"


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

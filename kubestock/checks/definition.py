"""The definition of a rule, and the decorator that creates one."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.errors import ConfigurationError

Judging = Callable[[Inventory], Iterable[Problem | Unjudged]]
"""The function of a rule: it reads the objects, and yields the problems in them."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """A rule for manifests. The decorator `rule` creates one from a function.

    Args:
        id: the name for selecting, skipping and explaining the rule: lowercase words joined by hyphens.
        title: the error that the rule finds, as a sentence: "A Secret is in plain text".
        reason: what happens in a cluster because of the error.
        judging: the function that reads the objects. It must accept any object: a field can be missing or have a wrong
            type. The functions of `kubestock.values.documents` treat such a field as empty.
        severity: an error, which stops a synth and a pipeline, or a warning.
        sources: URLs of the documentation on which the rule is based.
        fails: YAML documents in which the rule finds exactly one problem.
        passes: YAML documents in which the rule finds no problem.

    Raises:
        ConfigurationError: if the id is malformed, or the title is empty.
    """

    id: str
    title: str
    reason: str
    judging: Judging
    severity: Severity = Severity.ERROR
    sources: tuple[str, ...] = ()
    fails: str = ""
    passes: str = ""

    def __post_init__(self) -> None:
        if not _ID.fullmatch(self.id):
            raise ConfigurationError(
                f"the id of a rule must be lowercase words joined by hyphens, such as service-port, got {self.id!r}"
            )
        if not self.title.strip():
            raise ConfigurationError(f"the rule {self.id} must have a title: write a sentence that says what it finds")
        if self.severity not in (Severity.ERROR, Severity.WARNING):
            raise ConfigurationError(f"the severity of the rule {self.id} must be error or warning: choose one")

    def __call__(self, inventory: Inventory) -> Iterable[Problem | Unjudged]:
        """Yield the problems in the objects of an inventory."""
        return self.judging(inventory)


def rule(
    id: str,
    *,
    title: str,
    source: str | tuple[str, ...] = (),
    severity: Severity | str = Severity.ERROR,
    fails: str = "",
    passes: str = "",
) -> Callable[[Judging], Rule]:
    """Create a rule from a function whose docstring is the reason of the rule.

        @rule("owner", title="A Deployment has no owner label", severity="warning")
        def owner(inventory: Inventory) -> Iterator[Problem]:
            \"\"\"The person on call does not know which team to ask.\"\"\"
            for deployment in inventory.of_kind("Deployment"):
                if not documents.text(deployment, "metadata", "labels", "owner"):
                    yield Problem(deployment, "has no label owner", fix="add one", field=("metadata", "labels"))

    Args:
        id: as in `Rule`.
        title: as in `Rule`.
        source: the URL of the documentation on which the rule is based, or several. Optional for rules of your own.
        severity: `error` (the default) or `warning`.
        fails: as in `Rule`. Optional for rules of your own.
        passes: as in `Rule`. Optional for rules of your own.

    Raises:
        ConfigurationError: if the id or the severity is invalid, or the title is empty.
    """
    if severity not in tuple(Severity):
        raise ConfigurationError(f"the severity of the rule {id} must be error or warning, got {severity!r}")

    def create(judging: Judging) -> Rule:
        return Rule(
            id=id,
            title=title,
            reason=inspect.getdoc(judging) or "",
            judging=judging,
            severity=Severity(severity),
            sources=(source,) if isinstance(source, str) else source,
            fails=inspect.cleandoc(fails),
            passes=inspect.cleandoc(passes),
        )

    return create

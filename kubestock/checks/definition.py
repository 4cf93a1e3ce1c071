"""What a rule is, and how one is written."""

import inspect
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Severity, Unjudged
from kubestock.errors import ConfigurationError

Judging = Callable[[Inventory], Iterable[Problem | Unjudged]]
"""The function of a rule: it reads the objects, and yields what is wrong with them."""

_ID = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, kw_only=True, eq=False)
class Rule:
    """Something that must be true of manifests. The decorator `rule` makes one of a function.

    Args:
        id: by which it is selected, skipped and explained: words of lower case with hyphens.
        title: what is wrong where it finds something, as a sentence: "A Secret is in plain text".
        reason: what happens in a cluster then.
        judging: the function that reads the objects. It takes any of them: whatever is absent or of another type
            reads as empty with `kubestock.values.documents`.
        severity: an error, which stops a synth and a pipeline, or a warning.
        sources: addresses of the documentation that says so.
        fails: documents of YAML in which the rule finds exactly one thing.
        passes: documents of YAML in which it finds nothing.

    Raises:
        ConfigurationError: if the id is malformed, or the title empty.
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
                f"the id of a rule must be words of lower case joined by hyphens, such as service-port, got {self.id!r}"
            )
        if not self.title.strip():
            raise ConfigurationError(f"the rule {self.id} must have a title: say in a sentence what it finds")
        if self.severity not in (Severity.ERROR, Severity.WARNING):
            raise ConfigurationError(f"the severity of the rule {self.id} must be error or warning: choose one")

    def __call__(self, inventory: Inventory) -> Iterable[Problem | Unjudged]:
        """Yield what is wrong with the objects of an inventory."""
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
    """Make a rule of a function, whose docstring is the reason.

        @rule("owner", title="A Deployment names no owner", severity="warning")
        def owner(inventory: Inventory) -> Iterator[Problem]:
            \"\"\"The person on call does not know whom to call.\"\"\"
            for deployment in inventory.of_kind("Deployment"):
                if not documents.text(deployment, "metadata", "labels", "owner"):
                    yield Problem(deployment, "has no label owner", fix="add one", field=("metadata", "labels"))

    Args:
        id: as of a Rule.
        title: as of a Rule.
        source: the address of the documentation that says so, or several. Defaults to none; kubestock's own have one.
        severity: `error` (the default) or `warning`.
        fails: as of a Rule. Defaults to none; kubestock's own have one.
        passes: as of a Rule. Defaults to none; kubestock's own have one.

    Raises:
        ConfigurationError: if the id or the severity is malformed, or the title empty.
    """
    if severity not in tuple(Severity):
        raise ConfigurationError(f"the severity of the rule {id} must be error or warning, got {severity!r}")

    def made(judging: Judging) -> Rule:
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

    return made

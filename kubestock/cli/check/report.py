"""The report of `kubestock check`, for all formats."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kubestock.checks import Finding, Judgement, Rule, Severity
from kubestock.checks.facts.calls import read_calls
from kubestock.cli.check.inputs import Objects, Unreadable

_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The findings in the objects of files.

    Args:
        judgement: the result of the rules.
        objects: the objects that were checked.
        rules: the rules that were applied.
        verbose: whether to list what was not checked.
    """

    judgement: Judgement
    objects: Objects
    rules: Sequence[Rule]
    verbose: bool = False

    @property
    def findings(self) -> list[Finding]:
        """The findings, by file and line."""
        return by_place(self.judgement.findings)

    @property
    def errors(self) -> int:
        """The number of errors."""
        return sum(each.severity is Severity.ERROR for each in self.judgement.findings)

    @property
    def warnings(self) -> int:
        """The number of warnings."""
        return len(self.judgement.findings) - self.errors

    @property
    def unreadable(self) -> list[Unreadable]:
        """The files and documents that cannot be read."""
        return self.objects.unreadable

    @property
    def calls(self) -> int:
        """How many calls of other programs were read."""
        return self.judgement.inventory.derived(read_calls).count

    def closing(self) -> str:
        """Return the last line: the numbers of findings, objects and files."""
        wrong = len({each.object for each in self.judgement.findings})
        judged = f"{counted(len(self.objects.found), 'object')} in {counted(self.objects.files, 'file')}"
        if self.judgement.findings:
            severities = Counter(str(each.severity) for each in self.judgement.findings)
            found = ", ".join(counted(severities[name], name) for name in ("error", "warning") if severities[name])
            line = f"{found} in {wrong} of {judged}"
        else:
            line = f"no findings in {judged}"
        silenced, unread = len(self.judgement.silenced), len(self.unreadable)
        line += f"; {counted(silenced, 'finding')} silenced" if silenced else ""
        return line + (f"; {unread} could not be read" if unread else "")


def by_place(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings by file and line; the findings of an object are together."""
    first: dict[str, tuple[str, int]] = {}
    for each in findings:
        first[each.object] = min(_where(each), first.get(each.object, _where(each)))
    return sorted(findings, key=lambda each: (first[each.object], each.object, _where(each)))


def counted(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _where(finding: Finding) -> tuple[str, int]:
    # Findings without a place come last.
    return ("\U0010ffff", 0) if finding.place is None else (finding.place.file, finding.place.line or 0)

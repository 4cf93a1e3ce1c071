"""What `kubestock check` tells, in whatever form."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from kubestock.checks import Finding, Judgement, Rule, Severity
from kubestock.checks.facts.calls import read_calls
from kubestock.cli.check.inputs import Objects, Unreadable

_MANY = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What rules say about the objects of files.

    Args:
        judgement: of the rules.
        objects: that were judged.
        rules: that judged.
        verbose: whether what was not judged is told, too.
    """

    judgement: Judgement
    objects: Objects
    rules: Sequence[Rule]
    verbose: bool = False

    @property
    def findings(self) -> list[Finding]:
        """What was found, by file and line."""
        return by_place(self.judgement.findings)

    @property
    def errors(self) -> int:
        """How many findings are errors."""
        return sum(each.severity is Severity.ERROR for each in self.judgement.findings)

    @property
    def warnings(self) -> int:
        """How many findings are warnings."""
        return len(self.judgement.findings) - self.errors

    @property
    def unreadable(self) -> list[Unreadable]:
        """What could not be read."""
        return self.objects.unreadable

    @property
    def calls(self) -> int:
        """How many calls of other programs were read."""
        return self.judgement.inventory.derived(read_calls).count

    def closing(self) -> str:
        """Return one line: how much was found, and in how much."""
        wrong = len({each.object for each in self.judgement.findings})
        judged = f"{counted(len(self.objects.found), 'object')} in {counted(self.objects.files, 'file')}"
        if self.judgement.findings:
            severities = Counter(str(each.severity) for each in self.judgement.findings)
            found = ", ".join(counted(severities[name], name) for name in ("error", "warning") if severities[name])
            told = f"{found} in {wrong} of {judged}"
        else:
            told = f"no findings in {judged}"
        silenced, unread = len(self.judgement.silenced), len(self.unreadable)
        told += f"; {counted(silenced, 'finding')} silenced" if silenced else ""
        return told + (f"; {unread} could not be read" if unread else "")


def by_place(findings: Sequence[Finding]) -> list[Finding]:
    """Return findings in the order of files and lines, those of one object together."""
    first: dict[str, tuple[str, int]] = {}
    for each in findings:
        first[each.object] = min(_where(each), first.get(each.object, _where(each)))
    return sorted(findings, key=lambda each: (first[each.object], each.object, _where(each)))


def counted(number: int, what: str) -> str:
    """Return a number with its noun."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _where(finding: Finding) -> tuple[str, int]:
    # What has no place comes last.
    return ("\U0010ffff", 0) if finding.place is None else (finding.place.file, finding.place.line or 0)

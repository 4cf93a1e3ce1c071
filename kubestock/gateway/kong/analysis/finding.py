"""One thing in a configuration of Kong that would not work, or that would let requests pass that must not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kubestock.errors import ConfigurationError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KongFinding:
    """What a rule found.

    Args:
        id: the name of the rule, such as `route-bypass`.
        message: what must be true, and what was found. It never contains the value of a secret.
        fix: how to fix it.
        routes: the names of the routes that it is about. Defaults to none.
        severity: `warning` for what the rule cannot tell for sure. Defaults to `error`.
        places: where each route was declared, such as `orders in shop.py:12`. Defaults to none.
    """

    id: str
    message: str
    fix: str
    routes: tuple[str, ...] = ()
    severity: Severity = "error"
    places: tuple[str, ...] = ()

    def __str__(self) -> str:
        declared = f" (declared: {', '.join(self.places)})" if self.places else ""
        return f"{self.message}; {self.fix}{declared} [{self.id}]"


def require_no_findings(findings: Iterable[KongFinding]) -> None:
    """Refuse a configuration with findings.

    Raises:
        ConfigurationError: with one line for each finding.
    """
    found = list(dict.fromkeys(map(str, findings)))
    if len(found) == 1:
        raise ConfigurationError(found[0])
    if found:
        lines = "\n".join(f"  - {each}" for each in found)
        raise ConfigurationError(f"the configuration of Kong has {len(found)} problems:\n{lines}")

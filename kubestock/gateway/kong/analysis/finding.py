"""A problem in a configuration of Kong."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from kubestock.errors import ConfigurationError

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KongFinding:
    """A problem in a configuration of Kong: it would not work, or would allow requests that must be denied.

    Args:
        id: the id of the rule, such as `route-bypass`.
        message: what must be true, and what was found. It never contains the value of a secret.
        fix: how to fix it.
        routes: the names of the affected routes. Defaults to none.
        severity: `warning` if the rule is not sure. Defaults to `error`.
        places: where the routes are declared, such as `orders in shop.py:12`. Defaults to none.
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
    """Check that there are no findings.

    Raises:
        ConfigurationError: if there are any, with one line for each.
    """
    found = list(dict.fromkeys(map(str, findings)))
    if len(found) == 1:
        raise ConfigurationError(found[0])
    if found:
        lines = "\n".join(f"  - {each}" for each in found)
        raise ConfigurationError(f"the configuration of Kong has {len(found)} problems:\n{lines}")

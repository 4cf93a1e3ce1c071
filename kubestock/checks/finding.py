"""One thing that would not work in a cluster."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule found in one object.

    Args:
        rule: the name of the rule, for example `service-port`.
        object: kind, namespace and name, for example `Deployment/kubestock-production/ms-product`.
        message: what is wrong, and the mend. It never contains the value of a secret.
    """

    rule: str
    object: str
    message: str

    def __str__(self) -> str:
        return " ".join(f"{self.object}: {self.message} [{self.rule}]".split())

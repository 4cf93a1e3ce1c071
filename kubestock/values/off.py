"""Leaves out an object or a field that the library creates by default, with the reason."""

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

RELAXED_PREFIX = "kubestock/relaxed-"
"""The prefix of the annotations that say why a default is relaxed."""


class Off(Value, kw_only=False):
    """Leaves out an object or a field that the library creates by default; the reason becomes an annotation.

    Raises:
        ConfigurationError: if the reason is empty.
    """

    reason: str

    def check(self) -> None:
        if not self.reason.strip():
            raise ConfigurationError(
                "Off must have a reason, such as Off('the service mesh enforces its own policies'), got an empty text"
            )

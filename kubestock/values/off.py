"""What a product leaves out that the library would make, with the reason."""

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

RELAXED_PREFIX = "kubestock/relaxed-"
"""What the annotations begin with that say why a default is relaxed."""


class Off(Value, kw_only=False):
    """Leaves out what the library would make, and says why in words: the reason becomes an annotation.

    Raises:
        ConfigurationError: if the reason is empty.
    """

    reason: str

    def check(self) -> None:
        if not self.reason.strip():
            raise ConfigurationError("Off must say why, such as Off('the mesh enforces policies of its own')")

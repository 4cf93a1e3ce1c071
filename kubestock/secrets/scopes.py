"""Where a sealed value can be opened: only as the secret it was sealed for, or more widely."""

from enum import StrEnum

ANNOTATION = "sealedsecrets.bitnami.com/"


class SealingScope(StrEnum):
    """What a ciphertext is bound to.

    See https://github.com/bitnami-labs/sealed-secrets#scopes
    """

    STRICT = "strict"
    """It opens only under the name and in the namespace that it was sealed for."""
    NAMESPACE_WIDE = "namespace-wide"
    """It opens under any name in the namespace that it was sealed for."""
    CLUSTER_WIDE = "cluster-wide"
    """It opens anywhere in the cluster."""

    def label(self, *, namespace: str, name: str) -> str:
        """Return what a ciphertext of this scope is bound to, in the controller's own form."""
        if self is SealingScope.STRICT:
            return f"{namespace}/{name}"
        return namespace if self is SealingScope.NAMESPACE_WIDE else ""

    @property
    def annotations(self) -> dict[str, str]:
        """The annotation from which the controller reads the scope; the strict scope has none."""
        return {} if self is SealingScope.STRICT else {f"{ANNOTATION}{self}": "true"}

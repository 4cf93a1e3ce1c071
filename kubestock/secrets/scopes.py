"""The scope of a sealed value: whether it opens only for one Secret, or more broadly."""

from enum import StrEnum

ANNOTATION = "sealedsecrets.bitnami.com/"


class SealingScope(StrEnum):
    """What a ciphertext is bound to.

    See https://github.com/bitnami-labs/sealed-secrets#scopes
    """

    STRICT = "strict"
    """The value opens only with the name and the namespace that it was sealed for."""
    NAMESPACE_WIDE = "namespace-wide"
    """The value opens with any name in the namespace that it was sealed for."""
    CLUSTER_WIDE = "cluster-wide"
    """The value opens anywhere in the cluster."""

    def label(self, *, namespace: str, name: str) -> str:
        """Return what a ciphertext of this scope is bound to, in the format of the controller."""
        if self is SealingScope.STRICT:
            return f"{namespace}/{name}"
        return namespace if self is SealingScope.NAMESPACE_WIDE else ""

    @property
    def annotations(self) -> dict[str, str]:
        """The annotation from which the controller reads the scope; the strict scope has no annotation."""
        return {} if self is SealingScope.STRICT else {f"{ANNOTATION}{self}": "true"}

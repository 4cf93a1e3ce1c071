"""Pod Security labels of namespaces."""

import re
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value

Level = Literal["restricted", "baseline", "privileged"]
_VERSION = re.compile(r"v1\.(0|[1-9][0-9]{0,3})")


class NamespaceSecurity(Value):
    """Says which Pod Security Standard the pods of a namespace must meet.

    Args:
        level: Defaults to restricted.
        version: the pinned version of the standard, so that an upgrade of the cluster does not change it. Defaults to
            v1.27.

    Raises:
        ConfigurationError: if the level is unknown, or the version is not pinned.

    See https://kubernetes.io/docs/concepts/security/pod-security-admission/
    """

    level: Level = "restricted"
    version: str = "v1.27"

    def check(self) -> None:
        if not _VERSION.fullmatch(self.version):
            raise ConfigurationError(
                f"Pod Security version must be pinned, such as v1.27, got {self.version!r}: another version could "
                "reject running workloads after an upgrade of the cluster"
            )

    @property
    def labels(self) -> dict[str, str]:
        """The labels of the namespace, which are the same for enforce, audit and warn."""
        modes = ("enforce", "audit", "warn")
        prefix = "pod-security.kubernetes.io"
        return {
            **{f"{prefix}/{mode}": self.level for mode in modes},
            **{f"{prefix}/{mode}-version": self.version for mode in modes},
        }

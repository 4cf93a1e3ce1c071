"""References to ConfigMaps and Secrets, and to the keys in them.

A reference that carries a checksum rolls the pods that use it: the checksum becomes an annotation of the
pod template, so a change of the content is a change of the template.
"""

import hashlib
import json
from collections.abc import Mapping

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import Value, to_plain


class _ObjectRef(Value):
    """What the references to a ConfigMap and to a Secret have in common."""

    name: str
    keys: tuple[str, ...] | None = None
    checksum: str | None = None
    optional: bool = False

    def check(self) -> None:
        names.object_name("name", self.name)
        for key in self.keys or ():
            names.data_key(f"a key of {self.name}", key)

    def known(self, key: str) -> str:
        """Return `key` if the object can have it, and has it as far as its keys are known.

        Raises:
            ConfigurationError: if it is no key of a ConfigMap or Secret, or not one of `keys`.
        """
        names.data_key(f"a key of {self.name}", key)
        if self.keys is not None and key not in self.keys:
            known = ", ".join(sorted(self.keys)) or "none"
            raise ConfigurationError(f"{self.name} has no key {key!r}; it has {known}")
        return key


class ConfigMapRef(_ObjectRef):
    """A ConfigMap in the pod's namespace.

    Args:
        name: of the ConfigMap.
        keys: the keys that it holds, where they are known: any other key is then refused.
        checksum: of its content, where that is known. Pods that use it roll when it changes.
        optional: let pods start without it.
    """

    def __getitem__(self, key: str) -> "ConfigMapKey":
        """Return a reference to one key, for an environment variable."""
        return ConfigMapKey(source=self, key=key)


class SecretRef(_ObjectRef):
    """A Secret in the pod's namespace; the fields are those of `ConfigMapRef`."""

    def __getitem__(self, key: str) -> "SecretKey":
        """Return a reference to one key, for an environment variable."""
        return SecretKey(source=self, key=key)


class ConfigMapKey(Value):
    """One key of a ConfigMap, as the value of an environment variable."""

    source: ConfigMapRef
    key: str

    def check(self) -> None:
        self.source.known(self.key)


class SecretKey(Value):
    """One key of a Secret, as the value of an environment variable."""

    source: SecretRef
    key: str

    def check(self) -> None:
        self.source.known(self.key)


def checksum(content: Mapping[str, object]) -> str:
    """Return the SHA-256 of a content that JSON can hold, whatever the order of its keys."""
    canonical = json.dumps(to_plain(content), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

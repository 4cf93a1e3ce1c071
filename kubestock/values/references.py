"""References to ConfigMaps and Secrets, and to their keys.

A reference with a checksum causes a rollout when the content changes: the checksum becomes an annotation of the
pod template, so a change of the content changes the template.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import ClassVar

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import Value, to_plain


class _ObjectRef(Value):
    """The base of references to a ConfigMap or a Secret."""

    name: str
    keys: tuple[str, ...] | None = None
    checksum: str | None = None
    optional: bool = False

    def check(self) -> None:
        names.object_name("name", self.name)
        for key in self.keys or ():
            names.data_key(f"a key of {self.name}", key)

    def known(self, key: str) -> str:
        """Return `key` after checking that it is valid and, if the keys are known, that the object has it.

        Raises:
            ConfigurationError: if it is malformed, or not one of `keys`.
        """
        names.data_key(f"a key of {self.name}", key)
        if self.keys is not None and key not in self.keys:
            known = ", ".join(sorted(self.keys)) or "none"
            raise ConfigurationError(f"the key of {self.name} must be one of its keys ({known}), got {key!r}")
        return key


class ConfigMapRef(_ObjectRef):
    """Refers to a ConfigMap in the namespace of the pod.

    Args:
        name: the name of the ConfigMap.
        keys: its keys, if they are known; a reference to any other key is then an error.
        checksum: the checksum of its content, if it is known. When it changes, a rollout replaces the pods that use it.
        optional: allow pods to start without it.
    """

    def __getitem__(self, key: str) -> "ConfigMapKey":
        """Return a reference to one key, for an environment variable."""
        return ConfigMapKey(source=self, key=key)


class SecretRef(_ObjectRef):
    """Refers to a Secret in the namespace of the pod; the fields are those of `ConfigMapRef`."""

    def __getitem__(self, key: str) -> "SecretKey":
        """Return a reference to one key, for an environment variable."""
        return SecretKey(source=self, key=key)


class ConfigMapKey(Value):
    """Sets an environment variable to one key of a ConfigMap."""

    source: ConfigMapRef
    key: str

    def check(self) -> None:
        self.source.known(self.key)


class SecretKey(Value):
    """Sets an environment variable to one key of a Secret."""

    fix_for_text: ClassVar[str] = "give a key of the sealed Secret, such as credentials['its-key']"

    source: SecretRef
    key: str

    def check(self) -> None:
        self.source.known(self.key)


def checksum(content: Mapping[str, object]) -> str:
    """Return the SHA-256 of content that JSON can represent; the order of its keys does not matter."""
    canonical = json.dumps(to_plain(content), sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

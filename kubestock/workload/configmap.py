"""Configuration that is no secret."""

from collections.abc import Mapping

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.labels import Labels, size_of
from kubestock.values.references import ConfigMapKey, ConfigMapRef, checksum
from kubestock.values.value import checked

MAX_BYTES = 1024 * 1024


class ConfigMap(Group):
    """A ConfigMap; pods that use it roll when its content changes.

    Args:
        scope: the chart.
        id: of the construct.
        name: of the object.
        data: key to text.
        labels: whose it is.

    Raises:
        ConfigurationError: if a key is malformed, a value is no text, or all values together exceed 1 MiB, which is
            what the API server accepts.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, name: str, data: Mapping[str, str], labels: Labels) -> None:
        names.object_name("ConfigMap name", name)
        for key in data:
            names.data_key(f"a key of ConfigMap {name!r}", key)
        size = sum(size_of(value) for value in data.values())
        if size > MAX_BYTES:
            raise ConfigurationError(f"ConfigMap {name!r} must hold at most {MAX_BYTES} bytes, got {size}; split it")
        super().__init__(scope, id)
        self.ref = ConfigMapRef(name=name, keys=tuple(data), checksum=checksum(data))
        self.object = KubeObject(
            self,
            "ConfigMap",
            manifest=k8s.KubeConfigMap.manifest(metadata=meta(name, labels.metadata), data=dict(data)),
        )

    def __getitem__(self, key: str) -> ConfigMapKey:
        """Return a reference to one key, for an environment variable."""
        return self.ref[key]

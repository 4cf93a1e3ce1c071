"""ConfigMaps: configuration that is not secret."""

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
    """Holds configuration in a ConfigMap; when its content changes, a rollout replaces the pods that use it.

    Args:
        scope: the parent construct, such as the chart.
        id: the id of the construct.
        name: the name of the object.
        data: each key with its text.
        labels: the labels of the owner.

    Raises:
        ConfigurationError: if a key is malformed, a value is not text, or all values together exceed 1 MiB, the limit
            of the API server.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, name: str, data: Mapping[str, str], labels: Labels) -> None:
        names.object_name("ConfigMap name", name)
        for key in data:
            names.data_key(f"a key of ConfigMap {name!r}", key)
        size = sum(size_of(value) for value in data.values())
        if size > MAX_BYTES:
            raise ConfigurationError(
                f"ConfigMap {name!r} must have at most {MAX_BYTES} bytes of data, got {size}; split it"
            )
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

"""Volumes of the kinds that Pod Security `restricted` allows."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values import names
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.values.value import Value
from kubestock.workload.emptydir import EmptyDir
from kubestock.workload.paths import check_items, check_mode, check_unique_files
from kubestock.workload.projections import Projection, key_to_path
from kubestock.workload.storage import PersistentVolumeClaimVolume, VolumeClaimTemplate


class _Files(Value):
    """Mounts keys as files: all keys, each in a file of its name, or `items`, a map of key to path.

    Raises:
        ConfigurationError: if a key is malformed or not in the source, a path is not in the volume, or two files
            have the same path.
    """

    name: str
    items: Mapping[str, str] = field(default_factory=dict)
    mode: int | None = None

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        check_unique_files(f"volume {self.name!r}", self.items.values())
        check_mode(self.mode)

    def _items(self) -> list[k8s.KeyToPath] | None:
        return key_to_path(self.items)


class ConfigMapVolume(_Files):
    """Mounts a ConfigMap as files.

    Args:
        name: the name of the volume.
        source: the ConfigMap.
        items: the path of each key. Defaults to all keys, each in a file of the same name.
        mode: permissions of the files, such as 0o444. Defaults to 0o644, the default of Kubernetes.
    """

    source: ConfigMapRef

    def check(self) -> None:
        check_items(self.source, self.items)
        super().check()

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.ConfigMapVolumeSource(
            name=self.source.name,
            items=self._items(),
            default_mode=self.mode,
            optional=self.source.optional or None,
        )
        return k8s.Volume(name=self.name, config_map=source)


class SecretVolume(_Files):
    """Mounts a Secret as files, in memory.

    Args:
        name: the name of the volume.
        source: the Secret.
        items: the path of each key. Defaults to all keys, each in a file of the same name.
        mode: permissions of the files. Defaults to 0o440: only the pod's user and group can read them.
    """

    source: SecretRef
    mode: int | None = 0o440

    def check(self) -> None:
        check_items(self.source, self.items)
        super().check()

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.SecretVolumeSource(
            secret_name=self.source.name,
            items=self._items(),
            default_mode=self.mode,
            optional=self.source.optional or None,
        )
        return k8s.Volume(name=self.name, secret=source)


class ProjectedVolume(Value):
    """Mounts several sources in one folder.

    Args:
        name: the name of the volume.
        sources: what the files are made from, at least one source.
        mode: permissions of the files. Defaults to 0o440: only the pod's user and group can read them.

    Raises:
        ConfigurationError: if there is no source, or two sources have a file with the same path.
    """

    name: str
    sources: tuple[Projection, ...]
    mode: int = 0o440

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        check_mode(self.mode)
        if not self.sources:
            raise ConfigurationError(f"projected volume {self.name!r} must have at least one source, got none")
        check_unique_files(f"volume {self.name!r}", [path for source in self.sources for path in source.files])

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        sources = [source.to_kube() for source in self.sources]
        return k8s.Volume(name=self.name, projected=k8s.ProjectedVolumeSource(default_mode=self.mode, sources=sources))


Volume = EmptyDir | ConfigMapVolume | SecretVolume | PersistentVolumeClaimVolume | VolumeClaimTemplate | ProjectedVolume

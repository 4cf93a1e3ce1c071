"""Volumes: only the kinds that Pod Security `restricted` admits."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.numbers import seconds
from kubestock.values.quantities import whole_bytes
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.values.value import Value
from kubestock.workload.env import FieldRef
from kubestock.workload.paths import refuse_clashing_files, volume_file
from kubestock.workload.storage import ClaimTemplate, ClaimVolume

_MODE_MAX = 0o777
_TOKEN_SECONDS_MIN = 600
_TOKEN_SECONDS_MAX = 2**32


class EmptyDir(Value):
    """Scratch space that lives as long as the pod.

    Args:
        name: of the volume.
        size_limit: the pod is evicted above it. Defaults to 64Mi.
        in_memory: a tmpfs, whose content counts against the container's memory limit. Defaults to false.

    Raises:
        ConfigurationError: if the size is no whole number of bytes, or zero, which Kubernetes takes for no limit.
    """

    name: str
    size_limit: str = "64Mi"
    in_memory: bool = False

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        if not whole_bytes("size_limit", self.size_limit).amount:
            raise ConfigurationError(f"size_limit of {self.name!r} must be above zero, got {self.size_limit!r}")

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.EmptyDirVolumeSource(
            medium="Memory" if self.in_memory else None,
            size_limit=quantity(whole_bytes("size_limit", self.size_limit)),
        )
        return k8s.Volume(name=self.name, empty_dir=source)


class _Files(Value):
    """Keys as files: all of them under their own names, or `items` as a map of key to path.

    Raises:
        ConfigurationError: if a key is malformed or not one of the source, a path is not one within the volume, or
            two files have one path.
    """

    name: str
    items: Mapping[str, str] = field(default_factory=dict)
    mode: int | None = None

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        _check_items(self.items)
        refuse_clashing_files(f"volume {self.name!r}", self.items.values())
        _check_mode(self.mode)

    def _items(self) -> list[k8s.KeyToPath] | None:
        return _key_to_path(self.items)


class ConfigMapVolume(_Files):
    """A ConfigMap as files.

    Args:
        name: of the volume.
        source: the ConfigMap.
        items: key to path, for a choice of keys. Defaults to all keys under their own names.
        mode: permissions of the files, such as 0o444. Defaults to those of Kubernetes, 0o644.
    """

    source: ConfigMapRef

    def check(self) -> None:
        super().check()
        _check_known(self.source, self.items)

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
    """A Secret as files, in memory; `mode` defaults to 0o440, readable by the pod's group alone."""

    source: SecretRef
    mode: int | None = 0o440

    def check(self) -> None:
        super().check()
        _check_known(self.source, self.items)

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.SecretVolumeSource(
            secret_name=self.source.name,
            items=self._items(),
            default_mode=self.mode,
            optional=self.source.optional or None,
        )
        return k8s.Volume(name=self.name, secret=source)


class ServiceAccountToken(Value):
    """A token of the pod's ServiceAccount for one audience, renewed before it expires."""

    path: str
    audience: str
    expiration_seconds: int = 3600

    def check(self) -> None:
        volume_file("the path of a token", self.path)
        seconds("expiration_seconds", self.expiration_seconds, minimum=_TOKEN_SECONDS_MIN, maximum=_TOKEN_SECONDS_MAX)


class Keys(Value):
    """A choice of keys of a ConfigMap or Secret, as files of a projected volume."""

    source: ConfigMapRef | SecretRef
    items: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        _check_items(self.items)
        _check_known(self.source, self.items)


class PodFields(Value):
    """Fields of the pod as files: path to field.

    Raises:
        ConfigurationError: if there is none, a path is not one within a volume, or a field is one that only a
            variable can have.
    """

    items: Mapping[str, FieldRef]

    def check(self) -> None:
        if not self.items:
            raise ConfigurationError("items must name at least one field, such as {'name': FieldRef('metadata.name')}")
        for path, field_ref in self.items.items():
            volume_file("a path of items", path)
            field_ref.check_file(path)


class ProjectedVolume(Value):
    """Several sources in one folder; `mode` defaults to 0o440.

    Raises:
        ConfigurationError: if there is no source, or two of them, as far as their keys are known, have one path.
    """

    name: str
    sources: tuple[Keys | ServiceAccountToken | PodFields, ...]
    mode: int = 0o440

    def check(self) -> None:
        names.dns_label("volume name", self.name)
        _check_mode(self.mode)
        if not self.sources:
            raise ConfigurationError(f"projected volume {self.name!r} must have at least one source")
        refuse_clashing_files(f"volume {self.name!r}", [path for source in self.sources for path in _paths(source)])

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        sources = [_projection(source) for source in self.sources]
        return k8s.Volume(name=self.name, projected=k8s.ProjectedVolumeSource(default_mode=self.mode, sources=sources))


Volume = EmptyDir | ConfigMapVolume | SecretVolume | ClaimVolume | ClaimTemplate | ProjectedVolume


def _projection(source: Keys | ServiceAccountToken | PodFields) -> k8s.VolumeProjection:
    if isinstance(source, ServiceAccountToken):
        token = k8s.ServiceAccountTokenProjection(
            path=source.path, audience=source.audience, expiration_seconds=source.expiration_seconds
        )
        return k8s.VolumeProjection(service_account_token=token)
    if isinstance(source, PodFields):
        fields = {path: k8s.ObjectFieldSelector(field_path=ref.path) for path, ref in source.items.items()}
        files = [k8s.DownwardApiVolumeFile(path=path, field_ref=field) for path, field in fields.items()]
        return k8s.VolumeProjection(downward_api=k8s.DownwardApiProjection(items=files))
    name, items = source.source.name, _key_to_path(source.items)
    optional = source.source.optional or None
    if isinstance(source.source, SecretRef):
        return k8s.VolumeProjection(secret=k8s.SecretProjection(name=name, items=items, optional=optional))
    return k8s.VolumeProjection(config_map=k8s.ConfigMapProjection(name=name, items=items, optional=optional))


def _key_to_path(items: Mapping[str, str]) -> list[k8s.KeyToPath] | None:
    return [k8s.KeyToPath(key=key, path=path) for key, path in items.items()] or None


def _check_items(items: Mapping[str, str]) -> None:
    for key, path in items.items():
        names.data_key("a key of items", key)
        volume_file(f"the path of key {key!r}", path)


def _check_known(source: ConfigMapRef | SecretRef, items: Mapping[str, str]) -> None:
    for key in items:
        source.known(key)


def _paths(source: Keys | ServiceAccountToken | PodFields) -> list[str]:
    """Return the files that a source makes, as far as they are known."""
    if isinstance(source, ServiceAccountToken):
        return [source.path]
    if isinstance(source, PodFields):
        return list(source.items)
    return list(source.items.values()) if source.items else list(source.source.keys or ())


def _check_mode(mode: int | None) -> None:
    if mode is not None and not 0 <= mode <= _MODE_MAX:
        raise ConfigurationError(f"mode must be from 0o000 to 0o777, got 0o{mode:o}; write it in octal, such as 0o440")

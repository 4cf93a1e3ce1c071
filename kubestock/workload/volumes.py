"""Volumes: only the kinds that Pod Security `restricted` admits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.numbers import seconds
from kubestock.values.quantities import Quantity
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.values.types import typed
from kubestock.workload.env import FieldRef

_MODE_MAX = 0o777
_TOKEN_SECONDS_MIN = 600


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyDir:
    """Scratch space that lives as long as the pod.

    Args:
        name: of the volume.
        size_limit: the pod is evicted above it. Defaults to 64Mi.
        in_memory: a tmpfs, whose content counts against the container's memory limit. Defaults to false.
    """

    name: str
    size_limit: str = "64Mi"
    in_memory: bool = False

    def __post_init__(self) -> None:
        names.dns_label("volume name", self.name)
        Quantity(self.size_limit)

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.EmptyDirVolumeSource(
            medium="Memory" if self.in_memory else None, size_limit=quantity(Quantity(self.size_limit))
        )
        return k8s.Volume(name=self.name, empty_dir=source)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """Keys as files: all of them under their own names, or `items` as a map of key to path."""

    name: str
    items: Mapping[str, str] = field(default_factory=dict)
    mode: int | None = None

    def __post_init__(self) -> None:
        names.dns_label("volume name", self.name)
        _check_items(self.items)
        _check_mode(self.mode)

    def _items(self) -> list[k8s.KeyToPath] | None:
        return _key_to_path(self.items)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMapVolume(_Files):
    """A ConfigMap as files.

    Args:
        name: of the volume.
        source: the ConfigMap.
        items: key to path, for a choice of keys. Defaults to all keys under their own names.
        mode: permissions of the files, such as 0o444. Defaults to those of Kubernetes, 0o644.
    """

    source: ConfigMapRef

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.ConfigMapVolumeSource(
            name=self.source.name,
            items=self._items(),
            default_mode=self.mode,
            optional=self.source.optional or None,
        )
        return k8s.Volume(name=self.name, config_map=source)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class SecretVolume(_Files):
    """A Secret as files, in memory; `mode` defaults to 0o440, readable by the pod's group alone."""

    source: SecretRef
    mode: int | None = 0o440

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.SecretVolumeSource(
            secret_name=self.source.name,
            items=self._items(),
            default_mode=self.mode,
            optional=self.source.optional or None,
        )
        return k8s.Volume(name=self.name, secret=source)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimVolume:
    """A PersistentVolumeClaim of the pod's namespace."""

    name: str
    claim: str
    read_only: bool = False

    def __post_init__(self) -> None:
        names.dns_label("volume name", self.name)
        names.dns_subdomain("claim", self.claim)

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        source = k8s.PersistentVolumeClaimVolumeSource(claim_name=self.claim, read_only=self.read_only or None)
        return k8s.Volume(name=self.name, persistent_volume_claim=source)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceAccountToken:
    """A token of the pod's ServiceAccount for one audience, renewed before it expires."""

    path: str
    audience: str
    expiration_seconds: int = 3600

    def __post_init__(self) -> None:
        seconds("expiration_seconds", self.expiration_seconds, minimum=_TOKEN_SECONDS_MIN)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """A choice of keys of a ConfigMap or Secret, as files of a projected volume."""

    source: ConfigMapRef | SecretRef
    items: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        _check_items(self.items)


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class PodFields:
    """Fields of the pod as files: path to field."""

    items: Mapping[str, FieldRef]


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectedVolume:
    """Several sources in one folder; `mode` defaults to 0o440."""

    name: str
    sources: tuple[Keys | ServiceAccountToken | PodFields, ...]
    mode: int = 0o440

    def __post_init__(self) -> None:
        names.dns_label("volume name", self.name)
        _check_mode(self.mode)
        if not self.sources:
            raise ConfigurationError(f"projected volume {self.name!r} must have at least one source")

    def to_kube(self) -> k8s.Volume:
        """Return the binding."""
        sources = [_projection(source) for source in self.sources]
        return k8s.Volume(name=self.name, projected=k8s.ProjectedVolumeSource(default_mode=self.mode, sources=sources))


Volume = EmptyDir | ConfigMapVolume | SecretVolume | ClaimVolume | ProjectedVolume


def _projection(source: Keys | ServiceAccountToken | PodFields) -> k8s.VolumeProjection:
    if isinstance(source, ServiceAccountToken):
        token = k8s.ServiceAccountTokenProjection(
            path=source.path, audience=source.audience, expiration_seconds=source.expiration_seconds
        )
        return k8s.VolumeProjection(service_account_token=token)
    if isinstance(source, PodFields):
        files = [
            k8s.DownwardApiVolumeFile(path=path, field_ref=k8s.ObjectFieldSelector(field_path=ref.path))
            for path, ref in source.items.items()
        ]
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
        if leaves(path):
            raise ConfigurationError(f"the path of key {key!r} must be relative and without '..', got {path!r}")


def leaves(path: str) -> bool:
    """Tell whether a path within a volume would lead out of it."""
    return path.startswith("/") or ".." in path.split("/")


def _check_mode(mode: int | None) -> None:
    if mode is not None and not 0 <= mode <= _MODE_MAX:
        raise ConfigurationError(
            f"mode must be from 0o000 to 0o777, got {mode} (0o{mode:o}); write it in octal, such as 0o440"
        )

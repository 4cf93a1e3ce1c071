"""The sources of a projected volume."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values.numbers import seconds
from kubestock.values.references import ConfigMapRef, SecretRef
from kubestock.values.value import Value
from kubestock.workload.env import FieldRef
from kubestock.workload.paths import check_items, volume_file

_TOKEN_SECONDS_MIN = 600
_TOKEN_SECONDS_MAX = 2**32


class ServiceAccountToken(Value):
    """Gives a pod a token of its ServiceAccount for one audience; the kubelet renews it before it expires.

    Args:
        path: the path of the file in the volume.
        audience: the identifier of the service that accepts the token.
        expiration_seconds: 600 to 4294967296. Defaults to 3600.

    Raises:
        ConfigurationError: if the path is not in the volume, or the time is out of range.
    """

    path: str
    audience: str
    expiration_seconds: int = 3600

    def check(self) -> None:
        volume_file("the path of a token", self.path)
        seconds("expiration_seconds", self.expiration_seconds, minimum=_TOKEN_SECONDS_MIN, maximum=_TOKEN_SECONDS_MAX)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its files in the volume."""
        return (self.path,)

    def to_kube(self) -> k8s.VolumeProjection:
        """Return the binding."""
        token = k8s.ServiceAccountTokenProjection(
            path=self.path, audience=self.audience, expiration_seconds=self.expiration_seconds
        )
        return k8s.VolumeProjection(service_account_token=token)


class ProjectedKeys(Value):
    """Makes keys of a ConfigMap or Secret files of a projected volume.

    Args:
        source: the ConfigMap or Secret.
        items: the path of each key. Defaults to all keys, each in a file of the same name.

    Raises:
        ConfigurationError: if a key is malformed or not in the source, or a path is not in the volume.
    """

    source: ConfigMapRef | SecretRef
    items: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        check_items(self.source, self.items)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its files in the volume, as far as the keys are known."""
        return tuple(self.items.values()) if self.items else self.source.keys or ()

    def to_kube(self) -> k8s.VolumeProjection:
        """Return the binding."""
        name, items, optional = self.source.name, key_to_path(self.items), self.source.optional or None
        if isinstance(self.source, SecretRef):
            return k8s.VolumeProjection(secret=k8s.SecretProjection(name=name, items=items, optional=optional))
        return k8s.VolumeProjection(config_map=k8s.ConfigMapProjection(name=name, items=items, optional=optional))


class DownwardApi(Value):
    """Makes fields of the pod files of a projected volume.

    Args:
        items: the field for each path.

    Raises:
        ConfigurationError: if there is none, a path is not in the volume, or a field is one that only a
            variable can have.
    """

    items: Mapping[str, FieldRef]

    def check(self) -> None:
        if not self.items:
            raise ConfigurationError(
                "items must have at least one field, such as {'name': FieldRef('metadata.name')}, got none"
            )
        for path, field_ref in self.items.items():
            volume_file("a path of items", path)
            field_ref.check_file(path)

    @property
    def files(self) -> tuple[str, ...]:
        """The paths of its files in the volume."""
        return tuple(self.items)

    def to_kube(self) -> k8s.VolumeProjection:
        """Return the binding."""
        files = [
            k8s.DownwardApiVolumeFile(path=path, field_ref=k8s.ObjectFieldSelector(field_path=ref.path))
            for path, ref in self.items.items()
        ]
        return k8s.VolumeProjection(downward_api=k8s.DownwardApiProjection(items=files))


Projection = ProjectedKeys | ServiceAccountToken | DownwardApi


def key_to_path(items: Mapping[str, str]) -> list[k8s.KeyToPath] | None:
    """Return the bindings of the selected keys, or None for all keys."""
    return [k8s.KeyToPath(key=key, path=path) for key, path in items.items()] or None

"""Environment variables, and where their values come from."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.quantities import Quantity
from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
from kubestock.values.types import typed

_POD_FIELDS = re.compile(
    r"metadata\.(name|namespace|uid)|metadata\.(labels|annotations)\['[^']+'\]"
    r"|spec\.(nodeName|serviceAccountName)|status\.(hostIP|podIP|podIPs)"
)
_RESOURCES = re.compile(r"(requests|limits)\.(cpu|memory|ephemeral-storage|hugepages-\w+)")
_REFERENCE = re.compile(r"\$\$|\$\((?P<name>[A-Za-z_][A-Za-z0-9_]*)\)")


@typed
@dataclass(frozen=True, slots=True)
class FieldRef:
    """A field of the pod, such as `status.podIP` or `metadata.labels['app']`."""

    path: str

    def __post_init__(self) -> None:
        if not _POD_FIELDS.fullmatch(self.path):
            raise ConfigurationError(
                "a field reference must be metadata.name, .namespace, .uid, .labels['…'] or .annotations['…'], "
                f"spec.nodeName, spec.serviceAccountName, status.hostIP or status.podIP, got {self.path!r}"
            )


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRef:
    """A request or limit of a container, such as `limits.memory`, in units of `divisor` and rounded up."""

    resource: str
    divisor: str = "1"

    def __post_init__(self) -> None:
        Quantity(self.divisor)
        if not _RESOURCES.fullmatch(self.resource):
            raise ConfigurationError(
                f"a resource reference must be such as limits.memory or requests.cpu, got {self.resource!r}"
            )


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class EnvFrom:
    """Every key of a ConfigMap or a Secret as a variable, each name behind `prefix`."""

    source: ConfigMapRef | SecretRef
    prefix: str = ""

    def __post_init__(self) -> None:
        if self.prefix:
            names.variable_name("prefix", self.prefix)

    def variables(self) -> tuple[str, ...]:
        """Return the names that it sets, as far as they are known."""
        return tuple(self.prefix + key for key in self.source.keys or ())

    def to_kube(self) -> k8s.EnvFromSource:
        """Return the binding."""
        name, optional = self.source.name, self.source.optional or None
        if isinstance(self.source, SecretRef):
            secret = k8s.SecretEnvSource(name=name, optional=optional)
            return k8s.EnvFromSource(secret_ref=secret, prefix=self.prefix or None)
        config = k8s.ConfigMapEnvSource(name=name, optional=optional)
        return k8s.EnvFromSource(config_map_ref=config, prefix=self.prefix or None)


EnvValue = str | ConfigMapKey | SecretKey | FieldRef | ResourceRef


def check_environment(env: Mapping[str, EnvValue], env_from: Sequence[EnvFrom]) -> None:
    """Refuse an environment that would not be what it says.

    Raises:
        ConfigurationError: if a name is malformed or set twice, or `$(NAME)` refers to a variable that is set after
            it, which the kubelet then leaves as it is.

    See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    known = [name for source in env_from for name in source.variables()]
    for name in known:
        if known.count(name) > 1 or name in env:
            raise ConfigurationError(f"variable {name!r} is set twice; set it in one place")
    before = set(known)
    for name, value in env.items():
        names.variable_name("variable name", name)
        if isinstance(value, str):
            _check_references(name, value, before, env)
        before.add(name)


def _check_references(name: str, value: str, before: set[str], env: Mapping[str, EnvValue]) -> None:
    for found in _REFERENCE.finditer(value):
        other = found["name"]
        if other is not None and other not in before and other in env:
            raise ConfigurationError(
                f"variable {name!r} refers to $({other}), which is set after it; put {other!r} first"
            )


def environment(env: Mapping[str, EnvValue]) -> list[k8s.EnvVar] | None:
    """Return the bindings in the order given, or None if there is none."""
    return [_variable(name, value) for name, value in env.items()] or None


def _variable(name: str, value: EnvValue) -> k8s.EnvVar:
    if isinstance(value, str):
        return k8s.EnvVar(name=name, value=value)
    return k8s.EnvVar(name=name, value_from=_source(value))


def _source(value: ConfigMapKey | SecretKey | FieldRef | ResourceRef) -> k8s.EnvVarSource:
    if isinstance(value, FieldRef):
        return k8s.EnvVarSource(field_ref=k8s.ObjectFieldSelector(field_path=value.path))
    if isinstance(value, ResourceRef):
        selector = k8s.ResourceFieldSelector(resource=value.resource, divisor=quantity(Quantity(value.divisor)))
        return k8s.EnvVarSource(resource_field_ref=selector)
    name, optional = value.source.name, value.source.optional or None
    if isinstance(value, SecretKey):
        return k8s.EnvVarSource(secret_key_ref=k8s.SecretKeySelector(name=name, key=value.key, optional=optional))
    return k8s.EnvVarSource(config_map_key_ref=k8s.ConfigMapKeySelector(name=name, key=value.key, optional=optional))

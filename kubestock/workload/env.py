"""Environment variables and the sources of their values."""

import re
from collections.abc import Mapping, Sequence

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.scalars import quantity
from kubestock.values import names
from kubestock.values.labels import qualified_name
from kubestock.values.quantities import Quantity
from kubestock.values.references import ConfigMapKey, ConfigMapRef, SecretKey, SecretRef
from kubestock.values.value import Value

_NAMES = ("metadata.name", "metadata.namespace", "metadata.uid")
_ONLY_OF_VARIABLES = ("spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.podIP", "status.podIPs")
_ONLY_OF_FILES = ("metadata.labels", "metadata.annotations")
_ONE_OF_A_MAP = re.compile(r"metadata\.(?P<map>labels|annotations)\['(?P<key>[^']+)'\]")
_RESOURCES = re.compile(r"(requests|limits)\.(?P<resource>cpu|memory|ephemeral-storage|hugepages-[0-9]+[KMG]i)")
_DIVISORS_OF_CPU = ("1m", "1")
_DIVISORS_OF_BYTES = ("1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei")
_REFERENCE = re.compile(r"\$\$|\$\((?P<name>[^)]*)\)")


class FieldRef(Value, kw_only=False):
    """Reads a field of the pod into an environment variable or a file of a volume.

    Args:
        path: `metadata.name`, `.namespace`, `.uid`, `.labels['<key>']` or `.annotations['<key>']`. A variable can
            also be `spec.nodeName`, `spec.serviceAccountName`, `status.hostIP`, `status.podIP` or `.podIPs`; a file
            can also hold all of `metadata.labels` or `metadata.annotations`.

    Raises:
        ConfigurationError: if the path is not one of these.

    See https://kubernetes.io/docs/concepts/workloads/pods/downward-api/#available-fields
    """

    path: str

    def check(self) -> None:
        found = _ONE_OF_A_MAP.fullmatch(self.path)
        if found is not None:
            key = found["key"] if found["map"] == "labels" else found["key"].lower()
            qualified_name(f"the key of field reference {self.path!r}", key)
        elif self.path not in (*_NAMES, *_ONLY_OF_VARIABLES, *_ONLY_OF_FILES):
            raise ConfigurationError(
                "a field reference must be metadata.name, .namespace, .uid, .labels['…'] or .annotations['…'], "
                f"spec.nodeName, spec.serviceAccountName, status.hostIP or status.podIP, got {self.path!r}"
            )

    def check_variable(self, name: str) -> None:
        """Check that the field is a single value, as a variable requires.

        Raises:
            ConfigurationError: if the field is all labels or all annotations.
        """
        if self.path in _ONLY_OF_FILES:
            raise ConfigurationError(
                f"variable {name!r} must be a single value of the pod, got {self.path!r}, which only a file can hold; "
                f"give one key: {self.path}['…']"
            )

    def check_file(self, path: str) -> None:
        """Check that the kubelet can write the field into a file of a volume.

        Raises:
            ConfigurationError: if only a variable can have it.
        """
        if self.path in _ONLY_OF_VARIABLES:
            raise ConfigurationError(
                f"file {path!r} must be a field of the pod's metadata, got {self.path!r}, which only a variable can "
                "have; set it in env"
            )


class ResourceFieldRef(Value):
    """Reads a request or limit of the container into a variable, in units of `divisor`, rounded up.

    Args:
        resource: `requests.` or `limits.` and cpu, memory, ephemeral-storage or `hugepages-<size>`, such as
            `limits.memory`.
        divisor: 1 or 1m for cpu; for the others 1 followed by k, M, G, T, P, E, Ki, Mi, Gi, Ti, Pi, Ei or nothing.
            Defaults to 1.

    Raises:
        ConfigurationError: if the resource or the divisor is not one of these.
    """

    resource: str
    divisor: str = "1"

    def check(self) -> None:
        found = _RESOURCES.fullmatch(self.resource)
        if found is None:
            raise ConfigurationError(
                "a resource reference must be a request or limit, such as limits.memory or requests.cpu, got "
                f"{self.resource!r}"
            )
        accepted = _DIVISORS_OF_CPU if found["resource"] == "cpu" else _DIVISORS_OF_BYTES
        if self.divisor not in accepted:
            raise ConfigurationError(
                f"the divisor of {self.resource} must be one of {', '.join(accepted)}, got {self.divisor!r}"
            )


class EnvFrom(Value):
    """Makes each key of a ConfigMap or a Secret an environment variable.

    Args:
        source: the ConfigMap or the Secret.
        prefix: a text to put before each key. Defaults to none: the name of a variable is its key.

    Raises:
        ConfigurationError: if the prefix or a known key is not a valid variable name: the kubelet would skip the
            variable.
    """

    source: ConfigMapRef | SecretRef
    prefix: str = ""

    def check(self) -> None:
        if self.prefix:
            names.variable_name("prefix", self.prefix)
        for name in self.variables():
            names.variable_name(f"a variable from {self.source.name}", name)

    def variables(self) -> tuple[str, ...]:
        """Return the names of the variables that it sets, as far as the keys are known."""
        return tuple(self.prefix + key for key in self.source.keys or ())

    def to_kube(self) -> k8s.EnvFromSource:
        """Return the binding."""
        name, optional = self.source.name, self.source.optional or None
        if isinstance(self.source, SecretRef):
            secret = k8s.SecretEnvSource(name=name, optional=optional)
            return k8s.EnvFromSource(secret_ref=secret, prefix=self.prefix or None)
        config = k8s.ConfigMapEnvSource(name=name, optional=optional)
        return k8s.EnvFromSource(config_map_ref=config, prefix=self.prefix or None)


EnvValue = str | ConfigMapKey | SecretKey | FieldRef | ResourceFieldRef


def check_environment(env: Mapping[str, EnvValue], env_from: Sequence[EnvFrom]) -> None:
    """Check that all variables of a container can be set to the intended values.

    Raises:
        ConfigurationError: if a name is malformed or duplicated, a variable refers to all labels or annotations of the
            pod, or `$(NAME)` refers to a variable that is set later, which the kubelet then does not expand.

    See https://kubernetes.io/docs/tasks/inject-data-application/define-interdependent-environment-variables/
    """
    sources: dict[str, str] = dict.fromkeys(env, "env")
    for source in env_from:
        kind = "Secret" if isinstance(source.source, SecretRef) else "ConfigMap"
        for name in source.variables():
            where = f"{kind} {source.source.name} (env_from)"
            if name in sources:
                raise ConfigurationError(
                    f"variable {name!r} must be set once, got it in {sources[name]} and in {where}; remove one of them"
                )
            sources[name] = where
    before = set(sources) - set(env)
    for name, value in env.items():
        names.variable_name("variable name", name)
        if isinstance(value, str):
            _check_references(name, value, before, env)
        if isinstance(value, FieldRef):
            value.check_variable(name)
        before.add(name)


def _check_references(name: str, value: str, before: set[str], env: Mapping[str, EnvValue]) -> None:
    for found in _REFERENCE.finditer(value):
        other = found["name"]
        if other is not None and other not in before and other in env:
            raise ConfigurationError(
                f"variable {name!r} must refer to variables that are set before it, got $({other}), which is set after "
                f"it; move {other!r} before {name!r}"
            )


def placeholders(value: str) -> list[str]:
    """Return the names of the variables to which a text refers by `$(NAME)`."""
    return [found["name"] for found in _REFERENCE.finditer(value) if found["name"] is not None]


def environment(env: Mapping[str, EnvValue]) -> list[k8s.EnvVar] | None:
    """Return the bindings in the given order, or None if there are no variables."""
    return [_variable(name, value) for name, value in env.items()] or None


def _variable(name: str, value: EnvValue) -> k8s.EnvVar:
    if isinstance(value, str):
        return k8s.EnvVar(name=name, value=value)
    return k8s.EnvVar(name=name, value_from=_source(value))


def _source(value: ConfigMapKey | SecretKey | FieldRef | ResourceFieldRef) -> k8s.EnvVarSource:
    if isinstance(value, FieldRef):
        return k8s.EnvVarSource(field_ref=k8s.ObjectFieldSelector(field_path=value.path))
    if isinstance(value, ResourceFieldRef):
        selector = k8s.ResourceFieldSelector(resource=value.resource, divisor=quantity(Quantity(value.divisor)))
        return k8s.EnvVarSource(resource_field_ref=selector)
    name, optional = value.source.name, value.source.optional or None
    if isinstance(value, SecretKey):
        return k8s.EnvVarSource(secret_key_ref=k8s.SecretKeySelector(name=name, key=value.key, optional=optional))
    return k8s.EnvVarSource(config_map_key_ref=k8s.ConfigMapKeySelector(name=name, key=value.key, optional=optional))

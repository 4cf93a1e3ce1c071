"""Labels and annotations: the labels of a workload, and checks of keys, values and sizes."""

import re
from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import Value

_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_VALUE_MAX = 63
ANNOTATIONS_MAX = 255 * 1024
"""The maximum size of all annotations of one object in bytes, keys and values together.

Kubernetes allows 256 KiB. The rest is reserved for annotations of controllers and Argo CD, such as a revision.
"""

MANAGED_BY = "cdk8s"
_ARGUMENTS = {
    "app": "name",
    "app.kubernetes.io/component": "component",
    "app.kubernetes.io/instance": "name",
    "app.kubernetes.io/managed-by": "managed_by of the platform",
    "app.kubernetes.io/name": "name",
    "app.kubernetes.io/part-of": "part_of of the platform",
    "app.kubernetes.io/version": "the tag of the image",
    "environment": "environment of the platform",
}
"""The argument that sets each label of an object."""


class Labels(Value):
    """Identifies a workload: the recommended labels of Kubernetes, `app` and `environment`.

    Args:
        name: `app` and `app.kubernetes.io/name`, so that `kubectl logs -l app=<name>` works.
        part_of: the product, as `app.kubernetes.io/part-of`.
        environment: the environment, as `environment`, for example production.
        component: the role in the product, as `app.kubernetes.io/component`.
        instance: distinguishes two installations of one program in a namespace. Defaults to `name`.
        version: the version that runs, as `app.kubernetes.io/version`. It changes with a release, so the selector does
            not contain it. Defaults to none.
        managed_by: the tool that manages the objects, as `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        extra: additional labels of every object, such as a team or a cost centre. Defaults to none.
        extra_pod_labels: additional labels of the pods only, such as one that a service mesh reads. Defaults to none.
        own_selector: labels that select the pods instead of `app`, name and instance, for a Deployment that exists and
            whose selector is immutable. The pods get these labels. Defaults to none.

    Raises:
        ConfigurationError: if a key or a value is not valid for a label, an additional label is one that an argument
            sets, or a label of the pods contradicts their selector.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """

    name: str
    part_of: str
    environment: str
    component: str = "service"
    instance: str = ""
    version: str | None = None
    managed_by: str = MANAGED_BY
    extra: Mapping[str, str] = field(default_factory=dict)
    extra_pod_labels: Mapping[str, str] = field(default_factory=dict)
    own_selector: Mapping[str, str] | None = None

    def check(self) -> None:
        names.dns_label("name", self.name)
        for what in ("part_of", "environment", "component", "managed_by"):
            if not label_value(what, getattr(self, what)):
                raise ConfigurationError(f"{what} must not be empty")
        label_value("instance", self.instance)
        if self.version is not None:
            label_value("version", self.version)
        for what, given in (("labels", self.extra), ("pod_labels", self.extra_pod_labels)):
            label_map(what, given)
            for key in given:
                if key in _ARGUMENTS:
                    raise ConfigurationError(
                        f"{what} of {self.name!r} must not set {key!r}: {_ARGUMENTS[key]} sets it; remove it"
                    )
        if self.own_selector is not None:
            self._check_selector(self.own_selector)

    def object_name(self, what: str, name: str | None = None) -> str:
        """Return the name of an object with these labels: by default, the name in them.

        Raises:
            ConfigurationError: if the name is malformed.
        """
        return names.object_name(what, self.name if name is None else name)

    def _check_selector(self, selector: Mapping[str, str]) -> None:
        if not label_map("selector", selector):
            raise ConfigurationError(
                f"selector of {self.name!r} must have at least one label, got none, which selects all pods of the "
                "namespace; leave selector out to select by name"
            )
        for key, value in selector.items():
            if self.extra_pod_labels.get(key, value) != value:
                raise ConfigurationError(
                    f"pod_labels[{key!r}] of {self.name!r} must be {value!r}, which its selector requires; remove it"
                )

    @property
    def selector(self) -> dict[str, str]:
        """The labels that select the pods; they do not change, because the selector of a Deployment is immutable."""
        return self._identity if self.own_selector is None else dict(self.own_selector)

    @property
    def _identity(self) -> dict[str, str]:
        return {
            "app": self.name,
            "app.kubernetes.io/instance": self.instance or self.name,
            "app.kubernetes.io/name": self.name,
        }

    @property
    def metadata(self) -> dict[str, str]:
        """The labels of every object that belongs to the workload."""
        return {
            **self.extra,
            **self._identity,
            "app.kubernetes.io/component": self.component,
            "app.kubernetes.io/managed-by": self.managed_by,
            "app.kubernetes.io/part-of": self.part_of,
            "environment": self.environment,
        }

    @property
    def release(self) -> dict[str, str]:
        """The labels of objects that change with a release: the metadata and the version."""
        version = {} if self.version is None else {"app.kubernetes.io/version": self.version}
        return dict(sorted({**self.metadata, **version}.items()))

    @property
    def of_pods(self) -> dict[str, str]:
        """The labels of the pods: those of a release, the additional ones, and those of the selector."""
        own = {key: value for key, value in self.release.items() if key not in self.extra}
        return dict(sorted({**own, **self.extra_pod_labels, **self.selector}.items()))


def label_value(what: str, value: str) -> str:
    """Return `value` after checking that it can be the value of a label: at most 63 characters, or empty."""
    if not isinstance(value, str) or len(value) > _VALUE_MAX or not _VALUE.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be a label value (at most {_VALUE_MAX} letters, digits, '-', '_' and '.', "
            f"beginning and ending with a letter or digit), got {value!r}"
        )
    return value


def qualified_name(what: str, value: str) -> str:
    """Return `value` after checking that it can be the key of a label or an annotation, such as example.com/owner."""
    prefix, slash, name = value.rpartition("/")
    if slash:
        names.dns_subdomain(f"the prefix of {what} {value!r}", prefix)
    if not name:
        raise ConfigurationError(f"{what} must have a name after its prefix, got {value!r}")
    label_value(f"the name of {what} {value!r}", name)
    return value


def annotation_map(what: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `annotations` after checking their keys and their total size.

    The prefix of a key may contain upper-case letters, unlike the prefix of a label.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
    """
    for key in annotations:
        qualified_name(f"a key of {what}", key.lower())
    return check_annotations_size(what, annotations)


def size_of(text: str) -> int:
    """Return the size of a text in bytes."""
    return len(text.encode(errors="surrogatepass"))


def check_annotations_size(what: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `annotations` after checking their total size.

    Raises:
        ConfigurationError: if keys and values together exceed 255 KiB.
    """
    size = sum(size_of(key) + size_of(value) for key, value in annotations.items())
    if size > ANNOTATIONS_MAX:
        raise ConfigurationError(
            f"{what} must have at most {ANNOTATIONS_MAX} bytes in total, got {size}; shorten or remove some"
        )
    return dict(annotations)


def label_map(what: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `labels` after checking all keys and values."""
    return {
        qualified_name(f"a key of {what}", key): label_value(f"{what}[{key!r}]", value) for key, value in labels.items()
    }

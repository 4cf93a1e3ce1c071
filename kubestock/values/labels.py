"""Labels of a workload: what identifies it, and the constant part that selects its pods."""

import re
from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import Value

_VALUE = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?")
_VALUE_MAX = 63
ANNOTATIONS_MAX = 255 * 1024
"""Bytes that all annotations of one object may take, keys and values together.

Kubernetes allows 256 KiB. The rest is left to what controllers and Argo CD add: the number of a revision, a wave.
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
"""Which argument sets each label of an object."""


class Labels(Value):
    """The recommended labels of Kubernetes, and `app` and `environment` beside them.

    Args:
        name: `app` and `app.kubernetes.io/name`, so that `kubectl logs -l app=<name>` works.
        part_of: the product, as `app.kubernetes.io/part-of`.
        environment: as `environment`, for example production.
        component: the role in the product, as `app.kubernetes.io/component`.
        instance: tells two installations of one program in a namespace apart. Defaults to `name`.
        version: what is running, as `app.kubernetes.io/version`. It changes with a release, so it never
            selects. Defaults to none.
        managed_by: what makes the objects, as `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        further: labels of every object beside these, such as a team or a cost centre. Defaults to none.
        further_of_pods: labels of the pods alone, such as one that a mesh reads. Defaults to none.
        own_selector: what selects the pods, in place of `app` and the two labels of name and instance: for a
            Deployment that exists, whose selector is immutable. The pods get its labels. Defaults to none.

    Raises:
        ConfigurationError: if a key or a value is not one of a label, a further label is one that an argument sets,
            or a label of the pods contradicts their selector.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/
    """

    name: str
    part_of: str
    environment: str
    component: str = "service"
    instance: str = ""
    version: str | None = None
    managed_by: str = MANAGED_BY
    further: Mapping[str, str] = field(default_factory=dict)
    further_of_pods: Mapping[str, str] = field(default_factory=dict)
    own_selector: Mapping[str, str] | None = None

    def check(self) -> None:
        names.dns_label("name", self.name)
        for what in ("part_of", "environment", "component", "managed_by"):
            if not label_value(what, getattr(self, what)):
                raise ConfigurationError(f"{what} must not be empty")
        label_value("instance", self.instance)
        if self.version is not None:
            label_value("version", self.version)
        for what, given in (("labels", self.further), ("pod_labels", self.further_of_pods)):
            label_map(what, given)
            for key in given:
                if key in _ARGUMENTS:
                    raise ConfigurationError(
                        f"{what} of {self.name!r} must not set {key!r}: {_ARGUMENTS[key]} sets it; take it out"
                    )
        if self.own_selector is not None:
            self._check_selector(self.own_selector)

    def _check_selector(self, selector: Mapping[str, str]) -> None:
        if not label_map("selector", selector):
            raise ConfigurationError(
                f"selector of {self.name!r} must name a label, or it selects all pods of the namespace; leave it out "
                "for the labels of the name"
            )
        for key, value in selector.items():
            if self.further_of_pods.get(key, value) != value:
                raise ConfigurationError(
                    f"pod_labels[{key!r}] of {self.name!r} must be {value!r}, which its selector requires; take it out"
                )

    @property
    def selector(self) -> dict[str, str]:
        """The labels that select the pods: constant, because a Deployment's selector is immutable."""
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
            **self.further,
            **self._identity,
            "app.kubernetes.io/component": self.component,
            "app.kubernetes.io/managed-by": self.managed_by,
            "app.kubernetes.io/part-of": self.part_of,
            "environment": self.environment,
        }

    @property
    def release(self) -> dict[str, str]:
        """The labels of what changes with a release: the metadata and the version."""
        version = {} if self.version is None else {"app.kubernetes.io/version": self.version}
        return dict(sorted({**self.metadata, **version}.items()))

    @property
    def of_pods(self) -> dict[str, str]:
        """The labels of the pods: those of a release, their own, and what selects them."""
        own = {key: value for key, value in self.release.items() if key not in self.further}
        return dict(sorted({**own, **self.further_of_pods, **self.selector}.items()))


def label_value(what: str, value: str) -> str:
    """Return `value` if it can be the value of a label: 63 characters at most, or empty."""
    if not isinstance(value, str) or len(value) > _VALUE_MAX or not _VALUE.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be a label value (at most {_VALUE_MAX} letters, digits, '-', '_' and '.', "
            f"beginning and ending with a letter or digit), got {value!r}"
        )
    return value


def qualified_name(what: str, value: str) -> str:
    """Return `value` if it can be the key of a label or an annotation, such as example.com/owner."""
    prefix, slash, name = value.rpartition("/")
    if slash:
        names.dns_subdomain(f"the prefix of {what} {value!r}", prefix)
    if not name:
        raise ConfigurationError(f"{what} must have a name after its prefix, got {value!r}")
    label_value(f"the name of {what} {value!r}", name)
    return value


def annotation_map(what: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `annotations` if every key is one that Kubernetes accepts, and all together are not too large.

    The prefix of a key may hold upper-case letters, unlike that of a label.

    See https://kubernetes.io/docs/concepts/overview/working-with-objects/annotations/#syntax-and-character-set
    """
    for key in annotations:
        qualified_name(f"a key of {what}", key.lower())
    return refuse_oversized(what, annotations)


def size_of(text: str) -> int:
    """Return how many bytes a text takes."""
    return len(text.encode(errors="surrogatepass"))


def refuse_oversized(what: str, annotations: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `annotations` if one object can bear them all.

    Raises:
        ConfigurationError: if keys and values together take more than 255 KiB.
    """
    size = sum(size_of(key) + size_of(value) for key, value in annotations.items())
    if size > ANNOTATIONS_MAX:
        raise ConfigurationError(
            f"{what} must hold at most {ANNOTATIONS_MAX} bytes in all, got {size}; shorten or remove some"
        )
    return dict(annotations)


def label_map(what: str, labels: Mapping[str, str]) -> dict[str, str]:
    """Return a copy of `labels` if every key and value is one that Kubernetes accepts."""
    return {
        qualified_name(f"a key of {what}", key): label_value(f"{what}[{key!r}]", value) for key, value in labels.items()
    }

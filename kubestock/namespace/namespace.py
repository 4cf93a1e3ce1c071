"""Namespaces and their labels."""

from collections.abc import Mapping

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.namespace.pod_security import NamespaceSecurity
from kubestock.values import names
from kubestock.values.labels import Labels, label_map
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.value import checked


class Namespace(Group):
    """Creates the Namespace of a chart with Pod Security labels, but without limits and policies.

    `Guardrails` also creates a Namespace, with limits, default policies and roles.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        labels: the labels of the object.
        pod_security: Defaults to the level restricted of Kubernetes 1.27. `Off(reason)` sets no labels, so the default
            of the cluster applies.
        namespace_labels: additional labels, such as one that a service mesh reads. Defaults to none.

    Raises:
        ConfigurationError: if the chart has no namespace, or one that is reserved for Kubernetes, or a label is
            malformed or set by another argument.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Labels,
        pod_security: NamespaceSecurity | Off = NamespaceSecurity(),
        namespace_labels: Mapping[str, str] | None = None,
    ) -> None:
        name = _own_namespace(required_namespace(scope, "Namespace"))
        known = {**labels.metadata, **({} if isinstance(pod_security, Off) else pod_security.labels)}
        extra = label_map("namespace_labels", namespace_labels or {})
        for key in extra:
            if known.get(key, extra[key]) != extra[key]:
                raise ConfigurationError(
                    f"namespace_labels must not set {key!r}, which labels or pod_security sets to {known[key]!r}; "
                    "remove it"
                )
        super().__init__(scope, id)
        annotations = {}
        if isinstance(pod_security, Off):
            annotations[f"{RELAXED_PREFIX}no-pod-security"] = pod_security.reason
        manifest = k8s.KubeNamespace.manifest(metadata=meta(name, {**extra, **known}, annotations))
        self.object = KubeObject(self, "Namespace", manifest=manifest)


def _own_namespace(name: str) -> str:
    names.dns_label("namespace", name)
    if name.startswith("kube-"):
        raise ConfigurationError(
            f"namespace must not begin with 'kube-', got {name!r}, which is reserved for Kubernetes: the guardrails "
            "would block the traffic of its pods, such as DNS; give the chart its own namespace"
        )
    return name

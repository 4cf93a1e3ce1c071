"""Access of a program to the API server: a ServiceAccount, and a Role with its permissions."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.values import names
from kubestock.values.labels import Labels, annotation_map
from kubestock.values.value import Value, checked

_RBAC = "rbac.authorization.k8s.io"
_VERBS = ("get", "list", "watch", "create", "update", "patch", "delete", "deletecollection")


class PolicyRule(Value):
    """Permits a program to use some resources of the Kubernetes API: one rule of a Role.

    Args:
        resources: names in lower case and plural, such as configmaps or deployments/scale.
        verbs: get, list, watch, create, update, patch, delete or deletecollection.
        api_group: the API group of the resources, such as apps. Defaults to the core group.
        names: the names of the objects. Defaults to all; list, watch and create cannot be limited to names.

    Raises:
        ConfigurationError: if a resource or a verb is `*`, the resources are Secrets or RBAC objects, a verb is
            unknown, or a verb cannot be limited to names.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
    """

    resources: tuple[str, ...]
    verbs: tuple[str, ...]
    api_group: str = ""
    names: tuple[str, ...] = ()

    def check(self) -> None:
        if self.api_group:
            names.dns_subdomain("api_group", self.api_group)
        if not self.resources or not self.verbs:
            raise ConfigurationError("a rule must have at least one resource and at least one verb")
        for resource in self.resources:
            self._check_resource(resource)
        for verb in self.verbs:
            if verb not in _VERBS:
                raise ConfigurationError(f"each of verbs must be one of {', '.join(_VERBS)}, got {verb!r}")
        unlimited = [verb for verb in self.verbs if verb in ("create", "deletecollection")]
        if self.names and unlimited:
            raise ConfigurationError(
                f"names must be left out where verbs contains {unlimited[0]}, which RBAC cannot limit to names; give "
                f"{unlimited[0]} a separate PolicyRule without names"
            )
        for name in self.names:
            names.object_name("each of names", name)

    def to_kube(self) -> k8s.PolicyRule:
        """Return the binding."""
        return k8s.PolicyRule(
            api_groups=[self.api_group],
            resources=list(self.resources),
            verbs=list(self.verbs),
            resource_names=list(self.names) or None,
        )

    def _check_resource(self, resource: str) -> None:
        kind = resource.partition("/")[0]
        if not resource or "*" in resource:
            raise ConfigurationError(
                f"each of resources must be a name, got {resource!r}; list the resources that the program uses"
            )
        if (self.api_group, kind) == ("", "secrets"):
            raise ConfigurationError(
                "resources must not be secrets: an attacker who takes over the program could read every Secret; "
                "mount the Secret into the pod instead"
            )
        if self.api_group == _RBAC:
            raise ConfigurationError(
                f"resources must not be of {_RBAC}, which can grant additional permissions, got {resource!r}"
            )


class ServiceAccount(Group):
    """Gives several workloads one identity: a ServiceAccount, with a Role and a RoleBinding if it has rules.

    Pass its name to the pods as `Pod(service_account="…")`; the workload then creates no ServiceAccount.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        labels: the labels of the objects.
        name: the name of the ServiceAccount, its Role and its RoleBinding. Defaults to the name in `labels`.
        annotations: annotations of the ServiceAccount, such as a cloud role. Defaults to none.
        rules: what its programs may do at the API server. Defaults to none: there is no Role.

    Raises:
        ConfigurationError: if the name is malformed, or the chart has no namespace.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Labels,
        name: str | None = None,
        annotations: Mapping[str, str] | None = None,
        rules: Sequence[PolicyRule] = (),
    ) -> None:
        self.name = labels.object_name("name of a ServiceAccount", name)
        namespace = required_namespace(scope, f"ServiceAccount {self.name!r}")
        metadata = meta(self.name, labels.metadata, annotation_map("annotations", annotations or {}))
        super().__init__(scope, id)
        manifest = k8s.KubeServiceAccount.manifest(metadata=metadata, automount_service_account_token=False)
        self.object = KubeObject(self, "ServiceAccount", manifest=manifest)
        if rules:
            self._add_role(meta(self.name, labels.metadata), namespace, rules)

    def _add_role(self, metadata: k8s.ObjectMeta, namespace: str, rules: Sequence[PolicyRule]) -> None:
        role = k8s.KubeRole.manifest(metadata=metadata, rules=[each.to_kube() for each in rules])
        KubeObject(self, "Role", manifest=role)
        binding = k8s.KubeRoleBinding.manifest(
            metadata=metadata,
            role_ref=k8s.RoleRef(api_group=_RBAC, kind="Role", name=self.name),
            subjects=[k8s.Subject(kind="ServiceAccount", name=self.name, namespace=namespace)],
        )
        KubeObject(self, "RoleBinding", manifest=binding)

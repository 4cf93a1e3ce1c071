"""Roles for viewers and operators of a namespace, without access to Secrets, shells or wildcards."""

from collections.abc import Iterable, Sequence

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.tree import Group, required_namespace
from kubestock.values.labels import Labels
from kubestock.values.value import checked

READ = ("get", "list", "watch")
_RBAC = "rbac.authorization.k8s.io"
_REVISIONS = ("replicasets", "controllerrevisions")
"""The revisions for `kubectl rollout undo`: of a Deployment, and of a StatefulSet or DaemonSet."""


def _rule(group: str, resources: Iterable[str], verbs: Iterable[str]) -> k8s.PolicyRule:
    return k8s.PolicyRule(api_groups=[group], resources=list(resources), verbs=list(verbs))


def _viewing() -> list[k8s.PolicyRule]:
    core = (
        "pods",
        "pods/status",
        "services",
        "endpoints",
        "configmaps",
        "events",
        "persistentvolumeclaims",
        "resourcequotas",
        "limitranges",
        "serviceaccounts",
    )
    workloads = ("deployments", "statefulsets", "daemonsets", "deployments/scale", "statefulsets/scale")
    return [
        _rule("", core, READ),
        _rule("", ("pods/log",), ("get",)),
        _rule("apps", (*workloads, *_REVISIONS), READ),
        _rule("autoscaling", ("horizontalpodautoscalers",), READ),
        _rule("batch", ("jobs", "cronjobs"), READ),
        _rule("bitnami.com", ("sealedsecrets",), READ),
        _rule("cert-manager.io", ("certificates", "certificaterequests", "issuers"), READ),
        _rule("discovery.k8s.io", ("endpointslices",), READ),
        _rule("events.k8s.io", ("events",), READ),
        _rule("metrics.k8s.io", ("pods",), ("get", "list")),
        _rule("monitoring.coreos.com", ("podmonitors", "servicemonitors", "prometheusrules"), READ),
        _rule("networking.k8s.io", ("ingresses", "networkpolicies"), READ),
        _rule("policy", ("poddisruptionbudgets",), READ),
    ]


def _operating() -> list[k8s.PolicyRule]:
    return [
        _rule("", ("pods",), ("delete",)),
        _rule("apps", ("deployments", "statefulsets", "daemonsets"), ("patch",)),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("patch", "update")),
    ]


class NamespaceRoles(Group):
    """Gives viewers and operators access to one namespace: a Role and a RoleBinding for each.

    A viewer can get, list and watch workloads and related objects, and read logs. Related objects include
    SealedSecrets, which show ciphertexts and a status, certificates of cert-manager, monitors and alert rules. An
    operator can also restart and roll back Deployments, StatefulSets and DaemonSets (patch), scale the first two, and
    delete pods. Neither role permits access to Secrets, a shell, port forwarding or changes of RBAC.

    These roles cannot prevent the following:

    - RBAC does not check fields. A user who can patch a workload can also set its image, its command and its
      ServiceAccount, and mount any Secret of the namespace, whose values can then appear in the logs. Make only users
      operators whom you trust with the secrets of the namespace. Pod Security and the LimitRange still apply, and
      Argo CD shows the workload as out of sync.
    - A PodDisruptionBudget limits evictions, not deletions. An operator can delete all pods of a workload at once, and
      can scale it to zero, which also stops its autoscaler.
    - Permissions add up: a group can have more through other bindings, and ConfigMaps and logs show everything that
      programs write there.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        viewers: the names of the groups of viewers. Defaults to none.
        operators: the names of the groups of operators. Defaults to none.
        labels: the labels of the owner.
        name: the roles are named `<name>-viewer` and `<name>-operator`. Defaults to the name in `labels`.

    Raises:
        ConfigurationError: if a group is duplicated in one role, has whitespace around its name, or is reserved for
            Kubernetes, such as system:authenticated; or if the chart has no namespace.

    See https://kubernetes.io/docs/concepts/security/rbac-good-practices/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Labels,
        viewers: Sequence[str] = (),
        operators: Sequence[str] = (),
        name: str | None = None,
    ) -> None:
        self.name = labels.object_name("name of NamespaceRoles", name)
        required_namespace(scope, "NamespaceRoles")
        for groups in (viewers, operators):
            for group in groups:
                _check_group(group, groups.count(group))
        super().__init__(scope, id)
        self._labels = labels
        self.bindings: list[KubeObject] = []
        self.viewer = self._add("viewer", _viewing(), viewers)
        self.operator = self._add("operator", [*_viewing(), *_operating()], operators)

    def _add(self, role: str, rules: list[k8s.PolicyRule], groups: Sequence[str]) -> KubeObject:
        metadata = meta(f"{self.name}-{role}", self._labels.metadata)
        added = KubeObject(self, f"Role-{role}", manifest=k8s.KubeRole.manifest(metadata=metadata, rules=rules))
        if groups:
            subjects = [k8s.Subject(kind="Group", name=group, api_group=_RBAC) for group in groups]
            reference = k8s.RoleRef(api_group=_RBAC, kind="Role", name=f"{self.name}-{role}")
            manifest = k8s.KubeRoleBinding.manifest(metadata=metadata, role_ref=reference, subjects=subjects)
            self.bindings.append(KubeObject(self, f"RoleBinding-{role}", manifest=manifest))
        return added


def _check_group(group: str, times: int) -> None:
    if not group.strip():
        raise ConfigurationError(f"the name of a group must not be empty, got {group!r}")
    if group != group.strip():
        raise ConfigurationError(
            f"the name of a group must have no whitespace around it, got {group!r}, which has no members; write "
            f"{group.strip()!r}"
        )
    if group.startswith("system:"):
        raise ConfigurationError(
            f"the name of a group must not begin with 'system:', got {group!r}, which is a group of Kubernetes, "
            "such as all authenticated users; give a group of your identity provider"
        )
    if times > 1:
        raise ConfigurationError(
            f"each group of a role must be unique, got {group!r} {times} times; remove the duplicates"
        )

"""Who may look, and who may run: two roles without secrets, shells or wildcards."""

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
"""What `kubectl rollout undo` goes back to: of a Deployment, and of a StatefulSet or DaemonSet."""


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


class Administration(Group):
    """Role and RoleBinding of viewers and of operators, in one namespace.

    A viewer gets, lists and watches workloads and what surrounds them, and reads logs: sealed secrets, which show
    ciphertexts and a status, the certificates of cert-manager, monitors and alert rules are among it. An operator
    may also restart and roll back Deployments, StatefulSets and DaemonSets (patch), scale the first two, and
    delete a pod. Nobody gets Secrets, a shell, a forwarded port, or rights over rights.

    What these roles cannot hold back:

    - RBAC does not look at fields. Whoever may patch a workload may also set its image, its command and its
      ServiceAccount, and mount any Secret of the namespace, whose values then reach the logs. Make operators
      only those whom you would trust with the namespace's secrets. Pod Security and the LimitRange still hold,
      and Argo CD shows the workload as out of sync.
    - A deletion asks no PodDisruptionBudget; only an eviction does. An operator can delete all pods of a
      workload at once, and can scale it to zero, which also stops its autoscaler.
    - Rights add up: a group may have more by other bindings, and ConfigMaps and logs show whatever programs
      put there.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        viewers: names of groups. Defaults to none.
        operators: names of groups. Defaults to none.
        labels: whose it is; the roles are `<name>-viewer` and `<name>-operator`.

    Raises:
        ConfigurationError: if a group is named twice for one role, has blanks around its name, or is one that
            Kubernetes keeps for itself, such as system:authenticated; or if the chart has no namespace.

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
    ) -> None:
        required_namespace(scope, "Administration")
        for groups in (viewers, operators):
            for group in groups:
                _check_group(group, groups.count(group))
        super().__init__(scope, id)
        self._labels = labels
        self.bindings: list[KubeObject] = []
        self.viewer = self._add("viewer", _viewing(), viewers)
        self.operator = self._add("operator", [*_viewing(), *_operating()], operators)

    def _add(self, role: str, rules: list[k8s.PolicyRule], groups: Sequence[str]) -> KubeObject:
        metadata = meta(f"{self._labels.name}-{role}", self._labels.metadata)
        added = KubeObject(self, f"Role-{role}", manifest=k8s.KubeRole.manifest(metadata=metadata, rules=rules))
        if groups:
            subjects = [k8s.Subject(kind="Group", name=group, api_group=_RBAC) for group in groups]
            reference = k8s.RoleRef(api_group=_RBAC, kind="Role", name=f"{self._labels.name}-{role}")
            manifest = k8s.KubeRoleBinding.manifest(metadata=metadata, role_ref=reference, subjects=subjects)
            self.bindings.append(KubeObject(self, f"RoleBinding-{role}", manifest=manifest))
        return added


def _check_group(group: str, times: int) -> None:
    if not group.strip():
        raise ConfigurationError(f"a group must have a name, got {group!r}")
    if group != group.strip():
        raise ConfigurationError(
            f"a group must have no blanks around its name, got {group!r}: nobody is in it; name {group.strip()!r}"
        )
    if group.startswith("system:"):
        raise ConfigurationError(
            f"a group must be one of yours, got {group!r}: groups that begin with 'system:' are those of Kubernetes, "
            "such as everybody who is logged in; name a group of your identity provider"
        )
    if times > 1:
        raise ConfigurationError(f"a group must be named once for a role, got {group!r} {times} times")

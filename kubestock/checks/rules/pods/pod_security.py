"""Whether a namespace that enforces the profile `restricted` admits its pods.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory, Workload, shown
from kubestock.checks.finding import Problem
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.sysctls import SAFE_SYSCTLS

ENFORCE = "pod-security.kubernetes.io/enforce"
_HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_SELINUX_TYPES = frozenset({"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"})
_CONFINED = ("RuntimeDefault", "Localhost")
_Violation = tuple[str, str]
"""What the admission rejects, and the fix."""


@rule(
    "pod-security",
    title="The namespace rejects a pod",
    source="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    fails="""
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          securityContext: {seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: orders
              image: shop/orders:1.0
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
    """,
    passes="""
        apiVersion: v1
        kind: Namespace
        metadata: {name: shop, labels: {pod-security.kubernetes.io/enforce: restricted}}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: orders, namespace: shop}
        spec:
          securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: orders
              image: shop/orders:1.0
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
    """,
)
def pod_security(inventory: Inventory) -> Iterator[Problem]:
    """The admission rejects the pod, not the Deployment: the rollout hangs with no pod to look at."""
    restricted = {
        namespace
        for namespace in {each.namespace for each in inventory.workloads}
        if documents.text(inventory.namespace_labels(namespace), ENFORCE) == "restricted"
    }
    for workload in inventory.workloads:
        if workload.namespace in restricted:
            for violation, fix in (*_of_pod(workload), *_of_containers(workload)):
                yield workload.problem(f"restricted rejects its pods: {violation}", fix=fix)


def _of_pod(workload: Workload) -> Iterator[_Violation]:
    spec = workload.spec
    for field in _HOST_NAMESPACES:
        if documents.at(spec, field) is True:
            yield f"{field} is true", "leave it out"
    for volume in documents.mappings(spec, "volumes"):
        types = {key for key, value in documents.mapping(volume).items() if value is not None}
        for kind in sorted(types - _VOLUMES - {"name"}):
            message = f"volume {documents.text(volume, 'name')!r} is of the type {kind}"
            yield message, f"use one of {', '.join(sorted(_VOLUMES))}"
    for sysctl in documents.mappings(spec, "securityContext", "sysctls"):
        name = documents.text(sysctl, "name")
        if name not in SAFE_SYSCTLS:
            yield f"the sysctl {name!r} is not a safe one", "leave it out"
    if documents.at(spec, "securityContext", "runAsNonRoot") is False:
        yield "the pod may run as root", "set runAsNonRoot: true"
    yield from _of_context("the pod", documents.mapping(spec, "securityContext"))


def _of_containers(workload: Workload) -> Iterator[_Violation]:
    pod = documents.mapping(workload.spec, "securityContext")
    windows = documents.text(workload.spec, "os", "name") == "windows"
    ephemeral = documents.mappings(workload.spec, "ephemeralContainers")
    for container in (*workload.containers, *ephemeral):
        subject = shown(container)
        own = documents.mapping(container, "securityContext")
        yield from _of_context(subject, own)
        if documents.at(own, "privileged") is True:
            yield f"{subject} is privileged", "set privileged: false"
        if documents.at(own, "procMount") not in (None, "", "Default"):
            yield f"{subject} has another procMount than Default", "leave it out"
        if any(documents.at(port, "hostPort") for port in documents.mappings(container, "ports")):
            yield f"{subject} takes a hostPort", "leave it out, and use a Service"
        if _in_force(pod, own, "runAsNonRoot") is not True:
            yield f"{subject} may run as root", "set runAsNonRoot: true"
        if not windows:
            yield from _of_linux(subject, pod, own)


def _of_context(subject: str, context: Document) -> Iterator[_Violation]:
    if documents.whole(context, "runAsUser") == 0:
        yield f"{subject} runs as user 0", "name another runAsUser"
    if documents.at(context, "windowsOptions", "hostProcess") is True:
        yield f"{subject} is a process of the Windows host", "leave hostProcess out"
    selinux = documents.mapping(context, "seLinuxOptions")
    if selinux.get("user") or selinux.get("role") or documents.text(selinux, "type") not in _SELINUX_TYPES:
        yield f"{subject} sets seLinuxOptions that are not those of a container", "leave them out"
    for field in ("appArmorProfile", "seccompProfile"):
        profile = documents.at(context, field, "type")
        if profile is not None and profile not in _CONFINED:
            given = repr(profile) if isinstance(profile, str) else "(not a text)"
            yield f"{subject} has the {field} {given}", "use RuntimeDefault"


def _of_linux(subject: str, pod: Document, own: Document) -> Iterator[_Violation]:
    if documents.at(own, "allowPrivilegeEscalation") is not False:
        yield f"{subject} may gain privileges", "set allowPrivilegeEscalation: false"
    if _in_force(pod, own, "seccompProfile", "type") is None:
        yield f"{subject} has no seccompProfile", "set its type to RuntimeDefault"
    if "ALL" not in documents.texts(own, "capabilities", "drop"):
        yield f"{subject} keeps capabilities", "drop ALL"
    added = sorted(set(documents.texts(own, "capabilities", "add")) - {"NET_BIND_SERVICE"})
    if added:
        yield f"{subject} adds the capabilities {', '.join(added)}", "take them out: only NET_BIND_SERVICE may be added"


def _in_force(pod: Document, own: Document, *path: str) -> object:
    found = documents.at(own, *path)
    return documents.at(pod, *path) if found is None else found

"""Rules about Pod Security admission.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.pod_security import LATEST, LEVELS, release_of, violations
from kubestock.checks.finding import Problem, Severity
from kubestock.values import documents
from kubestock.values.documents import Document, Path
from kubestock.values.off import RELAXED_PREFIX

_PREFIX = "pod-security.kubernetes.io/"
ENFORCE = f"{_PREFIX}enforce"
_MODES = ("enforce", "audit", "warn")
_POD = """
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
"""


@rule(
    "pod-security",
    title="Pod Security admission rejects a pod",
    source="https://kubernetes.io/docs/concepts/security/pod-security-admission/",
    fails=_POD.replace("runAsNonRoot: true, ", ""),
    passes=_POD,
)
def pod_security(inventory: Inventory) -> Iterator[Problem]:
    """Admission rejects the pods but accepts the Deployment, so the rollout stops, and no pod shows an error."""
    for namespace in dict.fromkeys(each.namespace for each in inventory.workloads):
        labels = inventory.namespace_labels(namespace)
        level = documents.text(labels, ENFORCE)
        release = release_of(documents.text(labels, f"{ENFORCE}-version"))
        for workload in inventory.workloads_of(namespace):
            for violation, fix in violations(workload, level, LATEST if release is None else release):
                yield workload.problem(f"{level} rejects its pods: {violation}", fix=fix)


@rule(
    "pod-security-labels",
    title="A label of Pod Security is malformed",
    source="https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces",
    fails=_POD.replace("enforce: restricted", "enforce: Restricted"),
    passes=_POD,
)
def pod_security_labels(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the namespace, or it ignores an unknown label, and no level is enforced."""
    for namespace in inventory.of_kind("Namespace"):
        for key, value in documents.text_map(namespace, "metadata", "labels").items():
            mode = key.removeprefix(_PREFIX)
            path: Path = ("metadata", "labels", key)
            if mode == key:
                continue
            if mode in _MODES and value not in LEVELS:
                message = f"the label {key} must be one of {', '.join(LEVELS)}, got {value!r}"
            elif mode.removesuffix("-version") in _MODES and mode not in _MODES and release_of(value) is None:
                message = f"the label {key} must be latest or a release such as v1.31, got {value!r}"
            elif mode.removesuffix("-version") not in _MODES:
                message = f"the label {key} is unknown, so it enforces nothing"
            else:
                continue
            yield Problem(namespace, message, fix="correct it", field=path)


@rule(
    "pod-security-weak",
    title="A namespace enforces a lower Pod Security level than its pods meet",
    severity=Severity.WARNING,
    source="https://kubernetes.io/docs/concepts/security/pod-security-standards/",
    fails=_POD.replace("enforce: restricted", "enforce: baseline"),
    passes=_POD,
)
def pod_security_weak(inventory: Inventory) -> Iterator[Problem]:
    """An account that can create pods in the namespace can use more than these pods need, such as root or the host."""
    for namespace in inventory.of_kind("Namespace"):
        workloads = inventory.workloads_of(documents.name(namespace))
        level = documents.text(namespace, "metadata", "labels", ENFORCE) or LEVELS[0]
        if not workloads or level not in LEVELS[:2] or _is_intended(namespace):
            continue
        met = next(each for each in reversed(LEVELS) if not any(violations(one, each) for one in workloads))
        if LEVELS.index(met) > LEVELS.index(level):
            yield Problem(
                namespace,
                f"enforces {level}, but all of its pods meet {met}",
                fix=f"set the label {ENFORCE}: {met}",
                field=("metadata", "labels"),
            )


def _is_intended(namespace: Document) -> bool:
    """Whether an annotation of kubestock's constructs gives a reason for the level."""
    annotations = documents.text_map(namespace, "metadata", "annotations")
    return any(key.startswith(RELAXED_PREFIX) and "pod-security" in key for key in annotations)

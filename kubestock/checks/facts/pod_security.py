"""The violations of the Pod Security Standards in pods: the admission controller rejects pods that have one.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/
"""

import re
from collections.abc import Iterator

from kubestock.checks.facts.inventory import Workload, describe_container
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES
from kubestock.values.sysctls import SAFE_SYSCTLS

Violation = tuple[str, str]
"""What the admission controller rejects, and the fix."""

LEVELS = ("privileged", "baseline", "restricted")
LATEST = 999
"""Means the newest version of a profile."""

_VERSION = re.compile(r"v1\.([0-9]{1,3})")
_HOST_NAMESPACES = ("hostNetwork", "hostPID", "hostIPC")
_VOLUMES = frozenset(
    {
        "configMap",
        "csi",
        "downwardAPI",
        "emptyDir",
        "ephemeral",
        "image",
        "persistentVolumeClaim",
        "projected",
        "secret",
    }
)
_SELINUX_TYPES = ("", "container_t", "container_init_t", "container_kvm_t")
_CONFINED = ("RuntimeDefault", "Localhost")
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_DEFAULT_CAPABILITIES = frozenset(
    {
        *("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "SETFCAP"),
        *("SETGID", "SETPCAP", "SETUID", "SYS_CHROOT"),
    }
)
_NEWER_SYSCTLS = {
    29: ("fin_timeout", "keepalive_intvl", "keepalive_probes", "keepalive_time"),
    32: ("rmem", "wmem"),
}
"""The minor releases since which these sysctls under `net.ipv4.tcp_` are safe."""

_NESTED_SELINUX, _HOST_OF_PROBES, _USER_NAMESPACES = 31, 34, 35
"""The minor releases that changed a profile."""


def release_of(version: str) -> int | None:
    """Return the minor release in the version of a profile, or None if the version is malformed."""
    if version in ("", "latest"):
        return LATEST
    found = _VERSION.fullmatch(version)
    return None if found is None else int(found[1])


def violations(workload: Workload, level: str, release: int = LATEST) -> list[Violation]:
    """Return the violations of a profile in the pods of a workload.

    Args:
        workload: the workload that creates the pods.
        level: the level of the profile, one of `LEVELS`.
        release: the minor release of Kubernetes whose profile applies; releases before 1.25 are treated as 1.25.
    """
    if level not in LEVELS[1:]:
        return []
    return list(_Profile(workload, restricted=level == "restricted", release=release).judge())


class _Profile:
    def __init__(self, workload: Workload, *, restricted: bool, release: int) -> None:
        self.spec = workload.spec
        self.restricted = restricted
        self.release = release
        self.context = documents.mapping(self.spec, "securityContext")
        path = POD_TEMPLATES[workload.kind]
        self.annotations = documents.text_map(workload.document, *path, "metadata", "annotations")
        self.containers = (*workload.containers, *documents.mappings(self.spec, "ephemeralContainers"))
        self.windows = documents.text(self.spec, "os", "name") == "windows"
        self.own_users = release >= _USER_NAMESPACES and documents.at(self.spec, "hostUsers") is False

    def judge(self) -> Iterator[Violation]:
        yield from self._pod()
        for container in self.containers:
            own = documents.mapping(container, "securityContext")
            yield from self._context(describe_container(container), own)
            yield from self._container(describe_container(container), container, own)

    def _pod(self) -> Iterator[Violation]:
        for field in _HOST_NAMESPACES:
            if documents.at(self.spec, field) is True:
                yield f"{field} is true", "leave it out"
        for volume in documents.mappings(self.spec, "volumes"):
            yield from self._volume(volume)
        for sysctl in documents.mappings(self.context, "sysctls"):
            name = documents.text(sysctl, "name")
            if name not in SAFE_SYSCTLS or name in self._newer():
                yield f"the sysctl {name!r} is not safe", "leave it out"
        for key, value in self.annotations.items():
            if (
                key.startswith(_APPARMOR)
                and value
                and value != "runtime/default"
                and not value.startswith("localhost/")
            ):
                yield f"the annotation {key} turns AppArmor off", "use runtime/default"
        if self.restricted and not self.own_users and documents.at(self.context, "runAsNonRoot") is False:
            yield "the pod may run as root", "set runAsNonRoot: true"
        yield from self._context("the pod", self.context)

    def _newer(self) -> set[str]:
        names = {each for release, some in _NEWER_SYSCTLS.items() if self.release < release for each in some}
        return {f"net.ipv4.tcp_{each}" for each in names}

    def _volume(self, volume: Document) -> Iterator[Violation]:
        types = {key for key, value in documents.mapping(volume).items() if value is not None} - {"name"}
        forbidden = types - _VOLUMES if self.restricted else types & {"hostPath"}
        for kind in sorted(forbidden):
            message = f"volume {documents.text(volume, 'name')!r} is of the type {kind}"
            yield message, f"use one of {', '.join(sorted(_VOLUMES))}"

    def _context(self, subject: str, context: Document) -> Iterator[Violation]:
        if self.restricted and not self.own_users and documents.whole(context, "runAsUser") == 0:
            yield f"{subject} runs as user 0", "set another runAsUser"
        if documents.at(context, "windowsOptions", "hostProcess") is True:
            yield f"{subject} is a process of the Windows host", "leave hostProcess out"
        selinux = documents.mapping(context, "seLinuxOptions")
        nested = ("container_engine_t",) if self.release >= _NESTED_SELINUX else ()
        kind = documents.text(selinux, "type")
        if selinux.get("user") or selinux.get("role") or kind not in (*_SELINUX_TYPES, *nested):
            yield f"{subject} sets seLinuxOptions that are not allowed for containers", "leave them out"
        # For pods on Windows, only the baseline profile rejects a seccompProfile.
        for field in ("appArmorProfile", "seccompProfile"):
            if field == "seccompProfile" and self.restricted and self.windows:
                continue
            found = documents.mapping(context, field)
            profile = documents.text(found, "type")
            if documents.at(context, field) is not None and profile not in _CONFINED:
                yield f"{subject} has the {field} {profile!r}", "use RuntimeDefault"

    def _container(self, subject: str, container: Document, own: Document) -> Iterator[Violation]:
        if documents.at(own, "privileged") is True:
            yield f"{subject} is privileged", "set privileged: false"
        mounted = documents.at(own, "procMount")
        if mounted not in (None, "Default") and (self.restricted or not self.own_users):
            yield f"{subject} has a procMount other than Default", "leave it out"
        if any(documents.at(port, "hostPort") for port in documents.mappings(container, "ports")):
            yield f"{subject} uses a hostPort", "leave it out, and use a Service"
        if self.release >= _HOST_OF_PROBES and any(_hosts(container)):
            yield f"{subject} has a probe or a lifecycle hook that sets host", "leave host out"
        if self.restricted:
            yield from self._restricted_container(subject, own)
        else:
            yield from _added(subject, own, _DEFAULT_CAPABILITIES)

    def _restricted_container(self, subject: str, own: Document) -> Iterator[Violation]:
        if not self.own_users and self._effective(own, "runAsNonRoot") is not True:
            yield f"{subject} may run as root", "set runAsNonRoot: true"
        if self.windows:
            return
        if documents.at(own, "allowPrivilegeEscalation") is not False:
            yield f"{subject} may gain privileges", "set allowPrivilegeEscalation: false"
        if self._effective(own, "seccompProfile", "type") is None:
            yield f"{subject} has no seccompProfile", "set its type to RuntimeDefault"
        if "ALL" not in documents.texts(own, "capabilities", "drop"):
            yield f"{subject} keeps capabilities", "drop ALL"
        yield from _added(subject, own, frozenset({"NET_BIND_SERVICE"}))

    def _effective(self, own: Document, *path: str) -> object:
        found = documents.at(own, *path)
        return documents.at(self.context, *path) if found is None else found


def _added(subject: str, own: Document, permitted: frozenset[str]) -> Iterator[Violation]:
    added = sorted(set(documents.texts(own, "capabilities", "add")) - permitted)
    if added:
        only = ", ".join(sorted(permitted))
        yield f"{subject} adds the capabilities {', '.join(added)}", f"remove them: only {only} may be added"


def _hosts(container: Document) -> Iterator[str]:
    for handler in (
        *(documents.mapping(container, probe) for probe in ("livenessProbe", "readinessProbe", "startupProbe")),
        *(documents.mapping(container, "lifecycle", hook) for hook in ("postStart", "preStop")),
    ):
        yield documents.text(handler, "httpGet", "host")
        yield documents.text(handler, "tcpSocket", "host")

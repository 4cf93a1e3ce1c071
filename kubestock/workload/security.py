"""Security contexts of pods and containers.

The defaults are those of Pod Security `restricted`, and a read-only root filesystem. Each relaxation needs a reason
in words, which appears as an annotation on the object and on its pods.

See https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
"""

from collections.abc import Mapping, Sequence
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.values.numbers import whole
from kubestock.values.off import RELAXED_PREFIX
from kubestock.values.value import Value
from kubestock.workload.capabilities import CAPABILITIES
from kubestock.workload.paths import leaves
from kubestock.workload.sysctls import check_sysctls, has_unsafe, lowest_port

_LOWEST_USER = 10000
_LOCALHOST = "Localhost/"


class PodSecurity(Value):
    """Sets the user, the groups and the kernel settings of a pod: its security context.

    Args:
        run_as_user: the numeric user id; ids of 10000 and above do not match a user of the node. 0 is root, which needs
            a reason. Defaults to 10001. None uses the user of the image, which must still not be root and must be a
            number: the kubelet cannot check a user name, and would not start the container.
        run_as_group: Defaults to `run_as_user`.
        fs_group: the group that owns the files of volumes. Defaults to `run_as_group`.
        set_fs_group: whether the pod has an `fsGroup`; without one, the kubelet does not change the owner of the files
            of a volume. Defaults to true.
        run_as_non_root: Defaults to true.
        seccomp_profile: RuntimeDefault, Unconfined or `Localhost/<path>`. Defaults to RuntimeDefault.
        mount_api_token: mount a token for the API server. Defaults to false.
        sysctls: kernel settings of the pod. An unsafe sysctl needs a reason, and a kubelet that allows it. Defaults to
            none.
        reasons: a reason for each relaxed field, by its name; optional for a user or a group below 10000.

    Raises:
        ConfigurationError: if a field is relaxed without a reason, or a reason is for a field that is not relaxed.
    """

    run_as_user: int | None = 10001
    run_as_group: int | None = None
    fs_group: int | None = None
    set_fs_group: bool = True
    run_as_non_root: bool = True
    seccomp_profile: str = "RuntimeDefault"
    mount_api_token: bool = False
    sysctls: Mapping[str, str] = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        for name in ("run_as_user", "run_as_group", "fs_group"):
            if getattr(self, name) is not None:
                whole(name, getattr(self, name))
        if self.fs_group is not None and not self.set_fs_group:
            raise ConfigurationError(f"fs_group must be left out if set_fs_group is False, got {self.fs_group}")
        check_sysctls(self.sysctls)
        path = self.seccomp_profile.removeprefix(_LOCALHOST)
        localhost = path not in ("", self.seccomp_profile) and not leaves(path)
        if self.seccomp_profile not in ("RuntimeDefault", "Unconfined") and not localhost:
            raise ConfigurationError(
                "seccomp_profile must be RuntimeDefault, Unconfined or Localhost/<path>, where the path is relative "
                f"and does not contain '..', got {self.seccomp_profile!r}"
            )
        relaxed = {
            "run_as_user": self.run_as_user in (None, 0),
            "run_as_group": self.run_as_group == 0,
            "run_as_non_root": not self.run_as_non_root,
            "seccomp_profile": self.seccomp_profile == "Unconfined",
            "mount_api_token": self.mount_api_token,
            "sysctls": has_unsafe(self.sysctls),
        }
        explained = [name for name in ("run_as_user", "run_as_group") if _is_low(getattr(self, name))]
        _require_reasons(relaxed, self.reasons, also=explained)
        if self.run_as_user == 0 and self.run_as_non_root:
            raise ConfigurationError(
                "run_as_user must not be 0 (root) while run_as_non_root is true: the kubelet would not start the "
                "container; give another user"
            )

    @property
    def may_be_root(self) -> bool:
        """Whether the programs run as root, or can do so because the image sets the user."""
        return self.run_as_user == 0 or (self.run_as_user is None and not self.run_as_non_root)

    @property
    def lowest_unprivileged_port(self) -> int:
        """The lowest port that a program without capabilities can bind."""
        return lowest_port(self.sysctls)

    def annotations(self) -> dict[str, str]:
        """Return one annotation with the reason for each relaxation."""
        return _annotations(self.reasons)

    def to_kube(self) -> k8s.PodSecurityContext:
        """Return the binding."""
        group = self.run_as_user if self.run_as_group is None else self.run_as_group
        profile = self.seccomp_profile
        localhost = profile.removeprefix(_LOCALHOST) if profile.startswith(_LOCALHOST) else None
        return k8s.PodSecurityContext(
            run_as_non_root=self.run_as_non_root,
            run_as_user=self.run_as_user,
            run_as_group=group,
            fs_group=(group if self.fs_group is None else self.fs_group) if self.set_fs_group else None,
            sysctls=[k8s.Sysctl(name=name, value=value) for name, value in sorted(self.sysctls.items())] or None,
            fs_group_change_policy="OnRootMismatch" if self.set_fs_group else None,
            seccomp_profile=k8s.SeccompProfile(type="Localhost" if localhost else profile, localhost_profile=localhost),
        )


class ContainerSecurity(Value):
    """Limits what a container may do: no capabilities, no privilege escalation, a read-only root filesystem.

    Args:
        read_only_root_filesystem: Defaults to true; /tmp is still writable.
        added_capabilities: such as NET_BIND_SERVICE, the only one that `restricted` allows. Defaults to none.
        allow_privilege_escalation: Defaults to false.
        reasons: a reason for each relaxed field, by its name.

    Raises:
        ConfigurationError: if a field is relaxed without a reason, a reason is for a field that is not relaxed, or
            Linux has no such capability.
    """

    read_only_root_filesystem: bool = True
    added_capabilities: tuple[str, ...] = ()
    allow_privilege_escalation: bool = False
    reasons: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        for capability in self.added_capabilities:
            if capability not in CAPABILITIES:
                raise ConfigurationError(
                    "a capability must be a Linux capability as Kubernetes writes it, such as NET_BIND_SERVICE, got "
                    f"{capability!r}; write it in upper case and without CAP_"
                )
        relaxed = {
            "read_only_root_filesystem": not self.read_only_root_filesystem,
            "added_capabilities": bool(self.added_capabilities),
            "allow_privilege_escalation": self.allow_privilege_escalation,
        }
        _require_reasons(relaxed, self.reasons)

    def usable_capabilities(self, *, root: bool) -> tuple[str, ...]:
        """Return the capabilities that its program can use.

        A program that does not run as root gets capabilities only from its file, and without privilege escalation Linux
        ignores these.

        Args:
            root: whether the program may run as root.

        See https://docs.kernel.org/userspace-api/no_new_privs.html
        """
        return self.added_capabilities if root or self.allow_privilege_escalation else ()

    def annotations(self) -> dict[str, str]:
        """Return one annotation with the reason for each relaxation."""
        return _annotations(self.reasons)

    def to_kube(self) -> k8s.SecurityContext:
        """Return the binding."""
        return k8s.SecurityContext(
            allow_privilege_escalation=self.allow_privilege_escalation,
            capabilities=k8s.Capabilities(drop=["ALL"], add=list(self.added_capabilities) or None),
            privileged=False,
            read_only_root_filesystem=self.read_only_root_filesystem,
        )


def _is_low(user: int | None) -> bool:
    return user is not None and user < _LOWEST_USER


def _require_reasons(relaxed: Mapping[str, bool], reasons: Mapping[str, str], also: Sequence[str] = ()) -> None:
    for name, is_relaxed in relaxed.items():
        if is_relaxed and not reasons.get(name, "").strip():
            raise ConfigurationError(
                f"{name} must have a reason, because it is less strict than Pod Security and the hardening guides "
                f"require; give one: reasons={{{name!r}: '…'}}"
            )
    for name in reasons:
        if not relaxed.get(name, False) and name not in also:
            raise ConfigurationError(f"reasons must name relaxed fields, got {name!r}, which is not relaxed; remove it")


def _annotations(reasons: Mapping[str, str]) -> dict[str, str]:
    return {f"{RELAXED_PREFIX}{name.replace('_', '-')}": reason for name, reason in reasons.items()}

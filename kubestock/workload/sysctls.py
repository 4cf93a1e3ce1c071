"""Kernel settings of a pod's own namespaces."""

import re
from collections.abc import Mapping

from kubestock.errors import ConfigurationError
from kubestock.values.sysctls import SAFE_SYSCTLS

PORT_START = "net.ipv4.ip_unprivileged_port_start"
_PART = "[a-z0-9]([-_a-z0-9]*[a-z0-9])?"
_NAME = re.compile(rf"({_PART}\.)+{_PART}")
_LONGEST = 253
_USUAL_PORT_START = 1024


def check_sysctls(sysctls: Mapping[str, str]) -> None:
    """Refuse malformed kernel settings.

    Raises:
        ConfigurationError: if a name is malformed, or the lowest unprivileged port is no port.
    """
    for name in sysctls:
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            raise ConfigurationError(f"a sysctl must be such as net.ipv4.tcp_syncookies, got {name!r}")
    start = sysctls.get(PORT_START, "0")
    if not re.fullmatch(r"[0-9]{1,5}", start):
        raise ConfigurationError(f"sysctls[{PORT_START!r}] must be a port, or 0 for all, got {start!r}")


def has_unsafe(sysctls: Mapping[str, str]) -> bool:
    """Return whether the kubelet sets one of them only where its configuration admits it."""
    return any(name not in SAFE_SYSCTLS for name in sysctls)


def lowest_port(sysctls: Mapping[str, str]) -> int:
    """Return the lowest port that a program without capabilities binds."""
    return int(sysctls.get(PORT_START, _USUAL_PORT_START))

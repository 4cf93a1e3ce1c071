"""Checks of sysctls, the kernel settings of a pod."""

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
    """Check the names of sysctls, and the value of the lowest unprivileged port.

    Raises:
        ConfigurationError: if a name is malformed, or the lowest unprivileged port is not a port number.
    """
    for name in sysctls:
        if len(name) > _LONGEST or not _NAME.fullmatch(name):
            raise ConfigurationError(
                f"the name of a sysctl must be words joined by dots, such as net.ipv4.tcp_syncookies, got {name!r}"
            )
    start = sysctls.get(PORT_START, "0")
    if not re.fullmatch(r"[0-9]{1,5}", start):
        raise ConfigurationError(f"sysctls[{PORT_START!r}] must be a port number, or 0 for all ports, got {start!r}")


def has_unsafe(sysctls: Mapping[str, str]) -> bool:
    """Return whether one of them is unsafe: the kubelet sets it only if its configuration allows it."""
    return any(name not in SAFE_SYSCTLS for name in sysctls)


def lowest_port(sysctls: Mapping[str, str]) -> int:
    """Return the lowest port that a program without capabilities can bind."""
    return int(sysctls.get(PORT_START, _USUAL_PORT_START))

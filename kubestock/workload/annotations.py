"""Checks of the annotations that the API server validates."""

import re
from collections.abc import Collection, Mapping

from kubestock.errors import ConfigurationError
from kubestock.values.labels import annotation_map
from kubestock.values.numbers import INT32_MAX

_INSTEAD = {
    "kubernetes.io/config.mirror": "only the kubelet sets it",
    "scheduler.alpha.kubernetes.io/tolerations": "give Scheduling(tolerations=…)",
    "seccomp.security.alpha.kubernetes.io/pod": "give PodSecurity(seccomp_profile=…)",
    "service.beta.kubernetes.io/load-balancer-source-ranges": "give Service(load_balancer_source_ranges=…)",
}
_SECCOMP_OF_CONTAINER = "container.seccomp.security.alpha.kubernetes.io/"
_APPARMOR = "container.apparmor.security.beta.kubernetes.io/"
_APPARMOR_PROFILE = re.compile(r"runtime/default|unconfined|localhost/.+")
_DELETION_COST = "controller.kubernetes.io/pod-deletion-cost"
_TOPOLOGY = ("service.kubernetes.io/topology-mode", "service.kubernetes.io/topology-aware-hints")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,9}")


def service_annotations(annotations: Mapping[str, str]) -> None:
    """Check the annotations of a Service as the API server does.

    Raises:
        ConfigurationError: if a key is malformed, all annotations together are too large, an argument replaces one of
            them, or the old and the new topology annotation differ.
    """
    annotation_map("annotations", annotations)
    _check_replaced(annotations)
    new, old = (annotations.get(key) for key in _TOPOLOGY)
    if old is not None and new is None:
        raise ConfigurationError(f"annotation {_TOPOLOGY[1]} is deprecated; give {_TOPOLOGY[0]} instead")
    if None not in (new, old) and new != old:
        raise ConfigurationError(f"annotations {' and '.join(_TOPOLOGY)} must be equal, got {new!r} and {old!r}")


def pod_annotations(annotations: Mapping[str, str]) -> None:
    """Check the annotations of a pod as the API server does.

    Raises:
        ConfigurationError: if a key is malformed, all annotations together are too large, an argument replaces one of
            them, or a deletion cost or an AppArmor profile is malformed.
    """
    annotation_map("annotations", annotations)
    _check_replaced(annotations)
    cost = annotations.get(_DELETION_COST, "0")
    if not _WHOLE.fullmatch(cost) or not -INT32_MAX - 1 <= int(cost) <= INT32_MAX:
        raise ConfigurationError(f"annotation {_DELETION_COST} must be a 32-bit integer, got {cost!r}")
    for key, value in annotations.items():
        if key.startswith(_APPARMOR) and not _APPARMOR_PROFILE.fullmatch(value):
            raise ConfigurationError(
                f"annotation {key} must be runtime/default, unconfined or localhost/<profile>, got {value!r}"
            )


def check_containers(annotations: Mapping[str, str], containers: Collection[str]) -> None:
    """Check that each AppArmor profile is for a container of the pod.

    Raises:
        ConfigurationError: if the pod has no such container; the message lists its containers.
    """
    for key in annotations:
        if key.startswith(_APPARMOR) and key.removeprefix(_APPARMOR) not in containers:
            raise ConfigurationError(f"annotation {key} must name a container of the pod ({', '.join(containers)})")


def _check_replaced(annotations: Mapping[str, str]) -> None:
    for key in annotations:
        instead = _INSTEAD.get(key)
        if key.startswith(_SECCOMP_OF_CONTAINER):
            instead = _INSTEAD["seccomp.security.alpha.kubernetes.io/pod"]
        if instead is not None:
            raise ConfigurationError(f"annotation {key} must not be set: {instead}")

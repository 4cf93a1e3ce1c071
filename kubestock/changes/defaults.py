"""What the API server sets where a pod template says nothing: writing it down, or leaving it out, changes nothing.

Only what would be called "rolls pods" or "must be recreated" otherwise, and only what is the default whatever else
the object says. Source: pkg/apis/core/v1/defaults.go and zz_generated.defaults.go, release 1.27.16.
"""

from collections.abc import Mapping
from types import MappingProxyType

from kubestock.changes.change import Item
from kubestock.changes.fields import Difference, canonical
from kubestock.values.kinds import POD_TEMPLATES

_EACH = "*"
_CONTAINER: Mapping[tuple[str, ...], object] = {
    ("ports", _EACH, "protocol"): "TCP",
    ("terminationMessagePath",): "/dev/termination-log",
    ("terminationMessagePolicy",): "File",
}
_PROBE: Mapping[tuple[str, ...], object] = {
    ("failureThreshold",): 3,
    ("httpGet", "scheme"): "HTTP",
    ("periodSeconds",): 10,
    ("successThreshold",): 1,
    ("timeoutSeconds",): 1,
}
_POD: Mapping[tuple[str, ...], object] = {
    ("dnsPolicy",): "ClusterFirst",
    ("restartPolicy",): "Always",
    ("schedulerName",): "default-scheduler",
    ("terminationGracePeriodSeconds",): 30,
}
DEFAULTS: Mapping[tuple[str, ...], object] = MappingProxyType(
    {
        **_POD,
        **{("volumes", _EACH, source, "defaultMode"): 0o644 for source in ("configMap", "projected", "secret")},
        **{
            (containers, _EACH, *path): value
            for containers in ("containers", "initContainers")
            for path, value in _CONTAINER.items()
        },
        **{
            ("containers", _EACH, probe, *path): value
            for probe in ("livenessProbe", "readinessProbe", "startupProbe")
            for path, value in _PROBE.items()
        },
    }
)
"""By the path in the specification of a pod, in which `*` is each item of a list."""

_CLAIM_MODE = ("spec", "volumeClaimTemplates", _EACH, "spec", "volumeMode")


def is_default(kind: str, found: Difference) -> bool:
    """Tell whether a difference is a default of the API server that is written down, or is left out."""
    if found.before is not None and found.after is not None:
        return False
    value = found.after if found.before is None else found.before
    path = tuple(_EACH if isinstance(step, Item) else step for step in found.path)
    if kind == "StatefulSet" and path == _CLAIM_MODE:
        return bool(value == "Filesystem")
    template = POD_TEMPLATES.get(kind)
    pod = () if template is None else (*template, "spec")
    if not pod or path[: len(pod)] != pod:
        return False
    default = DEFAULTS.get(path[len(pod) :])
    return default is not None and canonical(value) == canonical(default)

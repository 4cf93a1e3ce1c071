"""Checks that a value can be represented in YAML, JSON and Kubernetes."""

import math
from collections.abc import Mapping, Sequence
from datetime import date, time

from kubestock.errors import ConfigurationError
from kubestock.yaml import scalars

DEEPEST = 100
"""The maximum nesting of mappings and lists, which is also the limit of `kubestock diff`."""

INT32_FIELDS = frozenset(
    {
        "averageUtilization",
        "backoffLimit",
        "backoffLimitPerIndex",
        "completions",
        "containerPort",
        "defaultMode",
        "endPort",
        "failedJobsHistoryLimit",
        "failureThreshold",
        "groupPriorityMinimum",
        "healthCheckNodePort",
        "hostPort",
        "initialDelaySeconds",
        "leaseDurationSeconds",
        "maxFailedIndexes",
        "maxReplicas",
        "maxSkew",
        "maxSurge",
        "maxUnavailable",
        "minAvailable",
        "minDomains",
        "minReadySeconds",
        "minReplicas",
        "nodePort",
        "parallelism",
        "periodSeconds",
        "port",
        "priority",
        "progressDeadlineSeconds",
        "replicas",
        "revisionHistoryLimit",
        "stabilizationWindowSeconds",
        "successThreshold",
        "successfulJobsHistoryLimit",
        "targetCPUUtilizationPercentage",
        "targetPort",
        "timeoutSeconds",
        "ttlSecondsAfterFinished",
        "versionPriority",
        "weight",
    }
)
"""Fields that have 32 bits in all kinds of Kubernetes; in a custom resource they may have more."""

_FIXES: tuple[tuple[type | tuple[type, ...], str], ...] = (
    ((bytes, bytearray), "decode it to a text, or encode it in base64"),
    ((date, time), "give it as a text, such as value.isoformat()"),
    ((set, frozenset, range), "give it as a list"),
)
_ANY_FIX = "give it as one of these"
_SHOWN_KEY = 60


def check_plain(value: object, *, manifest: object, path: Sequence[str] = ()) -> None:
    """Check that a value can be written to a manifest, and that all readers read the same value.

    It may be a text, a whole number of at most 64 bits, a finite number, a boolean, None, or lists, tuples and
    mappings of these whose keys are texts. Outside custom resources, the fields that have 32 bits in all kinds of
    Kubernetes must fit in 32 bits.

    Args:
        value: the value to check.
        manifest: the object that contains the value; errors name it.
        path: the path of the value in the object: `("spec", "replicas")`.

    Raises:
        ConfigurationError: if it cannot; the message names the object, the field, what is accepted, and the type of the
            value.
    """
    _Checker(manifest).check(value, list(path), [])


def fits_bits(value: int, bits: int) -> bool:
    """Return whether a signed whole number fits in `bits` bits."""
    limit = 1 << (bits - 1)
    return -limit <= value < limit


class _Checker:
    def __init__(self, manifest: object) -> None:
        fields = manifest if isinstance(manifest, Mapping) else {}
        metadata = fields.get("metadata")
        name = metadata.get("name") if isinstance(metadata, Mapping) else None
        kind, group = fields.get("kind"), str(fields.get("apiVersion", "")).rpartition("/")[0]
        self._object = f"{kind} {name!r}" if isinstance(kind, str) and isinstance(name, str) else "the document"
        self._native = "kind" in fields and ("." not in group or group.endswith(".k8s.io"))

    def check(self, value: object, path: list[str | int], above: list[object]) -> None:
        """Check a value with all its items; `above` are the collections that contain it."""
        if isinstance(value, Mapping | list | tuple):
            self._check_nesting(value, path, above)
            if isinstance(value, Mapping):
                for key, each in value.items():
                    self._check_key(key, path)
                    self.check(each, [*path, key], [*above, value])
            else:
                for position, each in enumerate(value):
                    self.check(each, [*path, position], [*above, value])
        elif isinstance(value, str):
            self._check_text(value, self._where(path))
        elif value is not None and not isinstance(value, bool):
            self._check_number(value, path)

    def _check_nesting(self, value: object, path: list[str | int], above: list[object]) -> None:
        if any(value is each for each in above):
            raise ConfigurationError(f"{self._where(path)} must not contain itself; use a copy")
        if len(path) >= DEEPEST:
            raise ConfigurationError(
                f"{self._where(path[:5])} must have at most {DEEPEST} levels of nesting, got more; flatten it"
            )

    def _check_key(self, key: object, path: list[str | int]) -> None:
        if not isinstance(key, str):
            raise ConfigurationError(
                f"each key in {self._where(path)} must be a text, got {type(key).__name__}; write it in quotes"
            )
        self._check_text(key, f"each key in {self._where(path)}")

    def _check_text(self, text: str, where: str) -> None:
        if found := scalars.LONE_SURROGATE.search(text):
            raise ConfigurationError(
                f"{where} must be a text that UTF-8 can encode, got one with the surrogate U+{ord(found[0]):04X} "
                f"at position {found.start()}; remove it, or decode the text again"
            )

    def _check_number(self, value: object, path: list[str | int]) -> None:
        where = self._where(path)
        if isinstance(value, float):
            if not math.isfinite(value):
                raise ConfigurationError(f"{where} must be a finite number, got {value}; give a number, or a text")
            return
        if not isinstance(value, int):
            fix = next((fix for types, fix in _FIXES if isinstance(value, types)), _ANY_FIX)
            raise ConfigurationError(
                f"{where} must be a text, a number, True, False, None, a list or a mapping, "
                f"got {type(value).__name__}; {fix}"
            )
        bits = 32 if self._native and path and path[-1] in INT32_FIELDS else 64
        if not fits_bits(value, bits):
            raise ConfigurationError(
                f"{where} must be a whole number from -2^{bits - 1} to 2^{bits - 1} - 1, "
                f"got one of {value.bit_length()} bits; give a smaller one, or a text if the field accepts one"
            )

    def _where(self, path: list[str | int]) -> str:
        if not path:
            return self._object
        steps = "".join(_step(each) for each in path).removeprefix(".")
        return f"{steps} of {self._object}"


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step.isascii() and step.replace("_", "").replace("-", "").isalnum():
        return f".{step}"
    return f"[{step[:_SHOWN_KEY]!r}]"

"""The rule about values that the API server rejects although they match its schema."""

import re
from collections.abc import Iterator, Mapping

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import Part, parts_of_type
from kubestock.checks.facts.schemas import violations
from kubestock.checks.facts.structure import Fault
from kubestock.checks.fields import written
from kubestock.checks.finding import Problem
from kubestock.checks.rules.schema.accepted import ACCEPTED, RANGES, SHARES
from kubestock.values import documents
from kubestock.values.documents import Path

_PERCENTAGE = re.compile(r"[0-9]+%")
_LIMITED = ("Container", "Pod", "PersistentVolumeClaim")
_ALL_PERCENT = 100


@rule(
    "invalid-value",
    title="A field has a value that Kubernetes does not accept",
    source="https://kubernetes.io/docs/reference/kubernetes-api/",
    fails="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", imagePullPolicy: always}]}
    """,
    passes="""
        apiVersion: v1
        kind: Pod
        metadata: {name: orders}
        spec: {containers: [{name: orders, image: "shop/orders:1.0", imagePullPolicy: Always}]}
    """,
)
def invalid_value(inventory: Inventory) -> Iterator[Problem]:
    """The API server rejects the object. Values are case-sensitive: `always` is not `Always`."""
    yield from _of_texts(inventory)
    yield from _of_numbers(inventory)
    yield from _of_shares(inventory)
    yield from _of_pairs(inventory)
    for document, found in inventory.derived(violations):
        for violation in found or ():
            if violation.fault == Fault.VALUE:
                message = f"{written(violation.path)} must be {violation.accepted}"
                yield Problem(document, message, fix="choose one", field=violation.path)


def _of_texts(inventory: Inventory) -> Iterator[Problem]:
    for part, fields in ACCEPTED.items():
        for found in parts_of_type(inventory, part):
            for path, accepted in fields.items():
                given = documents.at(found.value, *path)
                for value in given if isinstance(given, list | tuple) else (given,):
                    if isinstance(value, str) and value not in accepted:
                        shown = ", ".join(filter(None, accepted))
                        message = f"{'.'.join(path)} must be one of {shown}, got {value!r}"
                        yield found.problem(message, fix="choose one", field=path)


def _of_numbers(inventory: Inventory) -> Iterator[Problem]:
    for part, fields in RANGES.items():
        for found in parts_of_type(inventory, part):
            for path, (least, most) in fields.items():
                given = documents.whole(found.value, *path)
                if given is not None and not least <= given <= most:
                    accepted = f"from {least} to {most}" if most < 2**31 - 1 else f"at least {least}"
                    message = f"{'.'.join(path)} must be {accepted}, got {given}"
                    yield found.problem(message, fix="change it", field=path)


def _of_shares(inventory: Inventory) -> Iterator[Problem]:
    for part, paths in SHARES.items():
        for found in parts_of_type(inventory, part):
            for path in paths:
                given = documents.at(found.value, *path)
                if not _is_share(given, above_100=path[-1] == "maxSurge"):
                    message = f"{'.'.join(path)} must be a whole number of at least 0, or a percentage such as 25%"
                    yield found.problem(message, fix="change it", field=path)


def _is_share(given: object, *, above_100: bool) -> bool:
    if isinstance(given, str):
        return bool(_PERCENTAGE.fullmatch(given)) and (above_100 or int(given[:9].rstrip("%")) <= _ALL_PERCENT)
    return documents.whole(given) is None or documents.whole(given) in range(2**31)


def _of_pairs(inventory: Inventory) -> Iterator[Problem]:
    for found in parts_of_type(inventory, "DeploymentSpec"):
        deadline, ready = (
            documents.whole(found.value, name) for name in ("progressDeadlineSeconds", "minReadySeconds")
        )
        if deadline is not None and deadline <= (ready or 0):
            message = f"progressDeadlineSeconds must be greater than minReadySeconds ({ready or 0}), got {deadline}"
            yield found.problem(message, fix="raise it", field=("progressDeadlineSeconds",))
    for found in parts_of_type(inventory, "NetworkPolicyPort"):
        first, last = documents.whole(found.value, "port"), documents.whole(found.value, "endPort")
        if first is not None and last is not None and last < first:
            message = f"endPort must be at least port ({first}), got {last}"
            yield found.problem(message, fix="raise it", field=("endPort",))
    yield from _of_thresholds(inventory)
    yield from _of_limit_ranges(inventory)
    yield from _of_scopes(inventory)
    for found in parts_of_type(inventory, "IngressRule"):
        yield from _of_host(found)


def _of_thresholds(inventory: Inventory) -> Iterator[Problem]:
    for found in parts_of_type(inventory, "Container"):
        for probe in ("livenessProbe", "startupProbe"):
            threshold = documents.whole(found.value, probe, "successThreshold")
            if threshold not in (None, 0, 1):
                path: Path = (probe, "successThreshold")
                yield found.problem(f"{probe}.successThreshold must be 1, got {threshold}", fix="set 1", field=path)


def _of_limit_ranges(inventory: Inventory) -> Iterator[Problem]:
    for found in parts_of_type(inventory, "LimitRangeItem"):
        kind = documents.text(found.value, "type")
        if kind and "/" not in kind and kind not in _LIMITED:
            message = f"type must be one of {', '.join(_LIMITED)}, got {kind!r}"
            yield found.problem(message, fix="choose one", field=("type",))


_EXCLUSIVE: Mapping[str, str] = {"Terminating": "NotTerminating", "BestEffort": "NotBestEffort"}
_COUNTED_BY_SCOPES = ("pods", "cpu", "memory", "ephemeral-storage", "requests.", "limits.", "count/pods")


def _of_scopes(inventory: Inventory) -> Iterator[Problem]:
    for found in parts_of_type(inventory, "ResourceQuotaSpec"):
        scopes = documents.texts(found.value, "scopes")
        for one, other in _EXCLUSIVE.items():
            if one in scopes and other in scopes:
                message = f"scopes must not contain both {one} and {other}"
                yield found.problem(message, fix="split it into two quotas", field=("scopes",))
        for resource in documents.mapping(found.value, "hard") if scopes else ():
            if not resource.startswith(_COUNTED_BY_SCOPES):
                message = f"hard must not contain {resource} in a quota with scopes"
                yield found.problem(message, fix="move it to a quota without scopes", field=("hard", resource))


_HOST = re.compile(r"(\*\.)?[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")


def _of_host(found: Part) -> Iterator[Problem]:
    host = documents.text(found.value, "host")
    if host and (not _HOST.fullmatch(host) or _ADDRESS.fullmatch(host)):
        yield found.problem(
            f"host must be a DNS name such as shop.example.com or *.example.com, got {host!r}",
            fix="write only the name, without scheme, port and path",
            field=("host",),
        )

"""Explains the error messages of kubectl and of the API server: which objects caused them, and why."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kubestock.changes.identity import identity_of
from kubestock.values import documents

_INVALID = re.compile(r'^The (?P<kind>\w+) "(?P<name>[^"]+)" is invalid: (?P<why>.*)', re.MULTILINE | re.DOTALL)
_IMMUTABLE = re.compile(
    r"immutable|cannot change|(may|can) ?not (be )?(change|unset|less)|updates to .* (are )?forbidden|in tandem",
    re.IGNORECASE,
)
_VALUE = "Invalid value:"
_REASON = re.compile(
    r"field is immutable( when [^:,\]]*)?|cannot change \w+|may not be changed in an update|may not change once set"
)
_NO_NAMESPACE = re.compile(r'namespaces "(?P<name>[^"]+)" not found')
_NO_KIND = re.compile(r'no matches for kind "(?P<kind>[^"]+)" in version "(?P<version>[^"]+)"')
_FORBIDDEN = re.compile(
    r'(?P<plural>[a-z0-9]+)(\.(?P<group>[a-z0-9.-]+))? "(?P<name>[^"]+)" is forbidden: .*?'
    r"(?P<why>cannot (?P<verb>\w+) resource|attempting to grant)"
    r'(.*? in the namespace "(?P<namespace>[^"]+)")?'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """The objects that caused an error of kubectl, and why.

    Args:
        objects: the objects.
        immutable: the reason of the API server, if the objects must be recreated.
        unknown: why the objects cannot be compared. If both reasons are empty, the objects are created.
    """

    objects: list[Any]
    immutable: str = ""
    unknown: str = ""


def cause_of(manifests: Sequence[Any], message: str) -> Cause | None:
    """Return which of the manifests caused an error message of kubectl, or None if the error is of another kind."""
    for explain in (_unknown_kind, _forbidden, _missing_namespace, _immutable):
        found = explain(manifests, message)
        if found is not None and found.objects:
            return found
    return None


def reason(why: str) -> str:
    """Return the reason of the API server for immutable fields, without the values, which it quotes in full."""
    causes = re.split(r"^\* ", why.strip(), flags=re.MULTILINE)
    return "; ".join(_cause(each) for each in causes if each)


def _cause(why: str) -> str:
    # The other lines compare the two values.
    before, has_value, value = why.strip().partition(_VALUE)
    found = [each[0] for each in _REASON.finditer(value)]
    first = before.strip().splitlines()[0]
    return f"{first} {found[-1] if found else 'it is immutable'}" if has_value else first


def _unknown_kind(manifests: Sequence[Any], message: str) -> Cause | None:
    found = {(each["version"], each["kind"]) for each in _NO_KIND.finditer(message)}
    objects = [
        each for each in manifests if (documents.text(each, "apiVersion"), documents.text(each, "kind")) in found
    ]
    return Cause(objects=objects, unknown="the cluster does not know this kind")


def _forbidden(manifests: Sequence[Any], message: str) -> Cause | None:
    """Explain a missing permission.

    It is missing for all objects of a kind in a namespace, except if an object grants permissions itself.
    """
    found = _FORBIDDEN.search(message)
    if found is None:
        return None
    named = [
        each
        for each in manifests
        if (documents.group(each), documents.name(each)) == (found["group"] or "", found["name"])
        and _plural(documents.text(each, "kind")) == found["plural"]
        and (not found["namespace"] or identity_of(each)[2] in ("", found["namespace"]))
    ]
    if found["verb"] is None:
        return Cause(objects=named, unknown="you may not grant permissions that you do not have")
    alike = {identity_of(each)[:3] for each in named}
    objects = [each for each in manifests if identity_of(each)[:3] in alike]
    return Cause(objects=objects, unknown=f"you may not {found['verb']} {found['plural']} there")


def _missing_namespace(manifests: Sequence[Any], message: str) -> Cause | None:
    missing = _NO_NAMESPACE.search(message)
    if missing is None:
        return None
    inside = [each for each in manifests if documents.namespace(each) == missing["name"]]
    is_created = _of(manifests, "Namespace", missing["name"])
    unknown = "" if is_created else f"neither the cluster nor the manifests have the namespace {missing['name']}"
    return Cause(objects=inside, unknown=unknown)


def _immutable(manifests: Sequence[Any], message: str) -> Cause | None:
    found = _INVALID.search(message)
    if found is None or not _IMMUTABLE.search(found["why"]):
        return None
    return Cause(objects=_of(manifests, found["kind"], found["name"])[:1], immutable=reason(found["why"]))


def _of(manifests: Sequence[Any], kind: str, name: str) -> list[Any]:
    return [each for each in manifests if documents.text(each, "kind") == kind and documents.name(each) == name]


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{lower[:-1]}ies"
    return f"{lower}es" if lower.endswith(("s", "x", "ch")) else f"{lower}s"

"""What the messages of kubectl and of the API server mean for the objects that were asked for."""

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
_REPEATED = "Invalid value:"
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
class Refusal:
    """Objects that explain why kubectl failed.

    Args:
        objects: of those that were asked for.
        immutable: the server's words, if the objects must be recreated.
        unknown: why nothing is known of them; otherwise they are created.
    """

    objects: list[Any]
    immutable: str = ""
    unknown: str = ""


def understood(asked: Sequence[Any], said: str) -> Refusal | None:
    """Return which objects explain a failure of kubectl, or None if it is trouble of another kind."""
    for read in (_unknown_kind, _forbidden, _missing_namespace, _immutable):
        found = read(asked, said)
        if found is not None and found.objects:
            return found
    return None


def reason(why: str) -> str:
    """Return what a server says of immutable fields, without the values, which it repeats whole."""
    causes = re.split(r"^\* ", why.strip(), flags=re.MULTILINE)
    return "; ".join(_cause(each) for each in causes if each)


def _cause(why: str) -> str:
    # What comes on further lines is a comparison of the two values.
    before, repeated, value = why.strip().partition(_REPEATED)
    found = [each[0] for each in _REASON.finditer(value)]
    told = before.strip().splitlines()[0]
    return f"{told} {found[-1] if found else 'it is immutable'}" if repeated else told


def _unknown_kind(asked: Sequence[Any], said: str) -> Refusal | None:
    found = {(each["version"], each["kind"]) for each in _NO_KIND.finditer(said)}
    objects = [each for each in asked if (documents.text(each, "apiVersion"), documents.text(each, "kind")) in found]
    return Refusal(objects=objects, unknown="the cluster does not know this kind")


def _forbidden(asked: Sequence[Any], said: str) -> Refusal | None:
    """A right is missing for all objects of a kind in a namespace; only what grants rights is refused by itself."""
    found = _FORBIDDEN.search(said)
    if found is None:
        return None
    named = [
        each
        for each in asked
        if (documents.group(each), documents.name(each)) == (found["group"] or "", found["name"])
        and _plural(documents.text(each, "kind")) == found["plural"]
        and (not found["namespace"] or identity_of(each)[2] in ("", found["namespace"]))
    ]
    if found["verb"] is None:
        return Refusal(objects=named, unknown="you may not grant rights that you do not have")
    alike = {identity_of(each)[:3] for each in named}
    objects = [each for each in asked if identity_of(each)[:3] in alike]
    return Refusal(objects=objects, unknown=f"you may not {found['verb']} {found['plural']} there")


def _missing_namespace(asked: Sequence[Any], said: str) -> Refusal | None:
    missing = _NO_NAMESPACE.search(said)
    if missing is None:
        return None
    inside = [each for each in asked if documents.namespace(each) == missing["name"]]
    is_made = _of(asked, "Namespace", missing["name"])
    unknown = "" if is_made else f"neither the cluster nor the manifests have the namespace {missing['name']}"
    return Refusal(objects=inside, unknown=unknown)


def _immutable(asked: Sequence[Any], said: str) -> Refusal | None:
    found = _INVALID.search(said)
    if found is None or not _IMMUTABLE.search(found["why"]):
        return None
    return Refusal(objects=_of(asked, found["kind"], found["name"])[:1], immutable=reason(found["why"]))


def _of(asked: Sequence[Any], kind: str, name: str) -> list[Any]:
    return [each for each in asked if documents.text(each, "kind") == kind and documents.name(each) == name]


def _plural(kind: str) -> str:
    lower = kind.lower()
    if lower.endswith("y") and lower[-2:-1] not in "aeiou":
        return f"{lower[:-1]}ies"
    return f"{lower}es" if lower.endswith(("s", "x", "ch")) else f"{lower}s"

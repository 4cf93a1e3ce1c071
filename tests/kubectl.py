"""The kubectl commands of a page, and whether a Role permits them."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Rules = list[dict[str, Any]]

MARK = "needs the rights of a cluster administrator"
_COMMAND = re.compile(r"(?:^ *|`)kubectl ([^`|#<>\n]*)")
_SHORT = {"hpa": "horizontalpodautoscalers", "pdb": "poddisruptionbudgets"}
_METRICS = "metrics.k8s.io"
_VERBS = {
    "get": ("get", "list"),
    "describe": ("get", "list"),
    "wait": ("get", "list", "watch"),
    "delete": ("get", "watch", "delete"),
    "rollout status": ("get", "list", "watch"),
    "rollout history": ("get",),
    "rollout restart": ("get", "patch"),
    "rollout undo": ("get", "patch"),
}
_ASIDE = {
    "describe": ("list", "events"),
    "rollout history": ("list", "replicasets"),
    "rollout undo": ("list", "replicasets"),
}


@dataclass(frozen=True, kw_only=True)
class Command:
    """One command: its verb, what follows it, and the line that it stands in."""

    verb: str
    words: tuple[str, ...]
    options: dict[str, str]
    line: str

    @property
    def marked(self) -> bool:
        """Whether its line says that it is for an administrator of the cluster."""
        return MARK in self.line

    @property
    def needed(self) -> Iterator[tuple[str, str]]:
        """What the API server is asked for, as verb and resource."""
        if self.verb == "logs":
            yield from (("get", "pods"), ("list", "pods"), ("get", "pods/log"))
            yield from (("get", plural(word.split("/")[0])) for word in self.words if "/" in word)
            return
        if self.verb in _ASIDE:
            yield _ASIDE[self.verb]
        for resource in self.words[0].split("/")[0].split(","):
            if self.verb == "scale":
                yield from (("get", plural(resource)), ("patch", f"{plural(resource)}/scale"))
            elif self.verb == "top":
                yield "list", f"{_METRICS}/{plural(resource)}"
            else:
                # No Role gives a verb that is not listed here.
                yield from ((verb, plural(resource)) for verb in _VERBS.get(self.verb, (self.verb,)))

    def permitted(self, rules: Rules, namespaces: tuple[str, ...]) -> bool:
        """Whether a Role with these rules, in a namespace of these names, allows it."""
        if self.options.get("namespace") not in namespaces or "all-namespaces" in self.options:
            return False
        return all(_permits(rules, verb, resource) for verb, resource in self.needed)


def commands(text: str) -> Iterator[Command]:
    """Every kubectl command that begins a line or stands in backticks; one that names no object is talk about it."""
    for line in text.splitlines():
        for found in _COMMAND.findall(line):
            words, options = _split(shlex.split(found))
            verb = words.pop(0) if words else ""
            if verb in {"rollout", "auth"} and words:
                verb = f"{verb} {words.pop(0)}"
            if words or options:
                yield Command(verb=verb, words=tuple(words) or ("",), options=options, line=line)


def plural(kind: str) -> str:
    """The resource of a kind, as a Role names it."""
    kind = _SHORT.get(kind, kind)
    if kind.endswith("y"):
        return f"{kind[:-1]}ies"
    return kind if kind.endswith("s") else f"{kind}s"


def _split(given: list[str]) -> tuple[list[str], dict[str, str]]:
    words, options, rest = [], {}, iter(given)
    for word in rest:
        if not word.startswith("-"):
            words.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        takes = not equals and name in {"namespace", "selector", "filename", "f"}
        options[name] = next(rest) if takes else value
    return words, options


def _permits(rules: Rules, verb: str, resource: str) -> bool:
    metrics = resource.startswith(f"{_METRICS}/")
    return any(
        verb in rule["verbs"]
        and resource.removeprefix(f"{_METRICS}/") in rule["resources"]
        and (rule["apiGroups"] == [_METRICS]) is metrics
        for rule in rules
    )

"""Reads the arguments of the library's values, whose base makes a dataclass of each, for the reference."""

from collections.abc import Iterator
from typing import Any

import griffe

VALUE = "kubestock.values.value.Value"


class Values(griffe.Extension):
    """Gives each value the constructor that its fields make, which no decorator in its source announces."""

    def on_package(self, *, pkg: griffe.Module, **_: Any) -> None:
        """Read the classes of a package that has been loaded."""
        for each in _classes(pkg):
            if "__init__" not in each.members and _is_value(each):
                each.set_member("__init__", _constructor(each))


def _classes(module: griffe.Module) -> Iterator[griffe.Class]:
    for member in module.members.values():
        if member.is_alias:
            continue
        if isinstance(member, griffe.Module):
            yield from _classes(member)
        elif isinstance(member, griffe.Class):
            yield member


def _is_value(each: griffe.Class) -> bool:
    return any(base.canonical_path == VALUE for base in _bases(each))


def _bases(each: griffe.Class) -> list[griffe.Class]:
    found = []
    for base in each.resolved_bases:
        target = base.final_target if isinstance(base, griffe.Alias) else base
        if isinstance(target, griffe.Class):
            found += [target, *_bases(target)]
    return found


def _constructor(each: griffe.Class) -> griffe.Function:
    kind = griffe.ParameterKind.keyword_only
    if str(each.keywords.get("kw_only", "True")) == "False":
        kind = griffe.ParameterKind.positional_or_keyword
    fields = {name: field for owner in reversed([each, *_bases(each)]) for name, field in _fields(owner)}
    own = [
        griffe.Parameter(name, annotation=field.annotation, kind=kind, default=_default(field))
        for name, field in fields.items()
    ]
    receiver = griffe.Parameter("self", kind=griffe.ParameterKind.positional_or_keyword)
    return griffe.Function("__init__", parameters=griffe.Parameters(receiver, *own), parent=each)


def _fields(owner: griffe.Class) -> Iterator[tuple[str, griffe.Attribute]]:
    for name, member in owner.members.items():
        if not isinstance(member, griffe.Attribute) or member.annotation is None or "property" in member.labels:
            continue
        if "ClassVar" not in str(member.annotation) and not name.startswith("_"):
            yield name, member


def _default(field: griffe.Attribute) -> str | griffe.Expr | None:
    if str(field.value) == "field(default_factory=dict)":
        return "{}"
    return field.value

"""Lists the rules: kubestock's own, those of installed packages, and those of a user."""

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import ModuleType
from typing import Any

from kubestock.checks import rules as families
from kubestock.checks.definition import Rule
from kubestock.errors import ConfigurationError

ENTRY_POINTS = "kubestock.rules"
"""The group of entry points for rules of packages: each names a Rule, a list of rules, or a module with rules."""


@cache
def built_in_rules() -> tuple[Rule, ...]:
    """Return kubestock's own rules, family by family: all rules that the modules of `kubestock.checks.rules` define."""
    names = sorted(each.name for each in pkgutil.walk_packages(families.__path__, f"{families.__name__}."))
    return _unique(found for name in names for found in rules_in(importlib.import_module(name)))


def installed_rules() -> tuple[Rule, ...]:
    """Return the rules of installed packages, from their entry points of the group `kubestock.rules`.

    Raises:
        ConfigurationError: if an entry point names anything other than rules.
    """
    entries = sorted(entry_points(group=ENTRY_POINTS), key=lambda each: each.name)
    return tuple(rule for each in entries for rule in _rules_of(each))


def rules_with(additional: Iterable[Rule]) -> tuple[Rule, ...]:
    """Return kubestock's own rules together with additional ones.

    Args:
        additional: rules of a user or of installed packages.

    Raises:
        ConfigurationError: if two rules have the same id.
    """
    return _unique([*built_in_rules(), *additional])


def rules_in(module: ModuleType) -> list[Rule]:
    """Return the rules that a module defines, in their order."""
    return [each for each in vars(module).values() if isinstance(each, Rule)]


def _rules_of(entry: EntryPoint) -> list[Rule]:
    try:
        named = entry.load()
    except (ImportError, AttributeError) as error:
        package = "" if entry.dist is None else f" of the package {entry.dist.name}"
        raise ConfigurationError(
            f"the entry point {entry.name} of {ENTRY_POINTS}{package} must name a module, or an object in one, got "
            f"{entry.value}, which cannot be imported: {error}; correct it in the pyproject.toml of the package"
        ) from error
    found = _listed(named)
    if not found or not all(isinstance(each, Rule) for each in found):
        raise ConfigurationError(
            f"the entry point {entry.name} of {ENTRY_POINTS} must name a rule, a list of rules or a module that "
            f"defines rules, got {entry.value}: decorate its functions with kubestock.checks.rule"
        )
    return found


def _listed(named: object) -> list[Any]:
    if isinstance(named, ModuleType):
        return rules_in(named)
    return list(named) if isinstance(named, list | tuple) else [named]


def check_rules(what: str, rules: Iterable[object]) -> None:
    """Check that a list of rules has only rules.

    Raises:
        ConfigurationError: if an element is another object, such as a function without the decorator or a module.
    """
    for each in rules:
        if isinstance(each, ModuleType):
            raise ConfigurationError(
                f"each of {what} must be a rule, got the module {each.__name__}; give its rules, such as "
                f"[{each.__name__.rpartition('.')[2]}.my_rule]"
            )
        if not isinstance(each, Rule):
            name = getattr(each, "__name__", type(each).__name__)
            raise ConfigurationError(
                f"each of {what} must be a rule, got {name}: decorate it with kubestock.checks.rule"
            )


def _unique(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    by_id: dict[str, Rule] = {}
    for each in rules:
        if by_id.setdefault(each.id, each) is not each:
            raise ConfigurationError(f"the id of a rule must be unique, got two rules {each.id!r}: rename one")
    return tuple(by_id.values())

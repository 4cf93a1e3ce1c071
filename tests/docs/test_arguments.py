"""A call in the prose of a page, such as `Product(scraper=…)`, names arguments that exist."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from docs.blocks import FENCE, ROOT
from docs.importing import public_packages

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
SPAN = re.compile(r"(?<!`)`([^`]+)`(?!`)")


def calls(page: str) -> Iterator[ast.Call]:
    """Yield the calls in the code spans of a page that name an argument."""
    for span in SPAN.findall(FENCE.sub("", page)):
        text = " ".join(span.split()).replace("(…, …", "(…").replace(", …)", ")").replace("…", "...")
        try:
            tree = ast.parse(text)
        except SyntaxError:  # a command, a path or a query
            continue
        yield from (each for each in ast.walk(tree) if isinstance(each, ast.Call) and each.keywords)


@cache
def functions() -> dict[str, list[Callable[..., Any]]]:
    """Return the public classes and functions, and the methods of the classes, by name: `route` and `Port.of`."""
    found: dict[str, list[Callable[..., Any]]] = {}
    for package in public_packages():
        for name in getattr(package, "__all__", ()):
            value = getattr(package, name)
            if callable(value):
                found.setdefault(name, []).append(value)
            if inspect.isclass(value):
                for method, _ in inspect.getmembers(value, callable):
                    bound = getattr(value, method)
                    found.setdefault(method, []).append(bound)
                    found.setdefault(f"{name}.{method}", []).append(bound)
    return found


def faults(page: str) -> list[str]:
    """Return the calls whose function does not exist, or does not take the arguments that the call names."""
    return [ast.unparse(each) for each in calls(page) if not any(map(_takes(each), _meant(each.func)))]


def _meant(function: ast.expr) -> list[Callable[..., Any]]:
    known = functions()
    if isinstance(function, ast.Attribute):
        return known.get(ast.unparse(function)) or known.get(function.attr, [])
    return known.get(ast.unparse(function), [])


def _takes(call: ast.Call) -> Callable[[Callable[..., Any]], bool]:
    named = {each.arg for each in call.keywords if each.arg}

    def takes(function: Callable[..., Any]) -> bool:
        try:
            return named <= inspect.signature(_written(function)).parameters.keys()
        except ValueError:  # a class of another library
            return False

    return takes


def _written(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return what declares the arguments: a metaclass hides those of a class."""
    initializer: Callable[..., Any] = getattr(function, "__init__")  # noqa: B009  # mypy refuses the attribute of a class
    return initializer if inspect.isclass(function) else function


@pytest.mark.parametrize("page", PAGES, ids=lambda each: each.relative_to(ROOT).as_posix())
def test_a_call_in_the_prose_names_arguments_that_exist(page: Path) -> None:
    assert faults(page.read_text("utf-8")) == []


@pytest.mark.parametrize(
    ("span", "fault"),
    [
        ("Product(renewals=(pull.renewal.name,), …)", "Product(renewals=(pull.renewal.name,))"),
        ("product.gateway(…, caller=[…])", "product.gateway(..., caller=[...])"),
        ("hook=Hook(phases=…)", "Hook(phases=...)"),
        ("Gone(name=…)", "Gone(name=...)"),
    ],
)
def test_an_argument_that_does_not_exist_is_found(span: str, fault: str) -> None:
    assert faults(f"Give `{span}`.\n") == [fault]


def test_an_argument_that_exists_is_accepted_wherever_the_call_is() -> None:
    page = "`gateway(callers=[…], …)`, `shop.route('/', public=True)`, `Probes.http(startup_seconds=…)`, `Job(hook=…)`"

    assert len(list(calls(page))) == 4
    assert faults(page) == []

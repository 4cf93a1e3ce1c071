"""The arguments of the library's classes and methods, read from the sources: no import, and so no Node."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from public_names import ROOT, imported_names  # it is next to this file

VALUE = "kubestock.values.value.Value"
FIELDS = re.compile(r"arguments are the fields of `(\w+)`")
"""In the docstring of a method, names the class that describes its arguments."""


@dataclass(frozen=True)
class Argument:
    """One argument of a class or a method.

    Attributes:
        name: as a caller writes it.
        annotation: its type, as the source has it.
        default: as the source has it; None if the argument is required.
        meaning: what the docstring says, on one line.
    """

    name: str
    annotation: str
    default: str | None
    meaning: str


@dataclass(frozen=True)
class _Definition:
    """A class or a method, its module, and the text of its file."""

    node: ast.ClassDef | ast.FunctionDef
    module: str
    source: str

    def text(self, node: ast.expr | None) -> str | None:
        """Return an expression as the file has it, on one line."""
        found = ast.get_source_segment(self.source, node) if node else None
        return _one_line(found) if found else None

    def default(self, node: ast.expr | None) -> str | None:
        """Return a default, with the value of a constant."""
        found = self.text(node)
        return _number_or_text(self.module, found) if isinstance(node, ast.Name) and found else found

    def type(self, annotation: ast.expr | None) -> str:
        """Return an annotation, with the meaning of a name that stands for a union or for some texts."""
        found = self.text(annotation) or ""
        return " | ".join(_meant(self.module, each) for each in found.split(" | ")) if "[" not in found else found


def _one_line(source: str) -> str:
    return re.sub(r"(?<=[(\[{]) |,? (?=[)\]}])", "", " ".join(source.split()))


def arguments(path: str) -> list[Argument]:
    """Return the arguments of a method, or of a class: those of its `__init__`, or the fields of a value.

    Raises:
        LookupError: if there is no such class or method.
    """
    owners = _found(path)
    meanings = {name: text for owner in reversed(owners) for name, text in _meanings(owner).items()}
    taken = next((found for each in owners if (found := _parameters(each)) is not None), None)
    if taken is None:
        taken = {name: each for owner in reversed(owners) for name, each in _fields(owner)}
    return [Argument(name, *each, meanings.get(name, "")) for name, each in taken.items()]


def description(path: str) -> str:
    """Return what the docstring of a class or a method says before its sections.

    Raises:
        LookupError: if there is no such class or method.
    """
    return re.split(r"^(?:Args|Attributes|Raises):$", _docstring(_found(path)[0]), flags=re.MULTILINE)[0].strip()


def _found(path: str) -> list[_Definition]:
    found = _owners(path) or _method(path)
    if not found:
        raise LookupError(f"the sources have no class or method {path}")
    return found


def _method(path: str) -> list[_Definition]:
    """Return a method of a class, and the class whose fields its arguments are, if its docstring names one."""
    owner, _, name = path.rpartition(".")
    methods = [
        _Definition(node, each.module, each.source)
        for each in (_owners(owner) if "." in owner else [])
        for node in each.node.body
        if isinstance(node, ast.FunctionDef) and node.name == name
    ][:1]
    fields = [match[1] for each in methods if (match := FIELDS.search(_docstring(each)))]
    return [*methods, *(each for found in fields for each in _owners(_imported(methods[0].module)[found]))]


def _owners(path: str) -> list[_Definition]:
    """Return a class and its bases within the library, the class first."""
    module, _, name = path.rpartition(".")
    source, tree = _module(module)
    found = next((each for each in tree.body if isinstance(each, ast.ClassDef) and each.name == name), None)
    imported = _imported(module)
    if found is None:
        return _owners(imported[name]) if name in imported else []
    bases = [each.id for each in found.bases if isinstance(each, ast.Name)]
    paths = [imported.get(each, f"{module}.{each}") for each in bases]
    return [_Definition(found, module, source), *(owner for each in paths if each != VALUE for owner in _owners(each))]


def _meant(module: str, name: str) -> str:
    """Return the types that a name stands for, if it is that of a union or of some texts."""
    defined = _defined(module, name)
    if defined.startswith("Literal["):
        return defined
    parts = [] if "[" in defined else defined.split(" | ")
    return " | ".join(_meant(module, each) for each in parts) if len(parts) > 1 else name


def _number_or_text(module: str, name: str) -> str:
    """Return the value of a constant, if a name is that of a number or a text."""
    defined = _defined(module, name)
    return defined if re.fullmatch(r"[0-9_]+|\"[^\"]*\"", defined) else name


@cache
def _defined(module: str, name: str) -> str:
    """Return what a module, or the one that it imports a name from, assigns to the name."""
    source, tree = _module(module)
    for each in tree.body:
        if isinstance(each, ast.Assign) and [ast.unparse(target) for target in each.targets] == [name]:
            return _one_line(ast.get_source_segment(source, each.value) or "")
    origin = _imported(module).get(name, "")
    return _defined(*origin.rpartition(".")[::2]) if origin.startswith("kubestock.") else ""


@cache
def _module(name: str) -> tuple[str, ast.Module]:
    path = ROOT / name.replace(".", "/")
    files = (path.with_suffix(".py"), path / "__init__.pyi", path / "__init__.py")
    file = next((each for each in files if each.exists()), None)
    text = file.read_text("utf-8") if file else ""  # a class of another library has no arguments here
    return text, ast.parse(text)


@cache
def _imported(module: str) -> dict[str, str]:
    """Return where each imported name of a module comes from."""
    return imported_names(_module(module)[1], module)


def _parameters(owner: _Definition) -> dict[str, tuple[str, str | None]] | None:
    """Return the type and default of each parameter, without `self`, of a method, or of `__init__` if there is one."""
    functions = [each for each in owner.node.body if isinstance(each, ast.FunctionDef)]
    initializers = [each for each in functions if each.name == "__init__"]
    taking = [owner.node] if isinstance(owner.node, ast.FunctionDef) else initializers
    if not taking:
        return None
    init = taking[0].args
    placed = [*init.posonlyargs, *init.args]
    defaults = [*[None] * (len(placed) - len(init.defaults)), *init.defaults, *init.kw_defaults]
    given = list(zip([*placed, *init.kwonlyargs], defaults, strict=True))[1:]
    return {each.arg: (owner.type(each.annotation), owner.default(default)) for each, default in given}


def _fields(owner: _Definition) -> Iterator[tuple[str, tuple[str, str | None]]]:
    for each in owner.node.body:
        if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name):
            name, annotation = each.target.id, owner.type(each.annotation)
            if not name.startswith("_") and not annotation.startswith("ClassVar"):
                yield name, (annotation, _default(owner, each.value))


def _default(owner: _Definition, value: ast.expr | None) -> str | None:
    """Return the default of a field; that of `field(default_factory=dict)` is `{}`."""
    if not (isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "field"):
        return owner.default(value)
    given = {each.arg: each.value for each in value.keywords}
    made = given.get("default_factory")
    if made is None:
        return owner.default(given.get("default"))
    if isinstance(made, ast.Lambda):
        return owner.text(made.body)
    return {"dict": "{}", "list": "[]"}.get(ast.unparse(made), f"{ast.unparse(made)}()")


def _meanings(owner: _Definition) -> dict[str, str]:
    """Return what the section `Args` of a class or a method says of each argument."""
    section = re.search(r"^Args:\n((?:[ ]{4}.*\n?|\n)*)", _docstring(owner), re.MULTILINE)
    entries = re.findall(r"^ {4}(\w+): *(.*(?:\n {5,}.*)*)", section[1] if section else "", re.MULTILINE)
    return {name: " ".join(text.split()) for name, text in entries}


def _docstring(owner: _Definition) -> str:
    return ast.get_docstring(owner.node) or ""

"""Reads the objects in files, folders and standard input, with the place of each."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kubestock.checks import Place, Places
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.documents import Path as FieldPath
from kubestock.yaml.parts import Part, parts
from kubestock.yaml.reader import UnreadableError

STDIN = "<stdin>"
_DASH = "-"
_SUFFIXES = (".yaml", ".yml", ".json")
_NOT_SEARCHED = "node_modules"
_TEMPLATE = b"{{"
_TEMPLATE_FIX = "it is a template: check what `helm template` writes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A file or a document that cannot be read.

    Args:
        file: the name of the file.
        line: the line of the document, or None for the whole file.
        message: the reason and the fix; it does not quote the file.
    """

    file: str
    line: int | None
    message: str

    def __str__(self) -> str:
        return f"{self.file if self.line is None else f'{self.file}:{self.line}'}: {self.message}"


@dataclass
class Objects(Places):
    """The objects in files.

    Attributes:
        found: the objects, in the order of the files.
        files: the number of files.
        others: the places of documents that are not Kubernetes objects.
        unreadable: the files and documents that cannot be read.
    """

    found: list[Document] = field(default_factory=list)
    files: int = 0
    others: list[Place] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    _written: dict[int, tuple[str, Part, FieldPath]] = field(default_factory=dict)

    def place(self, document: Document, path: FieldPath) -> Place | None:
        """Return the place of a field of an object."""
        written = self._written.get(id(document))
        if written is None:
            return None
        file, part, above = written
        return Place(file=file, line=part.line_of((*above, *path)))

    def file_of(self, document: Document) -> str:
        """Return the file of an object."""
        written = self._written.get(id(document))
        return written[0] if written else ""

    def add(self, file: str, content: bytes) -> None:
        """Add the objects of a file, and the documents that cannot be read."""
        self.files += 1
        for part in parts(content):
            try:
                self._add(file, part, part.read(file))
            except UnreadableError as error:
                template = _TEMPLATE in content
                fix = _TEMPLATE_FIX if template else "correct it"
                self.unreadable.append(Unreadable(file=file, line=error.line, message=f"{error.reason}; {fix}"))
                if template:
                    return

    def _add(self, file: str, part: Part, document: Any) -> None:
        for path, found in documents.unfolded(document):
            if _is_object(found):
                self.found.append(found)
                self._written[id(found)] = (file, part, path)
            else:
                self.others.append(Place(file=file, line=part.line_of(path)))


def read_objects(arguments: Sequence[str], shown: Callable[[list[str]], Iterable[str]] = iter) -> Objects:
    """Return the objects in files, folders and standard input.

    Args:
        arguments: names of files and folders, and `-` for standard input. Of a folder, all *.yaml, *.yml and *.json
            are read, sorted by name, except those in hidden folders.
        shown: yields the names of the files, and shows the progress.
    """
    objects = Objects()
    for file in shown([*dict.fromkeys(_files(arguments, objects))]):
        try:
            content = sys.stdin.buffer.read() if file == _DASH else Path(file).read_bytes()
        except OSError as error:
            reason = f"cannot be read ({error.strerror}); name a file, a folder, or - for standard input"
            objects.unreadable.append(Unreadable(file=file, line=None, message=reason))
        else:
            objects.add(STDIN if file == _DASH else file, content)
    return objects


def _files(arguments: Sequence[str], objects: Objects) -> Iterator[str]:
    seen: set[Path] = set()
    for argument in arguments:
        folder = argument != _DASH and Path(argument).is_dir()
        inside = [*_inside(argument)] if folder else [argument]
        if not inside:
            reason = "contains no *.yaml, *.yml or *.json; name another folder"
            objects.unreadable.append(Unreadable(file=argument, line=None, message=reason))
        for file in inside:
            # A file that is named twice is read once: its objects are not duplicates.
            own = Path(file).absolute()
            if own not in seen:
                seen.add(own)
                yield file


def _inside(folder: str) -> Iterator[str]:
    for above, folders, names in os.walk(folder):
        folders[:] = sorted(each for each in folders if not each.startswith(".") and each != _NOT_SEARCHED)
        yield from (str(Path(above, name)) for name in sorted(names) if name.endswith(_SUFFIXES))


def _is_object(document: Document) -> bool:
    # Files for other programs, such as the values of a chart, have none of these, or one by chance.
    named = ("apiVersion" in document) + ("kind" in document) + isinstance(document.get("metadata"), dict)
    return named > 1

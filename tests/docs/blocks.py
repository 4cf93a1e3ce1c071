"""The fenced blocks of a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]+)\n(?P<text>.*?)^(?P=indent)```$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        page: that it is on, from the root of the repository.
        line: of its fence.
        language: after the fence.
        title: in the fence; the name of a file, or why the block is not run.
        text: between the fences.
    """

    page: str
    line: int
    language: str
    title: str
    text: str

    @property
    def is_not_run(self) -> bool:
        """Whether the page says that a reader sees something that no test can run."""
        return self.title.startswith("not run: ")

    @property
    def file(self) -> str | None:
        """The file that the block is, below the folder of the reader's project."""
        return self.title if re.fullmatch(r"[\w./-]+\.[a-z]+|\.gitlab-ci\.yml", self.title) else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page."""
    whole = (ROOT / page).read_text("utf-8")
    for found in FENCE.finditer(whole):
        language, _, more = found["info"].partition(" ")
        title = re.search(r'title="([^"]*)"', more)
        indent = found["indent"]
        text = re.sub(rf"^{indent}", "", found["text"], flags=re.MULTILINE) if indent else found["text"]
        line = whole.count("\n", 0, found.start()) + 1
        yield Block(page, line, language.strip(), title[1] if title else "", text)


def pages() -> list[str]:
    """Return the pages whose blocks are run: all but those that other tests hold, such as rules and runbooks."""
    found = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    paths = sorted(each.relative_to(ROOT).as_posix() for each in found)
    return [each for each in paths if not re.match(r"docs/(rules|runbooks|adr)/|docs/(alerts|check)\.md", each)]

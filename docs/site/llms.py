"""llms.txt: the pages of the documentation for programs that read text, by the sections of the navigation."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from kubestock.values.headers import Comment, generated_by

DOCS = Path(__file__).parents[1]
ADDRESS = "https://raw.githubusercontent.com/kubestock/kubestock/main/docs"
_HEAD = f"""# kubestock

> Typed cdk8s constructs for Python that write the production Kubernetes manifests of a microservice product. What could
> not work in a cluster is refused before anything is written, and the error says how to fix it.

{generated_by("`make pages` from the navigation in mkdocs.yml", Comment.MARKUP)}

Constructs take keyword arguments. `python main.py` writes `dist/`, which is committed. `kubestock check` applies the
same rules to any YAML. Each example in these pages runs as a test, and the YAML next to it is what comes out.
"""


def text() -> str:
    """Return the file."""
    nav = yaml.load((DOCS.parent / "mkdocs.yml").read_text("utf-8"), Loader=yaml.SafeLoader)["nav"]
    sections = [(title, items) for each in nav for title, items in each.items()]
    return "\n".join([_HEAD, *(line for title, items in sections for line in _section(title, items))])


def _section(title: str, items: Any) -> list[str]:
    lines = [f"- [{_title(page)}]({ADDRESS}/{page}){_summary(page)}" for page in _pages(items)]
    return [f"## {title}", "", *lines, ""] if lines else []


def _pages(items: Any) -> Iterator[str]:
    if isinstance(items, str):
        found = sorted(each.relative_to(DOCS).as_posix() for each in DOCS.glob(items))
        yield from (each for each in found if not each.startswith("adr/"))  # why, and not how
        return
    inner = items.values() if isinstance(items, dict) else items
    yield from dict.fromkeys(page for each in inner for page in _pages(each))


def _title(page: str) -> str:
    match = re.search(r"^# (.+)$", (DOCS / page).read_text("utf-8"), re.MULTILINE)
    return match[1] if match else page


def _summary(page: str) -> str:
    """Return the first sentence of a page, if its first paragraph is one of text."""
    _, _, rest = (DOCS / page).read_text("utf-8").partition("\n\n")
    paragraphs = [each.replace("\n", " ").strip() for each in rest.split("\n\n") if not each.startswith("<!--")]
    first = paragraphs[0] if paragraphs else ""
    plain = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", first)
    sentence = re.match(r"[^|#!>-][^|]*?[.:](?= [A-Z`]|$)", plain)
    return f": {sentence[0].rstrip(':.')}" if sentence else ""

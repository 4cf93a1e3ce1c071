"""What mkdocs does before it reads a page: folders in the navigation, reference pages, links into the repository."""

import re
import sys
from pathlib import Path, PurePosixPath
from typing import Any

from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files

sys.path.insert(0, str(Path(__file__).parent))
from public_names import packages  # it is next to this file, which mkdocs loads by its path

ROOT = Path(__file__).parents[2]
OPTIONS = re.compile(r"^<!-- options: \S+ -->$(.*?)^<!-- end of options -->$", re.DOTALL | re.MULTILINE)
"""The arguments of a class, which `make pages` wrote; the site shows them as cards on a phone."""

PACKAGE = re.compile(r"^\| `(kubestock[\w.]*)` \|", re.MULTILINE)
"""A package in the index of the reference, whose page exists on the site alone."""


def on_config(config: Any) -> Any:
    """Write out the patterns of the navigation, such as `runbooks/*.md`."""
    named = set(_names(config["nav"]))
    config["nav"] = _expanded(config["nav"], named, Path(config["docs_dir"]))
    return config


def on_files(files: Files, *, config: Any) -> Files:
    """Add a page for each public package, with one `:::` for each of its names."""
    for package in packages():
        text = f"# {package.name}\n\n{package.summary}\n\n" + "\n".join(f"::: {name}" for name in package.paths)
        files.append(File.generated(config, f"reference/{package.name}.md", content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:  # noqa: ARG001  # as mkdocs calls it
    """Complete links: those of the reference, and those to files that are not pages, such as examples."""
    folder = PurePosixPath("docs") / PurePosixPath(page.file.src_uri).parent

    def linked(match: re.Match[str]) -> str:
        target = (ROOT / folder / match[1]).resolve()
        if target.is_relative_to(ROOT / "docs") and target.is_file():
            return match[0]
        if not target.exists():
            return match[0]  # mkdocs tells that it is broken
        kind = "tree" if target.is_dir() else "blob"
        return f"]({config['extra']['repository']}/{kind}/main/{target.relative_to(ROOT).as_posix()}{match[2] or ''})"

    if page.file.src_uri == "reference/index.md":
        markdown = PACKAGE.sub(r"| [\1](\1.md) |", markdown)
    markdown = OPTIONS.sub(r'<div class="options" markdown>\1</div>', markdown)
    return re.sub(r"\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)\s]*)?\)", linked, markdown)


def on_post_page(output: str, *, page: Any, config: Any) -> str:  # noqa: ARG001  # as mkdocs calls it
    """Refuse a page that would load something from the network."""
    loaded = re.findall(r"""<(?:script|img|iframe|source)[^>]+src=["']?(https?:[^"' >]+)""", output)
    loaded += re.findall(r"""<link(?=[^>]+stylesheet)[^>]+href=["']?(https?:[^"' >]+)""", output)
    if loaded:
        raise PluginError(f"{page.file.src_uri} must load nothing from the network, got {', '.join(loaded)}")
    return output


def _names(nav: Any) -> list[str]:
    if isinstance(nav, str):
        return [nav]
    values = nav.values() if isinstance(nav, dict) else nav
    return [name for each in values for name in _names(each)]


def _expanded(nav: Any, named: set[str], docs: Path) -> Any:
    if isinstance(nav, dict):
        return {title: _expanded(each, named, docs) for title, each in nav.items()}
    if not isinstance(nav, list):
        return nav
    return [item for each in nav for item in _items(each, named, docs)]


def _items(each: Any, named: set[str], docs: Path) -> list[Any]:
    if not isinstance(each, str) or "*" not in each:
        return [_expanded(each, named, docs)]
    if each == "reference/*.md":
        return [f"reference/{package.name}.md" for package in packages()]
    found = sorted(path.relative_to(docs).as_posix() for path in docs.glob(each))
    return [path for path in found if path not in named]

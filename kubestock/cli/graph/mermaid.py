"""Pictures as Mermaid, which GitHub, GitLab and many editors draw.

See https://mermaid.js.org/syntax/flowchart.html
"""

from collections.abc import Iterator

from kubestock.cli.graph.model import Look, Picture

_SHAPES = {
    Look.WORKLOAD: ("[", "]"),
    Look.OUTSIDE: ("([", "])"),
    Look.DATABASE: ("[(", ")]"),
    Look.SECRET: ("{{", "}}"),
    Look.ROUTE: ("[/", "/]"),
}
_ESCAPES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def as_mermaid(picture: Picture) -> Iterator[str]:
    """Yield the lines of a flowchart."""
    yield "flowchart LR"
    names = {each.id: f"n{number}" for number, each in enumerate(picture.boxes)}
    for box in picture.boxes:
        first, last = _SHAPES[box.look]
        label = "<br>".join(map(_escaped, (box.title, *box.text)))
        yield f'  {names[box.id]}{first}"{label}"{last}'
    for line in picture.lines:
        label = f'|"{_escaped(line.label)}"|' if line.label else ""
        yield f"  {names[line.source]} -->{label} {names[line.target]}"


def _escaped(text: str) -> str:
    return "".join(_ESCAPES.get(each, each if each.isprintable() else " ") for each in text)

"""Which pods can connect to which, as a table, as JSON and as Mermaid."""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence

from rich.box import SIMPLE
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from kubestock.checks import Inventory
from kubestock.checks.facts.reach import group_by_destination, permitted_connections
from kubestock.cli.graph.mermaid import as_mermaid
from kubestock.cli.graph.model import Box, Line, Look, Picture
from kubestock.cli.printing import printable

EVERY_WORKLOAD = "every workload here"


def as_table(inventory: Inventory, out: Console) -> None:
    """Print each destination with its ports, and the sources that may connect to it."""
    table = Table(box=SIMPLE, padding=(0, 2, 0, 0))
    for name in ("To", "Port", "From"):
        table.add_column(name, overflow="fold")
    last = ""
    own = _workloads(inventory)
    for destination, ports, sources in sorted(
        group_by_destination(permitted_connections(inventory)), key=lambda each: each[0] not in own
    ):
        if last and destination != last:
            table.add_section()
        shown = "" if destination == last else destination
        table.add_row(
            *(escape(printable(each)) for each in (shown, ", ".join(ports))),
            _lines(_shortened(sources, own, destination)),
        )
        last = destination
    out.print(table)


def reach_as_json(inventory: Inventory) -> Iterator[str]:
    """Yield one text: a list of connections, each with its source, destination and port."""
    found = sorted(permitted_connections(inventory))
    yield json.dumps([{"from": each.source, "to": each.destination, "port": each.port} for each in found], indent=2)


def reach_as_mermaid(inventory: Inventory) -> Iterator[str]:
    """Yield the lines of a flowchart; one line has all ports of a connection."""
    own = _workloads(inventory)
    ports: dict[tuple[str, str], list[str]] = {}
    for each in sorted(permitted_connections(inventory)):
        ports.setdefault((each.source, each.destination), []).append(each.port)
    ends = dict.fromkeys([*sorted(own), *(end for pair in ports for end in pair)])
    boxes = [Box(id=each, title=each, look=Look.WORKLOAD if each in own else Look.OUTSIDE) for each in ends]
    lines = [Line(source=source, target=to, label=", ".join(found)) for (source, to), found in ports.items()]
    yield from as_mermaid(Picture(title="Who can reach whom", boxes=boxes, lines=lines))


def _shortened(sources: Sequence[str], own: Collection[str], destination: str) -> Sequence[str]:
    every = set(own) - {destination}
    if len(every) > 1 and every <= set(sources):
        return [EVERY_WORKLOAD, *(each for each in sources if each not in every)]
    return sources


def _workloads(inventory: Inventory) -> set[str]:
    return {each.reference for each in inventory.workloads}


def _lines(texts: Iterable[str]) -> str:
    return "\n".join(escape(printable(each)) for each in texts)

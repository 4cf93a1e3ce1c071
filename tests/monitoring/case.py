"""A case of an alert: series, minute by minute, and how many series of it fire at the end of them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Case:
    """`series` maps a selector to values as promtool writes them, one `every` so often; `after` is the moment."""

    alert: str
    fires: int
    series: dict[str, str]
    after: str = "45m"
    why: str = ""
    every: str = "1m"

"""A picture: boxes with lines between them, in any format."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Look(StrEnum):
    """The kind of a box, which determines its shape and colour."""

    WORKLOAD = "workload"
    OUTSIDE = "outside"
    DATABASE = "database"
    SECRET = "secret"  # noqa: S105  # a kind of box, not a secret
    ROUTE = "route"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A box with a title.

    Args:
        id: by which lines name it.
        title: its name.
        text: what more is said of it, in small lines. Defaults to nothing.
        look: what it stands for.
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    look: Look = Look.WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line from one box to another.

    Args:
        source: the id of the box that it comes from.
        target: the id of the box that it leads to.
        label: what is written on it. Defaults to nothing.
    """

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture.

    Args:
        title: of the whole.
        boxes: in the order in which they are drawn where nothing else decides.
        lines: between boxes.
    """

    title: str
    boxes: Sequence[Box]
    lines: Sequence[Line]

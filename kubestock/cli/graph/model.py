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
        id: the id, by which lines refer to the box.
        title: the name of the object.
        text: more lines, in a smaller font. Defaults to none.
        look: the kind of the object.
    """

    id: str
    title: str
    text: tuple[str, ...] = ()
    look: Look = Look.WORKLOAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line from one box to another.

    Args:
        source: the id of the box at its start.
        target: the id of the box at its end.
        label: the text of the line. Defaults to none.
    """

    source: str
    target: str
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture.

    Args:
        title: the title of the picture.
        boxes: the boxes, in their preferred order.
        lines: the lines between boxes.
    """

    title: str
    boxes: Sequence[Box]
    lines: Sequence[Line]

"""Pictures as SVG, which any browser shows, and GitHub in a README."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from kubestock.cli.graph.layout import GUTTER, Layout, Route, Spot, arranged
from kubestock.cli.graph.model import Box, Look, Picture

_MARGIN, _HEAD, _FOOT = 24.0, 44.0, 40.0
_PAD, _LINE, _TITLE = 10.0, 15.0, 18.0
_TITLE_SIZE, _TEXT_SIZE = 13.0, 11.0
_NARROWEST, _LONGEST = 110.0, 46
_BOW = 6.0
_GREY = "#57606a"
_NARROW_LETTERS, _WIDE_LETTERS = frozenset("iljtfrI1.,:;'|!()[]{}/ -"), frozenset("mwMW@%")
_FONT = "font-family=\"system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif\""


@dataclass(frozen=True, slots=True)
class _Colours:
    fill: str
    edge: str
    line: str
    means: str


_COLOURS: Mapping[Look, _Colours] = {
    Look.OUTSIDE: _Colours("#f6f8fa", "#8b949e", "#8b949e", "outside"),
    Look.ROUTE: _Colours("#f0fff4", "#2da44e", "#2da44e", "routes"),
    Look.WORKLOAD: _Colours("#eef6ff", "#0969da", "#0969da", "workload"),
    Look.DATABASE: _Colours("#fbefff", "#8250df", "#8250df", "database"),
    Look.SECRET: _Colours("#fff8e5", "#bf8700", "#bf8700", "secret"),
}


def as_svg(picture: Picture) -> Iterator[str]:
    """Yield the lines of an SVG; the same picture always gives the same text."""
    layout = arranged(picture, {each.id: _size(each) for each in picture.boxes})
    used = [look for look in _COLOURS if any(each.look is look for each in picture.boxes)]
    width = max(layout.width, 24 + 110.0 * len(used)) + 2 * _MARGIN
    height = layout.height + _HEAD + _FOOT
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" {_FONT}>'
    )
    yield f"<title>{_text(picture.title)}</title>"
    yield f"<defs>{''.join(map(_arrow, used))}</defs>"
    yield '<rect width="100%" height="100%" rx="8" fill="#ffffff"/>'
    yield _label(_MARGIN, 28, picture.title, size=15, weight="600")
    yield f'<g transform="translate({_n(_MARGIN)},{_n(_HEAD)})">'
    looks = {each.id: each.look for each in picture.boxes}
    yield from _lines(layout, picture, looks)
    for box in picture.boxes:
        yield from _box(box, layout.spots[box.id])
    yield "</g>"
    yield from _legend(used, height - 16)
    yield "</svg>"


def _size(box: Box) -> tuple[float, float]:
    widest = max([_width(box.title, _TITLE_SIZE) * 1.06, *(_width(each, _TEXT_SIZE) for each in box.text)])
    return max(_NARROWEST, widest + 2 * _PAD), 2 * _PAD + _TITLE + _LINE * len(box.text) - 4


def _width(text: str, size: float) -> float:
    """Return how wide a text is in a wide font."""
    letters = _shortened(text)
    narrow, wide = (sum(each in kind for each in letters) for kind in (_NARROW_LETTERS, _WIDE_LETTERS))
    return size * (0.63 * (len(letters) - narrow - wide) + 0.37 * narrow + 0.95 * wide)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _box(box: Box, spot: Spot) -> Iterator[str]:
    colours = _COLOURS[box.look]
    yield f"<g><title>{_text(' · '.join((box.title, *box.text)))}</title>"
    yield _shape(box.look, spot, colours)
    x, y = spot.x + _PAD, spot.y + _PAD + 11 + (_BOW / 2 if box.look is Look.DATABASE else 0)
    yield _label(x, y, _shortened(box.title), size=_TITLE_SIZE, weight="600")
    for number, each in enumerate(box.text, start=1):
        yield _label(x, y + 2 + _LINE * number, _shortened(each), size=_TEXT_SIZE, colour=_GREY)
    yield "</g>"


def _shape(look: Look, spot: Spot, colours: _Colours) -> str:
    drawn = f'fill="{colours.fill}" stroke="{colours.edge}"'
    x, y, width, height = spot.x, spot.y, spot.width, spot.height
    if look is Look.DATABASE:
        path = (
            f"M{_n(x)} {_n(y)}v{_n(height)}a{_n(width / 2)} {_BOW} 0 0 0 {_n(width)} 0v{_n(-height)}"
            f"a{_n(width / 2)} {_BOW} 0 0 0 {_n(-width)} 0a{_n(width / 2)} {_BOW} 0 0 0 {_n(width)} 0"
        )
        return f'<path d="{path}" {drawn}/>'
    dashed = ' stroke-dasharray="4 3"' if look is Look.OUTSIDE else ""
    corner = 14 if look is Look.OUTSIDE else 6
    return f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}" rx="{corner}" {drawn}{dashed}/>'


def _lines(layout: Layout, picture: Picture, looks: Mapping[str, Look]) -> Iterator[str]:
    ends = _Ends(layout)
    for number, (line, route) in enumerate(zip(picture.lines, layout.routes, strict=True)):
        look = looks[line.target] if looks[line.target] is not Look.WORKLOAD else looks[line.source]
        colours = _COLOURS[look]
        start, end = ends.points(number, route)
        path = _arc(start, end) if _is_within(route) else _curve(route, start, end)
        title = f"<title>{_text(line.label)}</title>" if line.label else ""
        yield (
            f'<path d="{path}" fill="none" stroke="{colours.line}" stroke-opacity="0.75" stroke-width="1.3" '
            f'marker-end="url(#{look})">{title}</path>'
        )


class _Ends:
    """Where lines touch the sides of their boxes: spread, in the order of what they lead to."""

    def __init__(self, layout: Layout) -> None:
        sides: dict[tuple[int, bool], list[tuple[float, int, bool]]] = {}
        for number, route in enumerate(layout.routes):
            for at_source in (True, False):
                near, far = (0, 1) if at_source else (-1, -2)
                side = (id(route.spots[near]), _is_right(route, at_source=at_source))
                sides.setdefault(side, []).append((route.spots[far].middle, number, at_source))
        boxes = {id(each): each for each in layout.spots.values()}
        self._heights: dict[tuple[int, bool], float] = {}
        for (spot, _), ends in sides.items():
            box = boxes[spot]
            for position, (_, number, at_source) in enumerate(sorted(ends), start=1):
                self._heights[number, at_source] = box.y + box.height * position / (len(ends) + 1)

    def points(self, number: int, route: Route) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return where a line begins, and where it ends."""
        first, last = route.spots[0], route.spots[-1]
        begins = first.x + first.width if _is_right(route, at_source=True) else first.x
        ends = last.x + last.width if _is_right(route, at_source=False) else last.x
        return (begins, self._heights[number, True]), (ends, self._heights[number, False])


def _is_within(route: Route) -> bool:
    """Whether a line stays in its column."""
    one, other = route.spots[0], route.spots[-1]
    return one.x < other.x + other.width and other.x < one.x + one.width


def _is_right(route: Route, *, at_source: bool) -> bool:
    """Whether a line begins, or ends, at the right side of its box."""
    return _is_within(route) or (route.spots[-1].x > route.spots[0].x) == at_source


def _arc(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x1, y1), (x2, y2) = start, end
    out = max(x1, x2) + min(GUTTER * 0.8, 22 + abs(y2 - y1) * 0.18)
    return f"M{_n(x1)} {_n(y1)}C{_n(out)} {_n(y1)} {_n(out)} {_n(y2)} {_n(x2 + 2)} {_n(y2)}"


def _curve(route: Route, start: tuple[float, float], end: tuple[float, float]) -> str:
    """Return a smooth path through the places between boxes, level where it passes them."""
    forth = end[0] > start[0]
    points = [start]
    for spot in route.spots[1:-1]:
        passed = [(spot.x, spot.middle), (spot.x + spot.width, spot.middle)]
        points += passed if forth else passed[::-1]
    points.append((end[0] - (2 if forth else -2), end[1]))
    path = f"M{_n(start[0])} {_n(start[1])}"
    for number, ((x1, y1), (x2, y2)) in enumerate(pairwise(points)):
        if number % 2:
            path += f"L{_n(x2)} {_n(y2)}"
        else:
            half = (x1 + x2) / 2
            path += f"C{_n(half)} {_n(y1)} {_n(half)} {_n(y2)} {_n(x2)} {_n(y2)}"
    return path


def _legend(used: list[Look], y: float) -> Iterator[str]:
    for number, look in enumerate(used):
        colours, x = _COLOURS[look], _MARGIN + 110 * number
        drawn = f'fill="{colours.fill}" stroke="{colours.edge}"'
        yield f'<rect x="{_n(x)}" y="{_n(y - 9)}" width="12" height="12" rx="3" {drawn}/>'
        yield _label(x + 18, y + 1, colours.means, size=_TEXT_SIZE, colour=_GREY)


def _arrow(look: Look) -> str:
    return (
        f'<marker id="{look}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        f'<path d="M0 0L8 4L0 8z" fill="{_COLOURS[look].line}"/></marker>'
    )


def _label(x: float, y: float, text: str, *, size: float, weight: str = "400", colour: str = "#1f2328") -> str:
    drawn = f'font-size="{_n(size)}" font-weight="{weight}" fill="{colour}"'
    return f'<text x="{_n(x)}" y="{_n(y)}" {drawn}>{_text(text)}</text>'


def _text(text: str) -> str:
    return escape("".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text), quote=False)


def _n(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")

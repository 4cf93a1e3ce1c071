"""A plot on two logarithmic axes, as SVG."""

import math
from collections.abc import Iterator, Mapping, Sequence

from kubestock.values.headers import Comment, generated_by

_WIDTH, _HEIGHT = 720, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 190, 24, 48
_COLORS = ("#2f6fdb", "#d9541e", "#7a3db8", "#2a9d4a")

Points = Sequence[tuple[float, float]]


def svg(series: Mapping[str, Points], *, across: str, up: str) -> str:
    """Return the plot.

    Args:
        series: points by the name of the curve; all coordinates are above zero.
        across: what the horizontal axis says.
        up: what the vertical axis says.
    """
    points = [each for curve in series.values() for each in curve]
    x = _Scale([each[0] for each in points], _LEFT, _WIDTH - _RIGHT)
    y = _Scale([each[1] for each in points], _HEIGHT - _BOTTOM, _TOP)
    body = [*_axes(x, y, across, up)]
    for color, (name, curve) in zip(_COLORS, series.items(), strict=False):
        body += _curve(name, [(x.at(across), y.at(up)) for across, up in curve], color)
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">'
    header = generated_by("`make bench`", Comment.MARKUP)
    return "\n".join([header, head, '<rect width="100%" height="100%" fill="#fff"/>', *body, "</svg>\n"])


class _Scale:
    """Where values are along an axis, which begins and ends at a power of ten."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        self._low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
        self._begin, self._step = begin, (end - begin) / (high - self._low)
        self.marks = [10.0**power for power in range(self._low, high + 1)]

    def at(self, value: float) -> float:
        """Return where a value is."""
        return round(self._begin + self._step * (math.log10(value) - self._low), 1)


def _axes(x: _Scale, y: _Scale, across: str, up: str) -> Iterator[str]:
    left, right, top, bottom = _LEFT, _WIDTH - _RIGHT, _TOP, _HEIGHT - _BOTTOM
    for mark in x.marks:
        yield f'<path d="M{x.at(mark)} {top}V{bottom}" stroke="#ddd"/>'
        yield _text(x.at(mark), bottom + 16, f"{mark:,g}", "middle")
    for mark in y.marks:
        yield f'<path d="M{left} {y.at(mark)}H{right}" stroke="#ddd"/>'
        yield _text(left - 6, y.at(mark) + 4, f"{mark:,g}", "end")
    yield _text((left + right) / 2, _HEIGHT - 10, across, "middle")
    yield f'<g transform="translate(16 {(top + bottom) / 2}) rotate(-90)">{_text(0, 0, up, "middle")}</g>'


def _curve(name: str, points: Points, color: str) -> Iterator[str]:
    line = " ".join(f"{x},{y}" for x, y in points)
    yield f'<polyline points="{line}" fill="none" stroke="{color}" stroke-width="2"/>'
    yield from (f'<circle cx="{x}" cy="{y}" r="3.5" fill="{color}"/>' for x, y in points)
    yield _text(points[-1][0] + 8, points[-1][1] + 4, name, "start", color)


def _text(x: float, y: float, text: str, anchor: str, color: str = "#333") -> str:
    return f'<text x="{x}" y="{y}" font-size="12" text-anchor="{anchor}" fill="{color}">{text}</text>'

"""Draw the dashboard as a picture, from the ConfigMap that is emitted and from made-up series.

    python docs/pictures/dashboard.py MANIFESTS.yaml PICTURE.png

Each panel stands where its gridPos says, with its own title, unit, legend and thresholds; only the values are
invented. A row that Grafana repeats is drawn once.
"""

import json
import sys
from pathlib import Path
from typing import Any

import matplotlib as mpl
import yaml
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from series import POINTS, PRODUCT, fingerprint, series

COLUMN, UNIT, GAP = 62.0, 24.0, 4.0  # pixels
HEAD, DPI = 46.0, 100
PAGE, PANEL, TEXT, DIM, GRID = "#111217", "#181b1f", "#d8d9da", "#a7abb1", "#2c3037"
COLORS = {"green": "#73bf69", "orange": "#ff9830", "red": "#f2495c"}
CURVES = ["#73bf69", "#5794f2", "#ff9830", "#b877d9", "#f2cc0c", "#f2495c", "#37872d", "#8ab8ff"]
LEGEND_MOST = 6
MEGA = 1_000_000
SECOND = 1000  # in milliseconds
MINUTES = [-360 + 360 * place / (POINTS - 1) for place in range(POINTS)]

Panel = dict[str, Any]


def board_of(path: Path) -> dict[str, Any]:
    """Return the first dashboard in a file of manifests."""
    for document in yaml.safe_load_all(path.read_text("utf-8")):
        if document["kind"] == "ConfigMap":
            for key, text in document["data"].items():
                if key.endswith(".json") and "gridPos" in text:
                    return dict(json.loads(text))
    raise SystemExit(f"{path} holds no dashboard")


def shown(value: float, unit: str, decimals: int | None = None) -> str:
    """Return a value as Grafana writes it in a unit."""
    if unit == "percentunit":
        return f"{100 * value:.{decimals}f} %" if decimals is not None else f"{100 * value:.3g} %"
    if unit == "Bps":
        return f"{value / MEGA:.2g} MB/s" if value >= MEGA else f"{value / 1e3:.3g} kB/s" if value else "0 B/s"
    if unit == "ms" and value >= SECOND:
        return f"{value / SECOND:.3g} s"
    return f"{value:.3g}" + {"reqps": " req/s", "ms": " ms", "s": " s"}.get(unit, "")


class Canvas:
    """A figure addressed in pixels from its upper left corner."""

    def __init__(self, board: dict[str, Any]) -> None:
        bottom = max(each["gridPos"]["y"] + each["gridPos"]["h"] for each in board["panels"])
        self.width, self.height = 24 * COLUMN, HEAD + bottom * UNIT
        self.figure: Figure = plt.figure(figsize=(self.width / DPI, self.height / DPI), dpi=DPI, facecolor=PAGE)

    def text(self, x: float, y: float, words: str, **style: Any) -> None:
        """Write on the page, from the middle of the line."""
        self.figure.text(x / self.width, 1 - y / self.height, words, va="center", **style)

    def axes(self, x: float, y: float, width: float, height: float) -> Axes:
        """Return axes in a place."""
        place = (x / self.width, 1 - (y + height) / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place, zorder=2)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """Draw the ground of a panel."""
        corner = (x / self.width, 1 - (y + height) / self.height)
        size = (width / self.width, height / self.height)
        self.figure.patches.append(
            Rectangle(corner, *size, transform=self.figure.transFigure, facecolor=PANEL, edgecolor=GRID, linewidth=0.6)
        )


def draw(board: dict[str, Any]) -> Figure:
    """Return the whole dashboard."""
    canvas = Canvas(board)
    options = next(each for each in board["templating"]["list"] if each["name"] == "service")["options"][1:]
    canvas.text(10, 17, board["title"], color=TEXT, fontsize=12, weight="bold")
    links = "   ".join(link["title"] + " ↗" for link in board["links"])
    canvas.text(canvas.width - 10, 17, links, color=CURVES[1], fontsize=8, ha="right")
    head = f"Data source: Prometheus     Service: All     last 6 hours, every {board['refresh']}     made-up series"
    canvas.text(10, 36, head, color=DIM, fontsize=7.5)
    row = ""
    for panel in board["panels"]:
        place = panel["gridPos"]
        x, y = place["x"] * COLUMN, HEAD + place["y"] * UNIT
        if panel["type"] == "row":
            row = panel["title"]
            again = f"{PRODUCT}   (one such row for each of {len(options)} services)" if panel.get("repeat") else row
            canvas.text(10, y + UNIT / 2, f"▾ {again}", color=TEXT, fontsize=9, weight="bold")
            continue
        box = (x + GAP / 2, y + GAP / 2, place["w"] * COLUMN - GAP, place["h"] * UNIT - GAP)
        canvas.box(*box)
        canvas.text(box[0] + 8, box[1] + 12, panel["title"], color=TEXT, fontsize=7.5, weight="bold")
        (_number if panel["type"] == "stat" else _graph)(canvas, row, panel, box)
    return canvas.figure


def _color(panel: Panel, value: float) -> str:
    color = "green"
    for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]:
        if step["value"] is None or value >= step["value"]:
            color = step["color"]
    return COLORS[color]


def _number(canvas: Canvas, row: str, panel: Panel, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    (values,) = series(row, panel["title"], panel["targets"][0]["legendFormat"]).values()
    color = _color(panel, values[-1])
    defaults = panel["fieldConfig"]["defaults"]
    words = shown(values[-1], defaults["unit"], defaults.get("decimals"))
    canvas.text(x + width / 2, y + height * 0.5, words, color=color, fontsize=17, weight="bold", ha="center")
    if panel["options"]["graphMode"] == "area":
        axes = canvas.axes(x, y + height * 0.7, width, height * 0.28)
        axes.fill_between(MINUTES, values, color=color, alpha=0.25, linewidth=0)
        axes.plot(MINUTES, values, color=color, linewidth=0.8)
        axes.set_xlim(MINUTES[0], MINUTES[-1])
        axes.set_ylim(0, 1.2 * max(values))
        axes.axis("off")


def _graph(canvas: Canvas, row: str, panel: Panel, box: tuple[float, float, float, float]) -> None:
    x, y, width, height = box
    curves: dict[str, list[float]] = {}
    for target in panel["targets"]:
        curves |= series(row, panel["title"], target["legendFormat"])
    names = list(curves)
    per_line = max(1, int(width // (28 + 5.2 * max(map(len, names[:LEGEND_MOST])))))
    lines = -(-min(len(names), LEGEND_MOST) // per_line)
    axes = canvas.axes(x + 58, y + 26, width - 70, height - 26 - 18 - 13 * lines)
    _draw_curves(axes, panel, curves)
    _draw_axes(axes, panel, [value for curve in curves.values() for value in curve], curves)
    for place, name in enumerate(names[:LEGEND_MOST]):
        words = name if place < LEGEND_MOST - 1 or len(names) <= LEGEND_MOST else f"and {len(names) - place} more"
        left = x + 12 + (place % per_line) * (width - 16) / per_line
        line = y + height - 8 - 13 * (lines - 1 - place // per_line)
        canvas.text(left, line, "—", color=CURVES[place % len(CURVES)], fontsize=8, weight="bold")
        canvas.text(left + 14, line, words, color=DIM, fontsize=6.3)


def _draw_curves(axes: Axes, panel: Panel, curves: dict[str, list[float]]) -> None:
    colors = [CURVES[place % len(CURVES)] for place in range(len(curves))]
    if panel["fieldConfig"]["defaults"]["custom"]["stacking"]["mode"] == "normal":
        axes.stackplot(MINUTES, *curves.values(), colors=colors, alpha=0.55, linewidth=0)
        return
    for color, values in zip(colors, curves.values(), strict=True):
        axes.plot(MINUTES, values, color=color, linewidth=1)


def _draw_axes(axes: Axes, panel: Panel, values: list[float], curves: dict[str, list[float]]) -> None:
    defaults = panel["fieldConfig"]["defaults"]
    stacked = defaults["custom"]["stacking"]["mode"] == "normal"
    top = max(map(sum, zip(*curves.values(), strict=True))) if stacked else max(values)
    steps = [step for step in defaults["thresholds"]["steps"] if step["value"] is not None]
    top = max([1.15 * top, *(1.2 * step["value"] for step in steps)]) or 1.0
    axes.set_ylim(defaults.get("min", 0), defaults.get("max", top))
    axes.set_xlim(MINUTES[0], MINUTES[-1])
    for step in steps:
        axes.axhline(step["value"], color=COLORS[step["color"]], linewidth=0.8, linestyle=(0, (5, 4)))
    axes.set_facecolor(PANEL)
    axes.grid(color=GRID, linewidth=0.5)
    axes.tick_params(colors=DIM, labelsize=6.3, length=0)
    axes.set_xticks([-300, -180, -60], ["07:00", "09:00", "11:00"])
    axes.set_axisbelow(True)
    axes.yaxis.set_major_locator(plt.MaxNLocator(4, integer=defaults.get("decimals") == 0))
    axes.yaxis.set_major_formatter(lambda value, _: shown(value, defaults["unit"]))
    for side in axes.spines.values():
        side.set_visible(False)


def main(manifests: str, picture: str) -> None:
    """Draw, with few colours: a picture of lines needs no more, and stays small."""
    mpl.use("Agg")
    board = board_of(Path(manifests))
    figure = draw(board)
    figure.canvas.draw()
    image = Image.frombuffer("RGBA", figure.canvas.get_width_height(), figure.canvas.buffer_rgba())
    about = PngInfo()
    about.add_text("Dashboard", fingerprint(board))
    image.convert("RGB").quantize(224).save(picture, optimize=True, pnginfo=about)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""Converts rows to Grafana's own types, and to JSON that is the same in each synth."""

import hashlib
import json
import warnings
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.monitoring.dashboard.layout import Box, placed
from kubestock.monitoring.dashboard.panels import Panel, Query, Row, Threshold
from kubestock.monitoring.product import MonitoredProduct

with warnings.catch_warnings():
    # On import, the library recommends its second format, which Grafana before 12 cannot load.
    warnings.simplefilter("ignore", DeprecationWarning)
    from grafana_foundation_sdk.builders import common as options
    from grafana_foundation_sdk.builders import dashboard as build
    from grafana_foundation_sdk.builders import prometheus, stat, timeseries
    from grafana_foundation_sdk.cog.builder import Builder
    from grafana_foundation_sdk.cog.encoder import JSONEncoder
    from grafana_foundation_sdk.models import common, dashboard

REFRESH = "30s"
SHOWN = "now-6h"
_SOURCE = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
_LONGEST_UID = 40
_ALL = "$__all"
_OF_INTERVALS = ("auto", "auto_count", "auto_min")
"""Fields of interval variables, which the library writes for all variables, and Grafana's own types do not have."""


def uid_of(name: str) -> str:
    """Return the uid of a dashboard, by which Grafana identifies it and links refer to it.

    Grafana accepts at most 40 characters; a longer name is truncated, with a part of its hash to keep it unique.
    """
    if len(name) <= _LONGEST_UID:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[: _LONGEST_UID - 9]}-{digest}"


def dashboard_json(product: MonitoredProduct, rows: Sequence[Row], links: Mapping[str, str], *, uid: str) -> str:
    """Return a dashboard as JSON for Grafana: sorted, without timestamps, with ids that depend only on titles."""
    document = to_json_object(_dashboard(product, rows, links, uid).build())
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def to_json_object(built: dashboard.Dashboard) -> dict[str, Any]:
    """Return a dashboard as a JSON object, without the fields that Grafana's library adds by itself."""
    document: dict[str, Any] = json.loads(JSONEncoder().encode(built))
    for link in document["links"]:
        del link["placement"]  # it would move the link to a menu; without it, the link is above the panels
    for variable in document["templating"]["list"]:
        for field in _OF_INTERVALS:
            del variable[field]
    return document


def _dashboard(product: MonitoredProduct, rows: Sequence[Row], links: Mapping[str, str], uid: str) -> build.Dashboard:
    board = (
        build.Dashboard(f"{product.name}: {product.namespace}")
        .uid(uid)
        .description(f"Golden signals of {product.name} and its gateway, in namespace {product.namespace}.")
        .tags(sorted({product.name, "golden-signals"}))
        .readonly()
        .refresh(REFRESH)
        .time(SHOWN, "now")
        .timezone("browser")
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .with_variable(_sources())
        .with_variable(_services([each.name for each in product.services]))
        .links(_links(links))
    )
    identify = _Identities()
    for place in placed(rows):
        heading = build.Row(place.row.title).id(identify(place.row.title)).grid_pos(_position(place.heading))
        board = board.with_row(heading if place.row.repeat is None else heading.repeat(place.row.repeat))
        for panel, box in place.panels:
            board = board.with_panel(_panel(panel, box, identify(f"{place.row.title}\n{panel.title}")))
    return board


class _Identities:
    """The ids of panels, by title: an added or moved panel does not change the id of another one."""

    def __init__(self) -> None:
        self._taken: dict[int, str] = {}

    def __call__(self, path: str) -> int:
        number = zlib.crc32(path.encode()) % (2**31 - 1) + 1
        if number in self._taken:
            raise ConfigurationError(f"titles {path!r} and {self._taken[number]!r} must differ; rename one of them")
        self._taken[number] = path
        return number


def _sources() -> build.DatasourceVariable:
    return build.DatasourceVariable("datasource").label("Data source").type("prometheus")


def _services(names: Sequence[str]) -> build.CustomVariable:
    everything = dashboard.VariableOption(selected=True, text="All", value=_ALL)
    each = [dashboard.VariableOption(selected=False, text=name, value=name) for name in names]
    return (
        build.CustomVariable("service")
        .label("Service")
        .values(",".join(names))
        .options([everything, *each])
        .current(dashboard.VariableOption(selected=True, text=["All"], value=[_ALL]))
        .multi(True)
        .include_all(True)
        .allow_custom_value(False)
    )


def _links(links: Mapping[str, str]) -> list[Builder[dashboard.DashboardLink]]:
    kind = dashboard.DashboardLinkType.LINK
    return [
        build.DashboardLink(title).type(kind).icon("doc").url(address).target_blank(True)
        for title, address in sorted(links.items())
    ]


def _position(box: Box) -> dashboard.GridPos:
    return dashboard.GridPos(x=box.x, y=box.y, w=box.width, h=box.height)


def _panel(panel: Panel, box: Box, number: int) -> stat.Panel | timeseries.Panel:
    drawn = _number(panel) if panel.kind == "stat" else _curves(panel)
    drawn = (
        drawn.id(number)
        .title(panel.title)
        .description(panel.description)
        .datasource(_SOURCE)
        .grid_pos(_position(box))
        .unit(panel.unit)
        .thresholds(_thresholds(panel.color, panel.thresholds))
    )
    if panel.lowest is not None:
        drawn = drawn.min(panel.lowest)
    if panel.highest is not None:
        drawn = drawn.max(panel.highest)
    if panel.decimals is not None:
        drawn = drawn.decimals(panel.decimals)
    for position, query in enumerate(panel.queries):
        drawn = drawn.with_target(_target(query, chr(ord("A") + position), over_range=panel.over_range))
    return drawn


def _number(panel: Panel) -> stat.Panel:
    graph = common.BigValueGraphMode.NONE if panel.over_range else common.BigValueGraphMode.AREA
    newest = options.ReduceDataOptions().calcs(["lastNotNull"]).fields("").values(False)
    return (
        stat.Panel()
        .reduce_options(newest)
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(graph)
        .no_value("no traffic")
    )


def _curves(panel: Panel) -> timeseries.Panel:
    legend = (
        options.VizLegendOptions()
        .show_legend(True)
        .display_mode(common.LegendDisplayMode.LIST)
        .placement(common.LegendPlacement.BOTTOM)
        .calcs([])
    )
    tooltip = options.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING)
    lines = common.GraphThresholdsStyleMode.DASHED if panel.thresholds else common.GraphThresholdsStyleMode.OFF
    stacking = common.StackingMode.NORMAL if panel.stacked else common.StackingMode.NONE
    return (
        timeseries.Panel()
        .legend(legend)
        .tooltip(tooltip)
        .fill_opacity(30 if panel.stacked else 8)
        .line_width(1)
        .show_points(common.VisibilityMode.NEVER)
        .stacking(options.StackingConfig().mode(stacking))
        .thresholds_style(options.GraphThresholdsStyleConfig().mode(lines))
    )


def _thresholds(color: str, thresholds: Sequence[Threshold]) -> build.ThresholdsConfig:
    steps = [dashboard.Threshold(value=None, color=color)]
    steps += [dashboard.Threshold(value=each.at, color=each.color) for each in thresholds]
    return build.ThresholdsConfig().mode(dashboard.ThresholdsMode.ABSOLUTE).steps(steps)


def _target(query: Query, letter: str, *, over_range: bool) -> prometheus.Dataquery:
    target = prometheus.Dataquery().ref_id(letter).expr(query.expression).legend_format(query.legend)
    target = target.datasource(_SOURCE)
    return target.instant() if over_range else target.range()

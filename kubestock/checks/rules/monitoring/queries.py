"""Rules about PromQL queries and dashboards."""

import json
import re
from collections.abc import Iterator
from difflib import get_close_matches

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import Problem, Unjudged
from kubestock.values import documents
from kubestock.values.documents import Document, Path

_DURATION = re.compile(r"([0-9]+y)?([0-9]+w)?([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?([0-9]+ms)?|0")
_UNKNOWN_FUNCTION = re.compile(r"unknown function with name '([^']*)'")
_NEWER = re.compile(r"\b(smoothed|anchored|fill|fill_left|fill_right)\b")
_FUNCTIONS = (
    "abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min count_over_time delta deriv "
    "floor histogram_quantile idelta increase irate label_join label_replace last_over_time max_over_time "
    "min_over_time predict_linear quantile_over_time rate resets round scalar sort sort_desc stddev_over_time "
    "sum_over_time time timestamp vector"
)
_GRAFANA = re.compile(r"\$__(rate_interval|interval|range)(_ms|_s)?\b|\$\{__(rate_interval|interval|range)(:[a-z]*)?\}")
_IN_QUOTES = re.compile(r'"(?:[^"\\]|\\.)*"' + r"|'(?:[^'\\]|\\.)*'|`[^`]*`")
_DASHBOARD_LABEL = "grafana_dashboard"


@rule(
    "promql",
    title="An alert or recording rule has an invalid query or duration",
    source="https://prometheus.io/docs/prometheus/latest/querying/basics/",
    fails="""
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: orders}
        spec:
          groups:
            - name: orders
              rules: [{alert: Down, expr: 'sum(up{job="orders"} == 0'}]
    """,
    passes="""
        apiVersion: monitoring.coreos.com/v1
        kind: PrometheusRule
        metadata: {name: orders}
        spec:
          groups:
            - name: orders
              rules: [{alert: Down, expr: 'sum(up{job="orders"}) == 0'}]
    """,
)
def promql(inventory: Inventory) -> Iterator[Problem | Unjudged]:
    """Prometheus does not load any rule of the file, or the operator rejects it, so none of its alerts fires."""
    for document in inventory.of_kind("PrometheusRule"):
        for at, group in enumerate(documents.mappings(document, "spec", "groups")):
            for position, each in enumerate(documents.mappings(group, "rules")):
                path = ("spec", "groups", at, "rules", position)
                yield from _of_rule(document, each, path)


@rule(
    "dashboard-json",
    title="A dashboard is invalid, or has an invalid query",
    source="https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/",
    fails="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, labels: {grafana_dashboard: "1"}}
        data: {orders.json: '{"title": "Orders", "panels": [}'}
    """,
    passes="""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: orders, labels: {grafana_dashboard: "1"}}
        data: {orders.json: '{"title": "Orders", "panels": []}'}
    """,
)
def dashboard_json(inventory: Inventory) -> Iterator[Problem]:
    """Grafana does not load a dashboard that is not a JSON object. A panel with an invalid query shows an error."""
    for document, path, text in _dashboards(inventory):
        name = path[-1]
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as error:
            where = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
            yield Problem(document, f"{name} is not valid JSON{where}", fix="correct it", field=path)
            continue
        if not isinstance(content, dict):
            yield Problem(document, f"{name} is not a map", fix="write a dashboard", field=path)
            continue
        for title, query in _queries(content):
            wrong = _parse_error(query)
            if wrong and not _is_newer(query, wrong):
                message = f"panel {title!r} of {name} has a query that does not parse: {wrong}"
                yield Problem(document, message, fix="correct the query", field=path)


def _of_rule(document: Document, each: Document, path: Path) -> Iterator[Problem | Unjudged]:
    name = documents.text(each, "alert") or documents.text(each, "record") or "(no name)"
    query = documents.text(each, "expr")
    error = _parse_error(query) if "expr" in each and not isinstance(each["expr"], int | float) else ""
    if error and _is_newer(query, error):
        yield Unjudged(
            document,
            f"the query of {name} may use syntax that is newer than the parser: {error}",
            field=(*path, "expr"),
        )
    elif error:
        message = f"the query of {name} does not parse: {error}"
        yield Problem(document, message, fix="correct the query", field=(*path, "expr"))
    for field in ("for", "keep_firing_for"):
        duration = documents.text(each, field)
        if duration and not _DURATION.fullmatch(duration):
            message = f"{field} of {name} is {duration!r}, which is not a duration"
            yield Problem(document, message, fix="write a duration such as 5m or 1h30m", field=(*path, field))


def _parse_error(query: str) -> str:
    """Return why a query does not parse, or an empty text if it parses."""
    # This import takes longer than all other rules, so it runs only if there is a query.
    import promql_parser  # noqa: PLC0415

    try:
        promql_parser.parse(query)
    except ValueError as error:
        return " ".join(str(error).split())
    return ""


def _is_newer(query: str, error: str) -> bool:
    """Whether Prometheus may know syntax that the parser does not know: a new function, modifier or regex."""
    function = _UNKNOWN_FUNCTION.search(error)
    if function is not None:
        return not get_close_matches(function[1], _FUNCTIONS.split(), cutoff=0.8)
    return bool(_NEWER.search(query)) or "regex" in error


def _dashboards(inventory: Inventory) -> Iterator[tuple[Document, tuple[str, ...], str]]:
    for document in inventory.of_kind("ConfigMap"):
        marked = _DASHBOARD_LABEL in documents.mapping(document, "metadata", "labels")
        if marked or "dashboard" in documents.name(document):
            for name, text in documents.text_map(document, "data").items():
                if name.endswith(".json"):
                    yield document, ("data", name), text
    for document in inventory.of_kind("GrafanaDashboard"):
        if isinstance(documents.at(document, "spec", "json"), str):
            yield document, ("spec", "json"), documents.text(document, "spec", "json")


def _queries(dashboard: Document) -> Iterator[tuple[str, str]]:
    """Yield the title of each panel with its PromQL queries, in which the variables of Grafana are replaced."""
    rows = [each for row in documents.mappings(dashboard, "rows") for each in documents.mappings(row, "panels")]
    above = [*documents.mappings(dashboard, "panels"), *rows]
    inside = [each for row in above for each in documents.mappings(row, "panels")]
    for panel in (*above, *inside):
        for target in documents.mappings(panel, "targets"):
            source = documents.text(target, "datasource", "type") or documents.text(panel, "datasource", "type")
            query = _GRAFANA.sub("5m", documents.text(target, "expr"))
            if source == "prometheus" and query and "$" not in _IN_QUOTES.sub("", query) and "[[" not in query:
                yield documents.text(panel, "title"), query

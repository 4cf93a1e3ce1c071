"""The dashboard in the cluster: a ConfigMap that Grafana's sidecar finds by its labels."""

from collections.abc import Callable, Mapping
from dataclasses import field

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.rendering import rendered
from kubestock.kube.tree import Group, required_namespace
from kubestock.monitoring.dashboard.database import database
from kubestock.monitoring.dashboard.gateway import gateway
from kubestock.monitoring.dashboard.grafana import dashboard_json, uid_of
from kubestock.monitoring.dashboard.namespace import namespace as of_namespace
from kubestock.monitoring.dashboard.overview import overview
from kubestock.monitoring.dashboard.panels import Row
from kubestock.monitoring.dashboard.programs import programs
from kubestock.monitoring.dashboard.selectors import sent
from kubestock.monitoring.dashboard.services import golden_signals
from kubestock.monitoring.metrics import check_known_metrics
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.values.labels import Labels, label_map
from kubestock.values.value import Value, checked
from kubestock.workload.configmap import MAX_BYTES

FOLDER = "grafana_folder"


class Sidecar(Value):
    """How Grafana's sidecar finds a dashboard, and the folder that it belongs to.

    Args:
        labels: the labels by which the sidecar finds it. Defaults to `grafana_dashboard: "1"`, as in Grafana's chart.
        folder: the folder in Grafana, as the annotation `grafana_folder`. Defaults to Grafana's default folder.

    Raises:
        ConfigurationError: if there is no label, or a label is invalid.
    """

    labels: Mapping[str, str] = field(default_factory=lambda: {"grafana_dashboard": "1"})
    folder: str | None = None

    def check(self) -> None:
        if not self.labels:
            raise ConfigurationError(
                "labels of the sidecar must be those by which it finds dashboards, such as {'grafana_dashboard': '1'}; "
                "without one, Grafana does not load the dashboard"
            )
        label_map("labels of the sidecar", self.labels)


class GrafanaDashboard(Group):
    """A ConfigMap `<product>-dashboard` that Grafana's sidecar loads: golden signals of a product and its gateway.

    The sidecar must search the namespace (`sidecar.dashboards.searchNamespace` of Grafana's chart). It writes the
    dashboards of all namespaces to one folder, so the key is `<namespace>-<product>.json`, which is unique in the
    cluster; the dashboard's uid is the same text.

    Args:
        scope: a construct in a chart.
        id: the id of the construct.
        product: the product that is shown, or a function that returns it when the chart is written. Every query is
            restricted to its namespace. `labels` must name the product, and the chart must have its namespace.
        objective: the objective of every service, drawn as a line in the panels of failures and latency.
        thresholds: the thresholds of the alerts, drawn as lines in the panels of CPU, memory, throttling, quota and
            databases.
        labels: labels of the owner.
        sidecar: how Grafana's sidecar finds the dashboard.
        links: by title, the URLs of links at the top of the dashboard: runbooks, guides. Defaults to none.
        extra_rows: rows below the others. Defaults to none.
        program_metrics: names of metrics that the programs of the product export, for queries in those rows, in
            addition to the metrics in `exports` of its services. Defaults to none.

    Raises:
        ConfigurationError: if a query is not valid PromQL or reads an unknown metric, two titles are equal, a link is
            not an http URL, or the JSON exceeds 1 MiB, the limit of the API server.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        product: MonitoredProduct | Callable[[], MonitoredProduct],
        objective: Objective,
        labels: Labels,
        thresholds: Thresholds = Thresholds(),
        sidecar: Sidecar = Sidecar(),
        links: Mapping[str, str] | None = None,
        extra_rows: tuple[Row, ...] = (),
        program_metrics: tuple[str, ...] = (),
    ) -> None:
        for title, address in (links or {}).items():
            if not title.strip() or not address.startswith(("https://", "http://")):
                raise ConfigurationError(f"links must be titles with http URLs, got {title!r}: {address!r}")
        super().__init__(scope, id)
        known = None if callable(product) else product
        name = labels.name if known is None else known.name
        namespace = required_namespace(self, "GrafanaDashboard") if known is None else known.namespace
        self.uid = uid_of(f"{namespace}-{name}")
        self._product, self._objective, self._thresholds = product, objective, thresholds
        self._extra_rows, self._program_metrics, self._links = extra_rows, program_metrics, dict(links or {})
        if known is not None:
            _ = self.json
        annotations = {} if sidecar.folder is None else {FOLDER: sidecar.folder}
        self.object = KubeObject(
            self,
            "ConfigMap",
            manifest=k8s.KubeConfigMap.manifest(
                metadata=meta(f"{name}-dashboard", {**labels.metadata, **sidecar.labels}, annotations)
            ),
            body=lambda: {"data": {f"{self.uid}.json": self.json}},
        )

    @property
    def json(self) -> str:
        """The dashboard as JSON for Grafana, from what is known at this time."""
        return rendered((self, "json"), self._json)

    def _json(self) -> str:
        product = self._product() if callable(self._product) else self._product
        objective, thresholds = self._objective, self._thresholds
        behind_kong = (
            overview(product, objective, thresholds),
            golden_signals(product, objective, thresholds),
            gateway(product, thresholds),
        )
        rows = (
            *(behind_kong if product.gateway is not None else ()),
            *programs(product, thresholds),
            *database(product, thresholds),
            of_namespace(product, thresholds),
            *self._extra_rows,
        )
        own = product.program_metrics.union(self._program_metrics)
        for expression in (query.expression for row in rows for panel in row.panels for query in panel.queries):
            check_known_metrics(sent(expression), own)
        text = dashboard_json(product, rows, self._links, uid=self.uid)
        size = len(text.encode())
        if size > MAX_BYTES:
            raise ConfigurationError(
                f"the dashboard of {product.name!r} must have at most {MAX_BYTES} bytes, got {size}; split it"
            )
        return text

"""The dashboard in the cluster: a ConfigMap that Grafana's sidecar finds by its label."""

from collections.abc import Mapping

from cdk8s_plus_27 import k8s
from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.scope import unused_id
from kubestock.monitoring.dashboard.gateway import gateway
from kubestock.monitoring.dashboard.grafana import dashboard_json, uid_of
from kubestock.monitoring.dashboard.namespace import namespace
from kubestock.monitoring.dashboard.overview import overview
from kubestock.monitoring.dashboard.panels import Row
from kubestock.monitoring.dashboard.product import WatchedProduct
from kubestock.monitoring.dashboard.selectors import sent
from kubestock.monitoring.dashboard.services import golden_signals
from kubestock.monitoring.metrics import refuse_unknown
from kubestock.values import names
from kubestock.values.labels import Labels, label_map
from kubestock.values.types import typed
from kubestock.workload.configmap import MAX_BYTES

SIDECAR: Mapping[str, str] = {"grafana_dashboard": "1"}
FOLDER = "grafana_folder"


class GrafanaDashboard(Construct):
    """A ConfigMap `<name>-dashboard`, which Grafana's sidecar loads: golden signals of a product and its gateway.

    The sidecar must look into the namespace (`sidecar.dashboards.searchNamespace` of Grafana's chart). It writes
    the dashboards of all namespaces into one folder, so the key is `<namespace>-<name>.json`, unique in the
    cluster; the same text is the dashboard's uid.

    Args:
        scope: within a chart.
        id: of the construct.
        name: of the product's dashboard; `-dashboard` is added for the object.
        product: what is shown.
        labels: whose the object is.
        sidecar: the label by which the sidecar finds it. Defaults to `grafana_dashboard: "1"`.
        folder: in Grafana, as the annotation `grafana_folder`. Defaults to Grafana's own choice.
        further: rows of one's own, below the others. Defaults to none.
        own_metrics: names that the product's programs export, for the queries of those rows. Defaults to none.

    Raises:
        ConfigurationError: if a label is malformed, a query is no PromQL or reads a metric that nothing exports,
            two titles collide, or the JSON exceeds 1 MiB, which is what the API server accepts.
    """

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        product: WatchedProduct,
        labels: Labels,
        sidecar: Mapping[str, str] = SIDECAR,
        folder: str | None = None,
        further: tuple[Row, ...] = (),
        own_metrics: tuple[str, ...] = (),
    ) -> None:
        names.dns_label("name", name)
        if not sidecar:
            raise ConfigurationError(
                "sidecar must be the label that Grafana's sidecar looks for, such as "
                "{'grafana_dashboard': '1'}; nobody would load the dashboard"
            )
        found_by = label_map("sidecar", sidecar)
        self.uid = uid_of(f"{product.namespace}-{name}")
        rows = (overview(product), golden_signals(product), gateway(product), namespace(product), *further)
        for expression in (query.expression for row in rows for panel in row.panels for query in panel.queries):
            refuse_unknown(sent(expression), frozenset(own_metrics))
        self.json = dashboard_json(product, rows, uid=self.uid, title=f"{product.name}: {product.namespace}")
        size = len(self.json.encode())
        if size > MAX_BYTES:
            raise ConfigurationError(f"dashboard {name!r} must hold at most {MAX_BYTES} bytes, got {size}; split it")
        super().__init__(scope, unused_id(scope, id))
        annotations = {} if folder is None else {FOLDER: folder}
        self.object = KubeObject(
            self,
            "ConfigMap",
            manifest=k8s.KubeConfigMap.manifest(
                metadata=meta(f"{name}-dashboard", {**labels.metadata, **found_by}, annotations),
                data={f"{self.uid}.json": self.json},
            ),
        )

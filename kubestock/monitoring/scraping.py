"""Which pods Prometheus scrapes, and where."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import monitoring
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group
from kubestock.monitoring.durations import seconds_of
from kubestock.monitoring.relabeling import KeepValues
from kubestock.values.labels import label_map
from kubestock.values.numbers import whole
from kubestock.values.value import Value, checked
from kubestock.workload.workload import Workload


class Scrape(Value):
    """How often and how much.

    Args:
        interval: between two scrapes. Defaults to 30s.
        timeout: of one. Defaults to 10s.
        sample_limit: a scrape with more series, once `keep` has dropped some, is dropped whole, and `up` is 0, so that
            a program that makes a series for each user cannot fill Prometheus. Defaults to 5000.

    Raises:
        ConfigurationError: if a timeout is not shorter than the interval, which the operator refuses.
    """

    interval: str = "30s"
    timeout: str = "10s"
    sample_limit: int = 5000

    def check(self) -> None:
        whole("sample_limit", self.sample_limit, minimum=1)
        if seconds_of("timeout", self.timeout) >= seconds_of("interval", self.interval):
            raise ConfigurationError(f"timeout must be shorter than the interval ({self.interval}), got {self.timeout}")


class PodMonitor(Group):
    """A PodMonitor over the metrics ports of a workload's pods, of which the operator makes scrape jobs.

    Pods are scraped, and not Services: a Service's scrape would add a label `service` of its own and rename the
    one that Kong's metrics carry. The job is called `<namespace>/<workload>`.

    Args:
        scope: the chart.
        id: of the construct.
        workload: whose ports with a `metrics_path` are scraped. Its network policy lets the scraper in, because
            its `Platform` names one.
        scrape: how often and how much.
        keep: of which series no more than these are stored, such as those of the paths that are known. Defaults to all
            series.
        labels: further labels, by which a Prometheus selects its monitors. Defaults to none.

    Raises:
        ConfigurationError: if the workload has no metrics port, or lets no scraper in.

    See https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.PodMonitor
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        workload: Workload,
        scrape: Scrape = Scrape(),
        keep: Sequence[KeepValues] = (),
        labels: Mapping[str, str] | None = None,
    ) -> None:
        ports = [port for port in workload.template.ports() if port.metrics_path is not None]
        if not ports:
            raise ConfigurationError(
                f"{workload.name!r} has no port with metrics; give the port that serves them a metrics_path"
            )
        if workload.scraper is None:
            raise ConfigurationError(
                f"the network policy of {workload.name!r} lets no scraper in; name it in Platform(scraper=…)"
            )
        super().__init__(scope, id)
        spec = monitoring.PodMonitorSpec(
            selector=monitoring.PodMonitorSpecSelector(match_labels=dict(workload.labels.selector)),
            namespace_selector=monitoring.PodMonitorSpecNamespaceSelector(match_names=[workload.namespace]),
            pod_metrics_endpoints=[
                monitoring.PodMonitorSpecPodMetricsEndpoints(
                    port=port.name,
                    path=port.metrics_path,
                    interval=scrape.interval,
                    scrape_timeout=scrape.timeout,
                    metric_relabelings=[each.to_kube() for each in keep] or None,
                )
                for port in ports
            ],
            sample_limit=scrape.sample_limit,
        )
        further = label_map("labels", labels or {})
        metadata = meta(workload.name, {**workload.labels.metadata, **further})
        manifest = head("monitoring.coreos.com/v1", "PodMonitor", metadata)
        self.object = KubeObject(self, "PodMonitor", manifest=manifest, body=lambda: {"spec": spec})

"""Which pods Prometheus scrapes, and at which ports and paths."""

from collections.abc import Mapping, Sequence

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import monitoring, to_manifest
from kubestock.kube.objects import KubeObject, head, meta
from kubestock.kube.tree import Group
from kubestock.monitoring.durations import seconds_of
from kubestock.monitoring.relabeling import KeepValues
from kubestock.values.labels import label_map
from kubestock.values.numbers import whole
from kubestock.values.value import Value, checked
from kubestock.workload.ports import Port
from kubestock.workload.workload import Workload


class Scrape(Value):
    """The interval and the limits of a scrape.

    Args:
        interval: the time between two scrapes. Defaults to 30s.
        timeout: the timeout of a scrape. Defaults to 10s.
        sample_limit: the maximum number of series of a scrape, after `keep` has dropped some. A scrape with more is
            dropped completely, and `up` is 0, so that a program with a series for each user cannot fill Prometheus.
            Defaults to 5000.

    Raises:
        ConfigurationError: if the timeout is not shorter than the interval, which the operator refuses.
    """

    interval: str = "30s"
    timeout: str = "10s"
    sample_limit: int = 5000

    def check(self) -> None:
        whole("sample_limit", self.sample_limit, minimum=1)
        if seconds_of("timeout", self.timeout) >= seconds_of("interval", self.interval):
            raise ConfigurationError(f"timeout must be shorter than the interval ({self.interval}), got {self.timeout}")


class PodMonitor(Group):
    """A PodMonitor for the metrics ports of a workload's pods, from which the operator creates scrape jobs.

    It scrapes pods, not Services: a scrape of a Service would add a label `service` and rename the label `service` of
    Kong's metrics. The name of the job is `<namespace>/<workload>`.

    Args:
        scope: the chart.
        id: the id of the construct.
        workload: the workload whose ports with a `metrics_path` are scraped. Its network policy allows the scraper,
            which its `Platform` must have.
        scrape: the interval and the limits of a scrape.
        keep: which series are stored, such as those of known paths. Defaults to all series.
        labels: additional labels, by which Prometheus selects its monitors. Defaults to none.

    Raises:
        ConfigurationError: if the workload has no metrics port, or its network policy does not allow a scraper.

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
        ports = _scraped_ports(workload)
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
        extra = label_map("labels", labels or {})
        metadata = meta(workload.name, {**workload.labels.metadata, **extra})
        manifest = head("monitoring.coreos.com/v1", "PodMonitor", metadata)
        self.object = KubeObject(self, "PodMonitor", manifest=manifest, body=lambda: {"spec": spec})


class ServiceMonitor(Group):
    """A ServiceMonitor for the metrics ports of a workload's Service, if Prometheus does not select PodMonitors.

    Prometheus still scrapes each pod behind the Service. Their series have the name of the Service as `job` and
    `service`; those of a PodMonitor have the job `<namespace>/<workload>`.

    Args:
        scope: the chart.
        id: the id of the construct.
        workload: the workload whose ports with a `metrics_path` are scraped. Its network policy allows the scraper,
            which its `Platform` must have.
        scrape: the interval and the limits of a scrape.
        keep: which series are stored. Defaults to all series.
        labels: additional labels, by which Prometheus selects its monitors. Defaults to none.

    Raises:
        ConfigurationError: if the workload has no metrics port, its network policy does not allow a scraper, or such a
            port does not belong to exactly one Service.

    See https://prometheus-operator.dev/docs/api-reference/api/#monitoring.coreos.com/v1.ServiceMonitor
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
        ports = _scraped_ports(workload)
        for port in ports:
            _require_one_service(workload, port)
        super().__init__(scope, id)
        spec = {
            "selector": {"matchLabels": {"app": workload.name, "app.kubernetes.io/name": workload.name}},
            "namespaceSelector": {"matchNames": [workload.namespace]},
            "endpoints": [_endpoint(port, scrape, keep) for port in ports],
            "sampleLimit": scrape.sample_limit,
        }
        extra = label_map("labels", labels or {})
        metadata = meta(workload.name, {**workload.labels.metadata, **extra})
        manifest = head("monitoring.coreos.com/v1", "ServiceMonitor", metadata)
        self.object = KubeObject(self, "ServiceMonitor", manifest=manifest, body=lambda: {"spec": spec})


def _require_one_service(workload: Workload, port: Port) -> None:
    workload.address(workload.namespace, port.name)
    offered = [each for service in workload.services for each in service.to_json()["spec"]["ports"]]
    if sum(each["name"] == port.name for each in offered) > 1:
        raise ConfigurationError(
            f"port {port.name!r} of {workload.name!r} must belong to one Service, or a ServiceMonitor scrapes each "
            "pod more than once; set the ports of the other Services, or use a PodMonitor"
        )


def _endpoint(port: Port, scrape: Scrape, keep: Sequence[KeepValues]) -> dict[str, object]:
    relabelings = [to_manifest(each.to_kube()) for each in keep]
    return {
        "port": port.name,
        "path": port.metrics_path,
        "interval": scrape.interval,
        "scrapeTimeout": scrape.timeout,
        **({"metricRelabelings": relabelings} if relabelings else {}),
    }


def _scraped_ports(workload: Workload) -> list[Port]:
    ports = [port for port in workload.template.ports() if port.metrics_path is not None]
    if not ports:
        raise ConfigurationError(
            f"{workload.name!r} must have a port with metrics; give the port that serves them a metrics_path"
        )
    if workload.scraper is None:
        raise ConfigurationError(
            f"the network policy of {workload.name!r} must allow a scraper; set it in Platform(scraper=…)"
        )
    return ports

"""Alerts on missing metrics, without which no other alert can fire."""

from kubestock.monitoring.alert import Alert, AlertGroup
from kubestock.monitoring.product import MonitoredProduct

_TARGET = "namespace, job, pod, endpoint"


def scraping(product: MonitoredProduct) -> AlertGroup:
    """Return the alerts on pods that cannot be scraped, workloads without targets, and missing exporters."""
    alerts = [
        Alert(
            name="ScrapeFails",
            expression=f"min by (namespace, job, pod) (up{{{product.here}}} unless on ({_TARGET}) "
            f"scrape_samples_scraped{{{product.here}}} > 0) == 0",
            for_="10m",
            severity="warning",
            summary="Prometheus cannot scrape {{ $labels.pod }} of {{ $labels.job }}",
            description="No alert on its metrics can fire. Check that the pod responds, and that Prometheus may reach "
            "it.",
            runbook="ScrapeFails.md",
        ),
        Alert(
            name="ScrapeCutOff",
            # A scrape above the sample limit is dropped completely, but its samples are counted.
            expression="max by (namespace, job, pod) "
            f"(scrape_samples_post_metric_relabeling{{{product.here}}} and on ({_TARGET}) "
            f"up{{{product.here}}} == 0) > 0",
            for_="10m",
            severity="warning",
            summary="Prometheus drops the {{ $value | humanize }} samples of {{ $labels.pod }} of {{ $labels.job }}",
            description="No alert on its metrics can fire. It probably has more series than the sample limit.",
            runbook="ScrapeCutOff.md",
        ),
        Alert(
            name="ClusterMetricsMissing",
            expression=" or ".join(
                f'label_replace(absent({metric}), "exporter", "{exporter}", "", "")'
                for exporter, metric in (
                    ("kube-state-metrics", f"kube_pod_status_phase{{{product.here}}}"),
                    ("cAdvisor", f"container_memory_working_set_bytes{{{product.here}}}"),
                    ("node_exporter", "node_filesystem_avail_bytes"),
                )
            ),
            for_="10m",
            severity="critical",
            summary=f"Prometheus has no metrics from {{{{ $labels.exporter }}}} about {product.namespace}",
            description="Most alerts cannot fire until it is back. Look at its pods, and at the targets of Prometheus.",
            runbook="ClusterMetricsMissing.md",
        ),
    ]
    if jobs := [f"{product.namespace}/{each.name}" for each in product.services if each.scraped]:
        alerts.append(
            Alert(
                name="ScrapeTargetMissing",
                expression=" or ".join(f'absent(up{{{product.here},job="{job}"}})' for job in jobs),
                for_="10m",
                severity="warning",
                summary="Prometheus scrapes no pod of {{ $labels.job }}",
                description="If it has pods, check that Prometheus selects its PodMonitor.",
                runbook="ScrapeTargetMissing.md",
            )
        )
    return AlertGroup(name="scraping", alerts=tuple(alerts))

"""The last row: the quota of the namespace, and pods that do not run."""

from kubestock.monitoring.dashboard.panels import Panel, Query, Row, alert_line
from kubestock.monitoring.dashboard.selectors import Selectors
from kubestock.monitoring.product import MonitoredProduct
from kubestock.monitoring.thresholds import Thresholds


def namespace(product: MonitoredProduct, thresholds: Thresholds) -> Row:
    """Return the quota and the state of all pods, which do not depend on the selected services."""
    on = Selectors(namespace=product.namespace)
    used, hard = (f"max by (resource) (kube_resourcequota{on.all(match)})" for match in ('type="used"', 'type="hard"'))
    return Row(
        title="Namespace",
        panels=(
            Panel(
                title="Quota used",
                description="What is taken of each amount that the quota admits. Normal is below the line, where "
                "the alert begins to count; at 100 % no pod can start, so no rollout and no autoscaler moves.",
                unit="percentunit",
                queries=(Query(expression=f"{used} / ({hard} > 0)", legend="{{resource}}"),),
                thresholds=alert_line(thresholds.quota_percent),
                highest=1.0,
            ),
            Panel(
                title="Pods by phase",
                description="All pods of the namespace. Normal is Running; Pending for minutes is a full cluster or a "
                "full quota.",
                unit="short",
                decimals=0,
                queries=(
                    Query(expression=f"sum by (phase) (kube_pod_status_phase{on.all()}) > 0", legend="{{phase}}"),
                ),
                stacked=True,
            ),
            Panel(
                title="Containers that wait, by reason",
                description="Containers that do not run, and why. Normal is none; ImagePullBackOff is a tag or a pull "
                "secret, CrashLoopBackOff a program that ends.",
                unit="short",
                decimals=0,
                queries=(
                    Query(
                        expression=f"sum by (reason) (kube_pod_container_status_waiting_reason{on.all()}) > 0",
                        legend="{{reason}}",
                    ),
                ),
                stacked=True,
            ),
        ),
    )

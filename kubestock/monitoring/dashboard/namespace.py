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
                description="Usage of each resource of the quota. Normal is below the line, at which the alert begins "
                "to count; at 100 % no new pod can start, so rollouts and autoscalers stop.",
                unit="percentunit",
                queries=(Query(expression=f"{used} / ({hard} > 0)", legend="{{resource}}"),),
                thresholds=alert_line(thresholds.quota_percent),
                highest=1.0,
            ),
            Panel(
                title="Pods by phase",
                description="All pods of the namespace. Normal is Running; pods that are Pending for minutes mean a "
                "full cluster or a full quota.",
                unit="short",
                decimals=0,
                queries=(
                    Query(expression=f"sum by (phase) (kube_pod_status_phase{on.all()}) > 0", legend="{{phase}}"),
                ),
                stacked=True,
            ),
            Panel(
                title="Waiting containers, by reason",
                description="Containers that do not run, by reason. Normal is none; ImagePullBackOff means a wrong "
                "tag or pull secret, CrashLoopBackOff a program that exits.",
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

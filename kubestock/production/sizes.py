"""The sizes of KubeStock's services."""

from kubestock.product.size import PAGE_SIZE, Size
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.resources import ContainerResources

BACKEND_SIZE = Size(
    resources=ContainerResources.of(cpu=("50m", "200m"), memory=("128Mi", "256Mi")),
    scaling=Autoscaler(min_replicas=2, max_replicas=8, cpu_percent=70, memory_percent=80),
)
FRONTEND_SIZE = PAGE_SIZE

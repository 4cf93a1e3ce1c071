"""The resources and the number of pods of a service."""

from kubestock.values.value import Value
from kubestock.workload.autoscaling import Autoscaler, Scaling
from kubestock.workload.resources import ContainerResources


class Size(Value):
    """The resources of one pod, and the number of pods.

    Args:
        resources: the requests and limits of its main container.
        scaling: a fixed number of pods, or an autoscaler.
    """

    resources: ContainerResources
    scaling: Scaling


PAGE_SIZE = Size(
    resources=ContainerResources.of(cpu=("25m", "100m"), memory=("64Mi", "128Mi")),
    scaling=Autoscaler(min_replicas=2, max_replicas=6, cpu_percent=80, memory_percent=80),
)
"""The default size of an nginx that serves the files of a page."""

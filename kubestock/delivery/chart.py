"""The delivery of an environment: a chart with its AppProject and its Application."""

from dataclasses import replace

from constructs import Construct

from kubestock.app.chart import Chart
from kubestock.delivery.application import ApplicationSource, ArgoApplication, Notifications, Retry
from kubestock.delivery.project import ArgoProject
from kubestock.delivery.windows import SyncWindow
from kubestock.kube.objects import manifests
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.value import Value, checked


class DeliverySettings(Value):
    """How Argo CD delivers an environment; a person starts every sync.

    Args:
        source: the folder of the repository with the output of `cdk8s synth`. Its `include` defaults to the file of the
            environment.
        namespace: the namespace of Argo CD. Defaults to argocd.
        windows: when a sync is allowed. Defaults to always.
        sync_groups: groups that may sync and roll back. Defaults to none: the policy of Argo CD applies.
        retry: how Argo CD retries a failed sync.
        notifications: the subscriptions to notifications. Defaults to none.
    """

    source: ApplicationSource
    namespace: str = "argocd"
    windows: tuple[SyncWindow, ...] = ()
    sync_groups: tuple[str, ...] = ()
    retry: Retry = Retry()
    notifications: Notifications = Notifications()

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)


class DeliveryChart(Chart):
    """A chart with the AppProject and the Application that deliver another chart.

    An administrator of Argo CD applies it once, and again when the kinds of the manifests or the windows change.

    Args:
        scope: an app with a folder of its own: an Application that contained itself could not be rolled back.
        id: the id of the chart, which is also the name of its file.
        settings: the settings of the delivery.
        name: the name of both objects.
        labels: labels of the owner.
        shipped: the other chart. Its namespace is the destination; its objects are read when this chart is written.
            Unless the source has an `include`, the Application syncs the file of that chart only: it does not sync
            itself, and charts in the same folder do not sync each other's objects.

    Raises:
        ConfigurationError: when the chart is written, if the AppProject does not permit one of the objects.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        settings: DeliverySettings,
        name: str,
        labels: Labels,
        shipped: Chart,
    ) -> None:
        super().__init__(scope, id, namespace=settings.namespace)
        source = replace(settings.source, include=settings.source.include or shipped.file_name)
        destination = shipped.namespace
        found = lambda: manifests(shipped)  # noqa: E731  # read when this chart is written
        self.project = ArgoProject(
            self,
            "project",
            name=name,
            repo_url=source.repo_url,
            manifests=found,
            destination=destination,
            labels=labels,
            namespace=settings.namespace,
            windows=settings.windows,
            sync_groups=settings.sync_groups,
        )
        self.application = ArgoApplication(
            self,
            "application",
            name=name,
            project=self.project,
            source=source,
            manifests=found,
            destination=destination,
            labels=labels,
            namespace=settings.namespace,
            retry=settings.retry,
            notifications=settings.notifications,
        )

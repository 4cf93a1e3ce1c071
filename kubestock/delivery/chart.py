"""How an environment is shipped: what Argo CD may do."""

from dataclasses import replace

from constructs import Construct

from kubestock.app.chart import Chart
from kubestock.delivery.application import ArgoApplication, Notifications, Retry, Source
from kubestock.delivery.project import ArgoProject
from kubestock.delivery.windows import SyncWindow
from kubestock.kube.objects import manifests
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.value import Value, checked


class DeliverySettings(Value):
    """How Argo CD ships an environment; a person starts every sync.

    Args:
        source: the folder of the repository that `cdk8s synth` writes. Its `include` defaults to the file of the
            environment.
        namespace: where Argo CD is. Defaults to argocd.
        windows: when a sync is allowed. Defaults to always.
        syncers: groups that may sync and roll back. Defaults to none: those of Argo CD's own policy.
        retry: of a sync that failed.
        notifications: Defaults to none.
    """

    source: Source
    namespace: str = "argocd"
    windows: tuple[SyncWindow, ...] = ()
    syncers: tuple[str, ...] = ()
    retry: Retry = Retry()
    notifications: Notifications = Notifications()

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)


class DeliveryChart(Chart):
    """The AppProject and the Application of what another chart emits.

    It is applied once, by whoever administers Argo CD, and again when the kinds or the windows change.

    Args:
        scope: an app of its own folder: an Application that contained itself could not be rolled back.
        id: of the chart, and the name of its file.
        settings: how it is shipped.
        name: of both objects.
        labels: of the owner.
        shipped: the other chart, whose namespace is the destination; what it holds is read when this chart is
            written. Unless the source says what it includes, that is the file of this chart alone: an Application
            never ships itself, and charts that share a folder do not ship one another's objects.

    Raises:
        ConfigurationError: when it is written, if the project could not ship one of the objects.
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
            repository=source.repository,
            manifests=found,
            destination=destination,
            labels=labels,
            namespace=settings.namespace,
            windows=settings.windows,
            syncers=settings.syncers,
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

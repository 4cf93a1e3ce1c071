"""The chart with everything of KubeStock."""

from constructs import Construct

from kubestock.namespace.quota import LargestRollout
from kubestock.product import Product
from kubestock.product.connections import describe
from kubestock.production.gateway import add_gateway, add_routes
from kubestock.production.services import BACKENDS, FRONTEND, Backend, Frontend, Shared
from kubestock.production.settings import Settings
from kubestock.secrets.aws import AwsKeys
from kubestock.values.references import SecretRef
from kubestock.values.value import checked
from kubestock.workload.callees import Database
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.env import EnvFrom

CONNECTIONS = "kubestock/database-connections"
"""An annotation of the quota with the number of database connections at the largest rollout."""


class ProductionChart(Product):
    """KubeStock: its backends with their calls, the frontend, and everything that a `Product` adds.

    Args:
        scope: the app.
        id: the id of the chart, which is also the name of its file.
        settings: the settings of the environment.

    Raises:
        ConfigurationError: if a setting is invalid. `App.synth` checks what depends on the whole chart, before it
            writes a file.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(
            scope,
            id,
            environment=settings.environment,
            name=settings.part_of,
            namespace=settings.namespace,
            images=settings.images,
            secrets=settings.secrets,
            viewers=settings.viewers,
            operators=settings.operators,
            scraper=settings.scraper,
            pull_secrets=(settings.pull_secret,),
            priority=settings.priority,
            quota=LargestRollout(headroom_percent=settings.quota_headroom_percent),
            provided=settings.provided,
            api_server=settings.api_server,
            api_server_port=settings.api_server_port,
            managed_by="kubestock",
        )
        self._settings = settings
        if self.quota is not None:
            self.quota.object.metadata.add_annotation(CONNECTIONS, f"at most {describe(settings.pool_demands)}")
        self._add_pull_secret()
        self.backends = self._add_backends()
        self.frontend = self._add_frontend()
        self._add_gateway()
        self._add_monitoring()

    def _add_pull_secret(self) -> None:
        settings = self._settings
        if settings.aws_keys is None:
            return
        keys = self.secret(settings.aws_keys, keys=["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
        registries = sorted({image.repository.partition("/")[0] for image in settings.images.values()})
        self.ecr_pull_secret(settings.pull_secret, registries=registries, credentials=AwsKeys(keys))

    def _add_backends(self) -> dict[str, Backend]:
        shared = self._shared()
        made = {each.NAME: self._backend(each, shared) for each in BACKENDS}
        for backend in made.values():
            self.add(backend)
            backend.connect(made)
        return made

    def _shared(self) -> Shared:
        settings = self._settings
        return Shared(
            platform=self.platform,
            jwt_secret=self.secret("jwt-signing", keys=["JWT_SECRET"])["JWT_SECRET"],
            database=Database("database", addresses=settings.database),
            provider=settings.identity_provider,
            log_level=settings.log_level,
            env_from=self._flags(),
        )

    def _backend(self, kind: type[Backend], shared: Shared) -> Backend:
        settings, name = self._settings, kind.NAME
        return kind(
            self,
            name,
            image=settings.images[name],
            shared=shared,
            secrets={secret: self.secret(secret, keys=keys) for secret, keys in kind.needed_secrets().items()},
            size=settings.size(name),
            extra_secrets=self._further_secrets(name),
        )

    def _add_frontend(self) -> Frontend:
        settings = self._settings
        made = Frontend(
            self,
            FRONTEND,
            image=settings.images[FRONTEND],
            platform=self.platform,
            provider=settings.identity_provider,
            size=settings.size(FRONTEND),
        )
        self.add(made)
        return made

    def _add_gateway(self) -> None:
        settings = self._settings
        issuer = settings.identity_provider.issuer
        add_gateway(self, edge=settings.edge, issuer=issuer, smoke_test=settings.smoke_test)
        add_routes(self, settings.edge, self.backends, self.frontend)

    def _add_monitoring(self) -> None:
        monitoring, limit = self._settings.monitoring, self._settings.connection_limit
        self.monitoring(
            runbooks=monitoring.runbooks,
            objective=monitoring.objective,
            thresholds=monitoring.thresholds,
            metrics=monitoring.metrics,
            extra_alerts=monitoring.extra_alerts,
            scrape=monitoring.scrape,
            selected_by=monitoring.selected_by,
            alert_labels=monitoring.alert_labels,
            dashboard=monitoring.dashboard,
            database_connections=None if limit is None else limit.available,
        )

    def _flags(self) -> tuple[EnvFrom, ...]:
        flags = self._settings.flags
        if not flags:
            return ()
        labels = self.platform.labels("feature-flags", component="configuration")
        return (EnvFrom(source=ConfigMap(self, "flags", name="feature-flags", data=flags, labels=labels).ref),)

    def _further_secrets(self, service: str) -> tuple[SecretRef, ...]:
        return tuple(self.secret(name) for name in self._settings.extra_secrets.get(service, ()))

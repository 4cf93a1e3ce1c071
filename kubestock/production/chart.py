"""All of KubeStock in one chart."""

from constructs import Construct

from kubestock.app.chart import Chart
from kubestock.delivery.order import arrange
from kubestock.delivery.smoke import SmokeTest
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.monitoring.rules import PrometheusRules
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.quota import LargestRollout, NamespaceQuota
from kubestock.product.connections import describe
from kubestock.product.monitoring import add_monitoring, watched_product
from kubestock.production.delivery import add_smoke_test
from kubestock.production.gateway import add_gateway, add_routes
from kubestock.production.services import (
    Database,
    Frontend,
    IdentityService,
    InventoryService,
    OrderService,
    ProductService,
    Shared,
    SupplierService,
)
from kubestock.production.services.backend import CREDENTIALS, Backend
from kubestock.production.services.identity import CLIENT
from kubestock.production.settings import Settings
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.values.references import SecretRef
from kubestock.values.value import checked
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.env import EnvFrom
from kubestock.workload.platform import Platform
from kubestock.workload.priority import PriorityClass

_CONNECTIONS = "kubestock/database-connections"
"""On the quota, beside what else the largest rollout takes."""


class ProductionChart(Chart):
    """The namespace with its guardrails, secrets, six services with their calls, the gateway, and a quota for all.

    What watches it and a test after each sync are in it, too; its objects are in the order in which they can be
    applied, with the same order in waves for Argo CD.

    Args:
        scope: the app.
        id: of the chart, and the name of its file.
        settings: what the environment is.

    Raises:
        ConfigurationError: if anything of it could not work; what only the whole chart shows is refused by
            `App.synth`, before anything is written.
    """

    @checked
    def __init__(self, scope: Construct, id: str, *, settings: Settings) -> None:
        super().__init__(scope, id, namespace=settings.namespace, provided=settings.provided)
        self._settings = settings
        self._platform = Platform(
            part_of=settings.part_of,
            environment=settings.environment,
            pull_secrets=(settings.pull_secret,),
            scraper=settings.scraper,
            priority_class=settings.namespace,
        )
        self.guardrails = self._add_guardrails()
        self.secrets = self._add_secrets()
        self._add_services()
        self._wire()
        self.gateway = self._add_gateway()
        self.alerts = self._add_monitoring()
        self.smoke_test = self._add_smoke_test()
        self.quota = self._add_quota()
        arrange(self)

    def _add_guardrails(self) -> Guardrails:
        settings = self._settings
        labels = self._platform.labels(settings.part_of, component="namespace")
        guardrails = Guardrails(
            self, "guardrails", labels=labels, viewers=settings.viewers, operators=settings.operators
        )
        PriorityClass(
            self,
            "priority",
            labels=self._platform.labels(settings.namespace, component="namespace"),
            value=settings.priority,
            description=f"Pods of {settings.part_of} {settings.environment}",
        )
        return guardrails

    def _add_secrets(self) -> dict[str, SealedSecret]:
        store = self._settings.secrets
        return {
            name: SealedSecret(
                self,
                f"secret-{name}",
                secret=secret,
                certificates=store.certificates,
                labels=self._platform.labels(name, component="secret"),
            )
            for name, secret in sorted(store.secrets.items())
        }

    def _add_flags(self) -> tuple[EnvFrom, ...]:
        flags = self._settings.flags
        if not flags:
            return ()
        labels = self._platform.labels("feature-flags", component="configuration")
        return (EnvFrom(source=ConfigMap(self, "flags", name="feature-flags", data=flags, labels=labels).ref),)

    def _add_services(self) -> None:
        settings = self._settings
        images, size = settings.images, settings.size
        shared = Shared(
            platform=self._platform,
            jwt_secret=self._secret("jwt-signing", "JWT_SECRET")["JWT_SECRET"],
            log_level=settings.log_level,
            env_from=self._add_flags(),
        )
        self.product = ProductService(
            self,
            "ms-product",
            image=images["ms-product"],
            shared=shared,
            database=self._database("ms-product"),
            size=size("ms-product"),
            secrets=self._further_secrets("ms-product"),
        )
        self.inventory = InventoryService(
            self,
            "ms-inventory",
            image=images["ms-inventory"],
            shared=shared,
            database=self._database("ms-inventory"),
            size=size("ms-inventory"),
            secrets=self._further_secrets("ms-inventory"),
        )
        self.supplier = SupplierService(
            self,
            "ms-supplier",
            image=images["ms-supplier"],
            shared=shared,
            database=self._database("ms-supplier"),
            size=size("ms-supplier"),
            secrets=self._further_secrets("ms-supplier"),
        )
        self.orders = OrderService(
            self,
            "ms-order-management",
            image=images["ms-order-management"],
            shared=shared,
            database=self._database("ms-order-management"),
            stripe_key=self._secret("stripe", "API_KEY_STRIPE")["API_KEY_STRIPE"],
            size=size("ms-order-management"),
            secrets=self._further_secrets("ms-order-management"),
        )
        self.identity = IdentityService(
            self,
            "ms-identity",
            image=images["ms-identity"],
            shared=shared,
            provider=settings.identity_provider,
            client=self._secret("asgardeo-client", *CLIENT),
            size=size("ms-identity"),
            secrets=self._further_secrets("ms-identity"),
        )
        self.frontend = Frontend(
            self,
            "frontend",
            image=images["frontend"],
            platform=self._platform,
            provider=settings.identity_provider,
            size=size("frontend"),
        )

    def _wire(self) -> None:
        self.product.connect(inventory=self.inventory)
        self.inventory.connect(product=self.product, supplier=self.supplier)
        self.supplier.connect(product=self.product, inventory=self.inventory)
        self.orders.connect(inventory=self.inventory, product=self.product)

    def _add_gateway(self) -> KongGateway:
        settings = self._settings
        issuer = settings.identity_provider.issuer
        gateway = add_gateway(self, edge=settings.edge, platform=self._platform, issuer=issuer, secrets=self.secrets)
        add_routes(gateway, settings.edge, {each.name: each for each in self.backends}, self.frontend)
        return gateway

    @property
    def backends(self) -> tuple[Backend, ...]:
        """The services behind the frontend."""
        return (self.product, self.inventory, self.supplier, self.orders, self.identity)

    def _add_monitoring(self) -> PrometheusRules:
        settings = self._settings
        limit = settings.connection_limit
        self.watched = watched_product(
            settings.part_of,
            self.gateway,
            (*self.backends, self.frontend),
            metrics=settings.monitoring.metrics,
            database_connections=None if limit is None else limit.available,
            certificate=settings.secrets.secrets.get(settings.edge.tls_secret or ""),
        )
        return add_monitoring(
            self,
            settings=settings.monitoring,
            platform=self._platform,
            product=self.watched,
            scraped=(*self.backends, self.gateway.workload),
        )

    def _add_smoke_test(self) -> SmokeTest | None:
        settings = self._settings
        if settings.smoke_test is None:
            return None
        return add_smoke_test(
            self, edge=settings.edge, gateway=self.gateway, platform=self._platform, image=settings.smoke_test
        )

    def _add_quota(self) -> NamespaceQuota:
        quota = LargestRollout(headroom_percent=self._settings.quota_headroom_percent)
        labels = self._platform.labels(self._settings.part_of, component="namespace")
        made = NamespaceQuota(self, "quota", quota=quota, labels=labels)
        made.object.metadata.add_annotation(_CONNECTIONS, f"at most {describe(self._settings.pool_demands)}")
        return made

    def _database(self, service: str) -> Database:
        credentials = self._secret(f"{service}-db", *CREDENTIALS)
        return Database(credentials=credentials, addresses=self._settings.database)

    def _further_secrets(self, service: str) -> tuple[SecretRef, ...]:
        return tuple(self._secret(name) for name in self._settings.further_secrets.get(service, ()))

    def _secret(self, name: str, *keys: str) -> SecretRef:
        """Refer to a sealed secret, or to one that the cluster is said to have: the rules read which."""
        sealed = self.secrets.get(name)
        return SecretRef(name=name, keys=keys or None) if sealed is None else sealed.ref

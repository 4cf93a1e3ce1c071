"""The settings of an environment of KubeStock, as one value."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.delivery.chart import DeliverySettings
from kubestock.delivery.smoke import CURL
from kubestock.errors import ConfigurationError
from kubestock.kube.peers import IpBlocks, Pods
from kubestock.product.connections import ConnectionLimit, PoolDemand
from kubestock.product.monitoring import MonitoringSettings
from kubestock.product.size import Size
from kubestock.production.edge import Edge
from kubestock.production.provider import IdentityProvider
from kubestock.production.services import BACKENDS, FRONTEND, SERVICES, DatabaseBackend
from kubestock.production.services.backend import LogLevel
from kubestock.production.sizes import BACKEND_SIZE, FRONTEND_SIZE
from kubestock.secrets.store import SecretStore
from kubestock.values import names
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.image import ContainerImage


class Settings(Value):
    """The settings of one environment; a variant is `dataclasses.replace(PRODUCTION, …)`.

    Args:
        namespace: the namespace of all objects.
        environment: the label `environment` of every object and pod.
        part_of: the name of the product.
        images: the image of each service, by the name of the service.
        database: the addresses of the PostgreSQL instance.
        connection_limit: how many connections the PostgreSQL instance accepts; settings with which the services could
            open more are refused. Defaults to unknown.
        identity_provider: the identity provider, which stores the users.
        scraper: the pods that scrape metrics.
        edge: the gateway and its routes.
        monitoring: the settings of alerts and dashboard.
        secrets: the sealed values of the environment; each secret becomes a SealedSecret.
        viewers: groups with read access.
        operators: groups that may also restart, scale and roll back workloads.
        pull_secret: the name of the Secret that nodes use to pull images.
        aws_keys: the name of the Secret with the access key of an IAM user that may pull images. With it, the pull
            secret is created and renewed, because its password is valid for 12 hours. None: something else creates it.
            Defaults to aws-pull.
        api_server: the addresses of the API server, for the pods that renew the pull secret.
        api_server_port: the port of the API server itself, not of its Service. Defaults to 6443.
        priority: the priority of the pods: on a full node, pods with a higher priority evict those with a lower one.
        min_replicas: the least number of pods of each service. Defaults to 2, so that one may stop.
        quota_headroom_percent: how much the quota exceeds the largest rollout, in percent. Defaults to 25.
        sizes: sizes of services that differ from `backend_size` or `frontend_size`, by name.
        backend_size: the size of each backend.
        frontend_size: the size of the frontend.
        provided: objects that the cluster has and the chart does not create, such as Secret/ecr-cred.
        log_level: the log level of the backends. Defaults to info.
        flags: feature flags, which become environment variables of every backend, from a ConfigMap. Defaults to none.
        extra_secrets: by backend, names of additional secrets whose keys become environment variables: credentials of
            a cache or a queue, or secret flags. Defaults to none.
        smoke_test: the image of the smoke test after each sync, or None for no test. Defaults to curl's official image.
        delivery: how Argo CD delivers the environment. Defaults to none, for `kubectl apply`.

    Raises:
        ConfigurationError: if an image is missing or belongs to no service, a service has too few pods, or all services
            together could open more connections than the database accepts.
    """

    namespace: str
    environment: str
    part_of: str = "kubestock"
    images: Mapping[str, ContainerImage]
    database: IpBlocks
    connection_limit: ConnectionLimit | None = None
    identity_provider: IdentityProvider
    scraper: Pods
    edge: Edge
    monitoring: MonitoringSettings
    secrets: SecretStore
    viewers: tuple[str, ...]
    operators: tuple[str, ...]
    pull_secret: str = "ecr-cred"  # noqa: S105  # the name of an object
    aws_keys: str | None = "aws-pull"
    api_server: IpBlocks
    api_server_port: int = 6443
    priority: int = 100_000
    min_replicas: int = 2
    quota_headroom_percent: int = 25
    sizes: Mapping[str, Size] = field(default_factory=dict)
    backend_size: Size = BACKEND_SIZE
    frontend_size: Size = FRONTEND_SIZE
    provided: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    flags: Mapping[str, str] = field(default_factory=dict)
    extra_secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    smoke_test: ContainerImage | None = CURL
    delivery: DeliverySettings | None = None

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)
        whole("min_replicas", self.min_replicas, minimum=1)
        self._check_names()
        for name in SERVICES:
            if name not in self.images:
                raise ConfigurationError(f"images must have an image for {name!r}; add its tag")
            fewest = self.size(name).scaling.fewest
            if fewest < self.min_replicas:
                raise ConfigurationError(
                    f"{name!r} must keep at least {self.min_replicas} pods in {self.environment}, got {fewest}; "
                    "raise the minimum, or lower min_replicas if an interruption is acceptable"
                )

        if self.connection_limit is not None:
            self.connection_limit.check_connections(self.pool_demands)

    @property
    def pool_demands(self) -> tuple[PoolDemand, ...]:
        """How many database connections each service opens at most, at its largest rollout."""
        return tuple(each.pool_demand(self.size(each.NAME)) for each in BACKENDS if issubclass(each, DatabaseBackend))

    def size(self, service: str) -> Size:
        """Return the size of a service."""
        usual = self.frontend_size if service == FRONTEND else self.backend_size
        return self.sizes.get(service, usual)

    def _check_names(self) -> None:
        for what, given in (
            ("images", self.images),
            ("sizes", self.sizes),
            ("extra_secrets", self.extra_secrets),
        ):
            for name in given:
                if name not in SERVICES:
                    raise ConfigurationError(f"{what} must name services ({', '.join(SERVICES)}), got {name!r}")
        for name in (*self.edge.routed, *self.edge.requests_per_minute):
            if name not in SERVICES or name == FRONTEND:
                raise ConfigurationError(f"edge must have routes and limits of backends only, got {name!r}")
        if FRONTEND in self.extra_secrets:
            raise ConfigurationError("extra_secrets must name backends: the frontend would serve them to any client")

"""What an environment of KubeStock is, as one value."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.delivery.chart import DeliverySettings
from kubestock.delivery.smoke import CURL
from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Cidrs, Pods
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
    """One environment; a variant is `dataclasses.replace(PRODUCTION, …)`.

    Args:
        namespace: where everything lives.
        environment: the label of every object and pod.
        part_of: the product.
        images: what each service runs, by its name.
        database: where the PostgreSQL instance is.
        connection_limit: what the PostgreSQL instance admits; settings under which the services could open more are
            refused. Defaults to unknown.
        identity_provider: where users are kept.
        scraper: who reads metrics.
        edge: how public traffic enters.
        monitoring: how it is watched.
        secrets: the sealed values of the environment; each secret in it becomes a SealedSecret.
        viewers: groups that may look.
        operators: groups that may also restart, scale and roll back.
        pull_secret: with which nodes pull images.
        aws_keys: the Secret with the access key of an IAM user that may pull; with it the pull secret is made and
            renewed, because its password lives for 12 hours. None: something else makes it. Defaults to aws-pull.
        api_server: where the pods that renew it reach the API server.
        api_server_port: behind its Service. Defaults to 6443.
        priority: of the pods: higher ones evict lower ones on a full node.
        least_replicas: no service may run with fewer pods. Defaults to 2, so that one may stop.
        quota_headroom_percent: what the quota admits above the largest rollout. Defaults to 25.
        sizes: of services whose size is not `backend_size` or `frontend_size`, by name.
        backend_size: of each backend.
        frontend_size: of the frontend.
        provided: objects that the cluster has and the chart does not make, such as Secret/ecr-cred.
        log_level: of the backends. Defaults to info.
        flags: feature flags, as variables of every backend from a ConfigMap. Defaults to none.
        further_secrets: names of secrets, by backend, all keys of which become its variables: credentials of a
            cache or a queue, or flags that are secret. Defaults to none.
        smoke_test: the image of the test after each sync, or None for no test. Defaults to curl's own.
        delivery: how Argo CD ships it. Defaults to none: `kubectl apply` does.

    Raises:
        ConfigurationError: if an image is missing or nobody's, a service has too few pods, or all services together
            could open more connections than the database admits.
    """

    namespace: str
    environment: str
    part_of: str = "kubestock"
    images: Mapping[str, ContainerImage]
    database: Cidrs
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
    api_server: Cidrs
    api_server_port: int = 6443
    priority: int = 100_000
    least_replicas: int = 2
    quota_headroom_percent: int = 25
    sizes: Mapping[str, Size] = field(default_factory=dict)
    backend_size: Size = BACKEND_SIZE
    frontend_size: Size = FRONTEND_SIZE
    provided: tuple[str, ...] = ()
    log_level: LogLevel = "info"
    flags: Mapping[str, str] = field(default_factory=dict)
    further_secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    smoke_test: ContainerImage | None = CURL
    delivery: DeliverySettings | None = None

    def check(self) -> None:
        names.dns_label("namespace", self.namespace)
        whole("least_replicas", self.least_replicas, minimum=1)
        self._check_names()
        for name in SERVICES:
            if name not in self.images:
                raise ConfigurationError(f"images must say what {name!r} runs; add its tag")
            fewest = self.size(name).scaling.fewest
            if fewest < self.least_replicas:
                raise ConfigurationError(
                    f"{name!r} must keep at least {self.least_replicas} pods in {self.environment}, got {fewest}; "
                    "raise the minimum, or lower least_replicas where an interruption is acceptable"
                )

        if self.connection_limit is not None:
            self.connection_limit.refuse_excess(self.pool_demands)

    @property
    def pool_demands(self) -> tuple[PoolDemand, ...]:
        """How many connections to the database each service opens at most, at its largest rollout."""
        return tuple(each.pool_demand(self.size(each.NAME)) for each in BACKENDS if issubclass(each, DatabaseBackend))

    def size(self, service: str) -> Size:
        """Return the size of a service."""
        usual = self.frontend_size if service == FRONTEND else self.backend_size
        return self.sizes.get(service, usual)

    def _check_names(self) -> None:
        for what, given in (
            ("images", self.images),
            ("sizes", self.sizes),
            ("further_secrets", self.further_secrets),
        ):
            for name in given:
                if name not in SERVICES:
                    raise ConfigurationError(f"{what} must name services ({', '.join(SERVICES)}), got {name!r}")
        for name in (*self.edge.routed, *self.edge.requests_per_minute):
            if name not in SERVICES or name == FRONTEND:
                raise ConfigurationError(f"edge must route to backends and limit backends, got {name!r}")
        if FRONTEND in self.further_secrets:
            raise ConfigurationError("further_secrets must name backends: the frontend would serve them to everybody")

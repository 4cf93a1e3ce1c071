"""What KubeStock's backends have in common: programs on Node that read their address and database."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from constructs import Construct

from kubestock.kube.peers import Cidrs
from kubestock.product.connections import PoolDemand
from kubestock.product.exemptions import exemptions
from kubestock.product.size import Size
from kubestock.production.services.sizes import BACKEND_SIZE
from kubestock.values.names import port_number
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.value import Value, checked
from kubestock.workload.callees import ExternalService
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, EnvValue
from kubestock.workload.image import ContainerImage
from kubestock.workload.lifecycle import Lifecycle
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probes
from kubestock.workload.rollout import Rollout
from kubestock.workload.service import Service
from kubestock.workload.start import RepeatedStart

CREDENTIALS = ("DB_HOST", "DB_USER", "DB_PASSWORD")
PROGRAM = ("node", "src/server.js")
UNUSED_CALL = "kubestock/unused-call"
ROLLOUT = Rollout()
"""Of every backend: one pod more than wanted, and none less."""

LogLevel = Literal["error", "warn", "info", "http", "verbose", "debug", "silly"]
"""Those of winston, the most urgent first."""


class Database(Value):
    """A PostgreSQL instance outside the cluster.

    Args:
        credentials: a Secret with DB_HOST, DB_USER and DB_PASSWORD.
        addresses: where the instance is; its name is a secret, so the network policy needs them.
        port: Defaults to 5432.
    """

    credentials: SecretRef
    addresses: Cidrs
    port: int = 5432

    def check(self) -> None:
        port_number("database port", self.port)

    def environment(self) -> dict[str, EnvValue]:
        """Return the variables that are secret."""
        return {key: self.credentials[key] for key in CREDENTIALS}

    def config(self, name: str) -> dict[str, str]:
        """Return the variables that are not, for the database of that name in the instance."""
        return {"DB_PORT": str(self.port), "DB_NAME": name}


class Shared(Value):
    """What every backend gets.

    Args:
        platform: what the product's workloads share.
        jwt_secret: a key for tokens between backends; the programs of today do not read it.
        log_level: of their logs. Defaults to info.
        env_from: ConfigMaps whose keys are variables of all of them, such as feature flags. Defaults to none.
    """

    platform: Platform
    jwt_secret: SecretKey
    log_level: LogLevel = "info"
    env_from: tuple[EnvFrom, ...] = ()


class Backend(Microservice):
    """A backend on one HTTP port, which answers /health and /metrics; a subclass says which one.

    The image's own user may be root or have a name that the kubelet cannot verify: the pod says a number.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs.
        shared: what every backend gets.
        size: of its pods, and how many.
        env: variables of its own. Defaults to none.
        config: variables of its own that are no secret. Defaults to none.
        secrets: whole secrets as variables of its own. Defaults to none.
    """

    NAME: ClassVar[str]
    PORT: ClassVar[int]
    STARTUP_SECONDS: ClassVar[int]
    """How long a usual start takes."""
    SHUTDOWN_SECONDS: ClassVar[int] = 30
    """The program's own timer after SIGTERM, until which it serves connections that are busy."""
    START: ClassVar[RepeatedStart | None] = None
    """How the program is started. Defaults to the image's own command."""

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        shared: Shared,
        size: Size = BACKEND_SIZE,
        env: Mapping[str, EnvValue] | None = None,
        config: Mapping[str, str] | None = None,
        secrets: tuple[SecretRef, ...] = (),
    ) -> None:
        super().__init__(
            scope,
            id,
            name=self.NAME,
            platform=shared.platform,
            component="backend",
            container=Container(
                image=image,
                resources=size.resources,
                ports=(Port(self.PORT, metrics_path="/metrics"),),
                probes=Probes.http("/health", startup_seconds=self.STARTUP_SECONDS),
                command=None if self.START is None else self.START.command,
                lifecycle=Lifecycle(shutdown_seconds=self.SHUTDOWN_SECONDS),
                env={"JWT_SECRET": shared.jwt_secret, **(env or {})},
                env_from=(*shared.env_from, *(EnvFrom(source=secret) for secret in secrets)),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=True)),
            config={
                "NODE_ENV": "production",
                "HOST": "0.0.0.0",  # noqa: S104  # in a pod of its own, behind its network policy
                "PORT": str(self.PORT),
                "LOG_LEVEL": shared.log_level,
                **(config or {}),
            },
            services=(Service(), Service(name=f"{self.NAME}-pods", headless=True)),
            scaling=size.scaling,
            rollout=ROLLOUT,
        )

    @checked
    def mark_unused(self, callee: Microservice) -> None:
        """Say on the network policy that the program never makes a declared call, to which the policy is open."""
        if self.network_policy is not None:
            self.network_policy.metadata.add_annotation(UNUSED_CALL, f"{callee.name}: declared, never called")


class DatabaseBackend(Backend):
    """A backend with a database, which it migrates in the process before it is ready.

    Its migrations hold an advisory lock of the database. A program that does not get the lock ends with 1, so that of
    two pods that start together one fails: its start is repeated.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs.
        shared: what every backend gets.
        database: the instance; the database in it is the service's own.
        size: of its pods, and how many.
        env: variables of its own. Defaults to none.
        secrets: whole secrets as variables of its own. Defaults to none.
    """

    DATABASE: ClassVar[str]
    STARTUP_SECONDS = 30
    START = RepeatedStart(program=PROGRAM, attempts=8)
    POOL: ClassVar[int] = 20
    """Connections to the database that one process opens at most."""

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        shared: Shared,
        database: Database,
        size: Size = BACKEND_SIZE,
        env: Mapping[str, EnvValue] | None = None,
        secrets: tuple[SecretRef, ...] = (),
    ) -> None:
        super().__init__(
            scope,
            id,
            image=image,
            shared=shared,
            size=size,
            env={**database.environment(), **(env or {})},
            config=database.config(self.DATABASE),
            secrets=secrets,
        )
        self.calls(ExternalService(host="database", port=database.port, addresses=database.addresses))

    @classmethod
    def pool_demand(cls, size: Size) -> PoolDemand:
        """Return how many connections a service of that size opens at most."""
        return PoolDemand.of(cls.NAME, scaling=size.scaling, rollout=ROLLOUT, pool=cls.POOL)

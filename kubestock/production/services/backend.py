"""What KubeStock's backends have in common: programs on Node that read their address and database."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Literal

from constructs import Construct

from kubestock.gateway.kong import JsonBody
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.product.connections import PoolDemand
from kubestock.product.exemptions import exemptions
from kubestock.product.size import Size
from kubestock.production.edge import ApiRoute, MachineRoute
from kubestock.production.metrics import POOL
from kubestock.production.provider import IdentityProvider
from kubestock.production.sizes import BACKEND_SIZE
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.value import Value, checked
from kubestock.workload.callees import Database, ExternalService
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom
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


class Call(Value, kw_only=False):
    """A call of another backend.

    Args:
        callee: its name.
        variables: that tell the program its address. Defaults to none.
        unused: it is declared, and the program never makes it. Defaults to False.
    """

    callee: str
    variables: tuple[str, ...] = ()
    unused: bool = False


class Shared(Value):
    """What every backend gets.

    Args:
        platform: what the product's workloads share.
        jwt_secret: a key for tokens between backends; the programs of today do not read it.
        database: where the PostgreSQL instance is.
        provider: where users are kept.
        log_level: of their logs. Defaults to info.
        env_from: ConfigMaps whose keys are variables of all of them, such as feature flags. Defaults to none.
    """

    platform: Platform
    jwt_secret: SecretKey
    database: Database
    provider: IdentityProvider
    log_level: LogLevel = "info"
    env_from: tuple[EnvFrom, ...] = ()


class Backend(Microservice):
    """A backend on one HTTP port, which answers /health and /metrics; a subclass says which one, in one module.

    The image's own user may be root or have a name that the kubelet cannot verify: the pod says a number.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs.
        shared: what every backend gets.
        secrets: those of `needed_secrets`, by name.
        size: of its pods, and how many.
        further_secrets: whole secrets as variables. Defaults to none.
    """

    NAME: ClassVar[str]
    PORT: ClassVar[int]
    STARTUP_SECONDS: ClassVar[int]
    """How long a usual start takes."""
    SHUTDOWN_SECONDS: ClassVar[int] = 30
    """The program's own timer after SIGTERM, until which it serves connections that are busy."""
    START: ClassVar[RepeatedStart | None] = None
    """How the program is started. Defaults to the image's own command."""
    SECRETS: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Keys that are variables, by the Secret that has them."""
    OUTSIDE: ClassVar[tuple[ExternalService, ...]] = ()
    """What it calls outside the cluster."""
    CALLS: ClassVar[tuple[Call, ...]] = ()
    API: ClassVar[ApiRoute]
    MACHINES: ClassVar[MachineRoute | None] = None
    BODIES: ClassVar[tuple[JsonBody, ...]] = ()
    REQUESTS_PER_MINUTE: ClassVar[int]
    """Of one client at the gateway."""
    METRICS: ClassVar[ProgramMetrics]

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        shared: Shared,
        secrets: Mapping[str, SecretRef],
        size: Size = BACKEND_SIZE,
        further_secrets: tuple[SecretRef, ...] = (),
    ) -> None:
        own = {key: secrets[name][key] for name, keys in self.needed_secrets().items() for key in keys}
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
                env={"JWT_SECRET": shared.jwt_secret, **own},
                env_from=(*shared.env_from, *(EnvFrom(source=secret) for secret in further_secrets)),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=True)),
            config={
                "NODE_ENV": "production",
                "HOST": "0.0.0.0",  # noqa: S104  # in a pod of its own, behind its network policy
                "PORT": str(self.PORT),
                "LOG_LEVEL": shared.log_level,
                **self.config_of(shared),
            },
            services=(Service(), Service(name=f"{self.NAME}-pods", headless=True)),
            scaling=size.scaling,
            rollout=ROLLOUT,
        )
        for each in self.outside_of(shared):
            self.calls(each)

    @classmethod
    def needed_secrets(cls) -> Mapping[str, tuple[str, ...]]:
        """Return the keys that are variables, by the Secret that has them."""
        return cls.SECRETS

    @classmethod
    def config_of(cls, shared: Shared) -> dict[str, str]:
        """Return the variables of its own that are no secret."""
        del shared
        return {}

    @classmethod
    def outside_of(cls, shared: Shared) -> tuple[ExternalService, ...]:
        """Return what it calls outside the cluster."""
        del shared
        return cls.OUTSIDE

    def connect(self, others: Mapping[str, Microservice]) -> None:
        """Declare its calls, on other backends by their name."""
        for call in self.CALLS:
            callee = others[call.callee]
            self.calls(callee)
            for variable in call.variables:
                self.calls(callee, variable=variable)
            if call.unused and self.network_policy is not None:
                self.network_policy.metadata.add_annotation(UNUSED_CALL, f"{callee.name}: declared, never called")


class DatabaseBackend(Backend):
    """A backend with a database, which it migrates in the process before it is ready.

    Its migrations hold an advisory lock of the database. A program that does not get the lock ends with 1, so that of
    two pods that start together one fails: its start is repeated.
    """

    DATABASE: ClassVar[str]
    STARTUP_SECONDS = 30
    START = RepeatedStart(program=PROGRAM, attempts=8)

    @classmethod
    def needed_secrets(cls) -> Mapping[str, tuple[str, ...]]:
        """Return the credentials of the database, and the others."""
        return {f"{cls.NAME}-db": CREDENTIALS, **cls.SECRETS}

    @classmethod
    def config_of(cls, shared: Shared) -> dict[str, str]:
        """Return where its database is in the instance."""
        return {"DB_PORT": str(shared.database.port), "DB_NAME": cls.DATABASE}

    @classmethod
    def outside_of(cls, shared: Shared) -> tuple[ExternalService, ...]:
        """Return the database, and the others."""
        return (shared.database, *cls.OUTSIDE)

    @classmethod
    def pool_demand(cls, size: Size) -> PoolDemand:
        """Return how many connections a service of that size opens at most."""
        return PoolDemand.of(cls.NAME, scaling=size.scaling, rollout=ROLLOUT, pool=POOL)

"""What KubeStock's backends share: they run on Node, and read their address and database from the environment."""

from collections.abc import Mapping
from dataclasses import KW_ONLY
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
"""The rollout of every backend: one pod more and no pod less than the wanted number."""

LogLevel = Literal["error", "warn", "info", "http", "verbose", "debug", "silly"]
"""The log levels of winston, the most severe first."""


class Call(Value, kw_only=False):
    """A call to another backend.

    Args:
        callee: the name of the other backend.
        variables: environment variables with its address. Defaults to none.
        unused: whether the program declares the call but never makes it. Defaults to False.
    """

    callee: str
    _: KW_ONLY
    variables: tuple[str, ...] = ()
    unused: bool = False


class Shared(Value):
    """The settings of every backend.

    Args:
        platform: the settings that all workloads of the product share.
        jwt_secret: a key for tokens between backends; the present programs do not read it.
        database: the addresses of the PostgreSQL instance.
        provider: the identity provider, which stores the users.
        log_level: the log level. Defaults to info.
        env_from: ConfigMaps whose keys become environment variables of all backends, such as feature flags. Defaults to
            none.
    """

    platform: Platform
    jwt_secret: SecretKey
    database: Database
    provider: IdentityProvider
    log_level: LogLevel = "info"
    env_from: tuple[EnvFrom, ...] = ()


class Backend(Microservice):
    """A backend with one HTTP port, which serves /health and /metrics; each subclass is one backend, in one module.

    The user of the image may be root, or a name that the kubelet cannot verify, so the pod sets a numeric user id.

    Args:
        scope: a construct in a chart with a namespace.
        id: the id of the construct.
        image: the image that runs.
        shared: the settings of every backend.
        secrets: the Secrets of `needed_secrets`, by name.
        size: the resources of each pod, and the number of pods.
        extra_secrets: additional Secrets whose keys become environment variables. Defaults to none.
    """

    NAME: ClassVar[str]
    PORT: ClassVar[int]
    STARTUP_SECONDS: ClassVar[int]
    """How long the program usually takes to start, in seconds."""
    SHUTDOWN_SECONDS: ClassVar[int] = 30
    """How long the program serves busy connections after SIGTERM, in seconds: its own timer."""
    START: ClassVar[RepeatedStart | None] = None
    """The command that starts the program. Defaults to the command of the image."""
    SECRETS: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Keys that become environment variables, by the Secret that has them."""
    OUTSIDE: ClassVar[tuple[ExternalService, ...]] = ()
    """What the program calls outside the cluster."""
    CALLS: ClassVar[tuple[Call, ...]] = ()
    API: ClassVar[ApiRoute]
    MACHINES: ClassVar[MachineRoute | None] = None
    BODIES: ClassVar[tuple[JsonBody, ...]] = ()
    REQUESTS_PER_MINUTE: ClassVar[int]
    """The requests per minute that the gateway accepts from one client."""
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
        extra_secrets: tuple[SecretRef, ...] = (),
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
                env_from=(*shared.env_from, *(EnvFrom(source=secret) for secret in extra_secrets)),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=True)),
            config={
                "NODE_ENV": "production",
                "HOST": "0.0.0.0",  # noqa: S104  # in the pod, behind its network policy
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
        """Return the keys that become environment variables, by the Secret that has them."""
        return cls.SECRETS

    @classmethod
    def config_of(cls, shared: Shared) -> dict[str, str]:
        """Return the environment variables of this backend that are not secret."""
        del shared
        return {}

    @classmethod
    def outside_of(cls, shared: Shared) -> tuple[ExternalService, ...]:
        """Return what the backend calls outside the cluster."""
        del shared
        return cls.OUTSIDE

    def connect(self, others: Mapping[str, Microservice]) -> None:
        """Declare the calls to other backends, which are given by name."""
        for call in self.CALLS:
            callee = others[call.callee]
            self.calls(callee)
            for variable in call.variables:
                self.calls(callee, variable=variable)
            if call.unused and self.network_policy is not None:
                self.network_policy.metadata.add_annotation(UNUSED_CALL, f"{callee.name}: declared, never called")


class DatabaseBackend(Backend):
    """A backend with a database, which it migrates at startup.

    A migration holds an advisory lock of the database. A program that does not get the lock exits with 1, so of two
    pods
    that start together one fails; its start is repeated.
    """

    DATABASE: ClassVar[str]
    STARTUP_SECONDS = 30
    START = RepeatedStart(program=PROGRAM, max_starts=8)

    @classmethod
    def needed_secrets(cls) -> Mapping[str, tuple[str, ...]]:
        """Return the credentials of the database, and the other Secrets."""
        return {f"{cls.NAME}-db": CREDENTIALS, **cls.SECRETS}

    @classmethod
    def config_of(cls, shared: Shared) -> dict[str, str]:
        """Return the name of its database in the instance, and the other variables."""
        return {"DB_PORT": str(shared.database.port), "DB_NAME": cls.DATABASE}

    @classmethod
    def outside_of(cls, shared: Shared) -> tuple[ExternalService, ...]:
        """Return the database, and the other dependencies."""
        return (shared.database, *cls.OUTSIDE)

    @classmethod
    def pool_demand(cls, size: Size) -> PoolDemand:
        """Return how many connections a service of this size opens at most."""
        return PoolDemand.of(cls.NAME, scaling=size.scaling, rollout=ROLLOUT, pool=POOL)

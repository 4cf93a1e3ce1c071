"""What KubeStock's backends have in common: programs on Node that read their address and database."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from constructs import Construct

from kubestock.kube.peers import Cidrs
from kubestock.services.exemptions import exemptions
from kubestock.services.size import BACKEND_SIZE, Size
from kubestock.values.names import port_number
from kubestock.values.references import SecretKey, SecretRef
from kubestock.values.types import typed
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom, EnvValue
from kubestock.workload.image import ContainerImage
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probes
from kubestock.workload.service import Service
from kubestock.workload.traffic import ExternalService

CREDENTIALS = ("DB_HOST", "DB_USER", "DB_PASSWORD")


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Database:
    """A PostgreSQL instance outside the cluster.

    Args:
        credentials: a Secret with DB_HOST, DB_USER and DB_PASSWORD.
        addresses: where the instance is; its name is a secret, so the network policy needs them.
        port: Defaults to 5432.
    """

    credentials: SecretRef
    addresses: Cidrs
    port: int = 5432

    def __post_init__(self) -> None:
        port_number("database port", self.port)

    def environment(self) -> dict[str, EnvValue]:
        """Return the variables that are secret."""
        return {key: self.credentials[key] for key in CREDENTIALS}

    def config(self, name: str) -> dict[str, str]:
        """Return the variables that are not, for the database of that name in the instance."""
        return {"DB_PORT": str(self.port), "DB_NAME": name}


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """What every backend gets.

    Args:
        platform: what the product's workloads share.
        jwt_secret: the key that backends check each other's tokens with.
        env_from: ConfigMaps whose keys are variables of all of them, such as feature flags. Defaults to none.
    """

    platform: Platform
    jwt_secret: SecretKey
    env_from: tuple[EnvFrom, ...] = ()


class Backend(Microservice):
    """A backend on one HTTP port, which answers /health and /metrics; a subclass says which one.

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

    @typed
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
                env={"JWT_SECRET": shared.jwt_secret, **(env or {})},
                env_from=(*shared.env_from, *(EnvFrom(source=secret) for secret in secrets)),
            ),
            pod=Pod(exemptions=exemptions(image, reads_secrets=True)),
            config={
                "NODE_ENV": "production",
                "HOST": "0.0.0.0",  # noqa: S104  # in a pod of its own, behind its network policy
                "PORT": str(self.PORT),
                **(config or {}),
            },
            services=(Service(), Service(name=f"{self.NAME}-pods", headless=True)),
            scaling=size.scaling,
        )


class DatabaseBackend(Backend):
    """A backend with a database, which it migrates in the process before it is ready.

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

    @typed
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

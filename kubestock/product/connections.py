"""How many database connections the pods of a product can open in total."""

from collections.abc import Sequence

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.autoscaling import Scaling
from kubestock.workload.rollout import Rollout


class PoolDemand(Value):
    """The database connections that one service can open at its largest.

    That is the maximum of the autoscaler, and the pods that a rollout adds to it.

    Args:
        service: the name of the service.
        pods: the highest number of pods during a rollout.
        pool: the highest number of connections that one pod opens.
    """

    service: str
    pods: int
    pool: int

    def check(self) -> None:
        whole("pods", self.pods, minimum=1)
        whole("pool", self.pool, minimum=1)

    @classmethod
    def of(cls, service: str, *, scaling: Scaling, rollout: Rollout, pool: int) -> "PoolDemand":
        """Return the demand of a service from its scaling, its rollout and its pool size."""
        return cls(service=service, pods=scaling.most + rollout.surge(scaling.most), pool=pool)

    @property
    def connections(self) -> int:
        """The highest number of connections."""
        return self.pods * self.pool

    def __str__(self) -> str:
        return f"{self.service} {self.pods} pods x {self.pool}"


class ConnectionLimit(Value):
    """How many connections a PostgreSQL instance accepts.

    Args:
        max_connections: the result of `SHOW max_connections` on that instance.
        reserved: the connections that ordinary users cannot use. Defaults to 5: PostgreSQL reserves three for
            superusers, and Amazon RDS two more.
    """

    max_connections: int
    reserved: int = 5

    def check(self) -> None:
        whole("reserved", self.reserved)
        whole("max_connections", self.max_connections, minimum=self.reserved + 1)

    @property
    def available(self) -> int:
        """The number of connections that the services can use."""
        return self.max_connections - self.reserved

    def check_connections(self, demands: Sequence[PoolDemand]) -> None:
        """Check that the services together open no more connections than the instance has available.

        Raises:
            ConfigurationError: if they can open more; the error names the services.
        """
        needed = total(demands)
        if needed > self.available:
            raise ConfigurationError(
                f"max_connections of the database must be at least {needed + self.reserved}, {self.reserved} of them "
                f"reserved, got {self.max_connections}: at the largest rollout of all services their pools open "
                f"{describe(demands)}; lower the maximum of an autoscaler, raise max_connections of the instance, or "
                "put a connection pooler in front of it"
            )


def total(demands: Sequence[PoolDemand]) -> int:
    """Return the number of connections of all services together."""
    return sum(each.connections for each in demands)


def describe(demands: Sequence[PoolDemand]) -> str:
    """Return the number of connections and how it is computed, in one line."""
    return f"{total(demands)} connections ({', '.join(str(each) for each in demands)})"

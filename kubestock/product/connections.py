"""How many connections to the database the pods of a product can open, all together."""

from collections.abc import Sequence

from kubestock.errors import ConfigurationError
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.autoscaling import Scaling
from kubestock.workload.rollout import Rollout


class PoolDemand(Value):
    """The pools of one service at its largest: every pod of the autoscaler's maximum, and those a rollout adds.

    Args:
        service: its name.
        pods: at most, in a rollout.
        pool: connections that one pod opens at most.
    """

    service: str
    pods: int
    pool: int

    def check(self) -> None:
        whole("pods", self.pods, minimum=1)
        whole("pool", self.pool, minimum=1)

    @classmethod
    def of(cls, service: str, *, scaling: Scaling, rollout: Rollout, pool: int) -> "PoolDemand":
        """Return the demand of a service of that size."""
        return cls(service=service, pods=scaling.most + rollout.surge(scaling.most), pool=pool)

    @property
    def connections(self) -> int:
        """Connections at most."""
        return self.pods * self.pool

    def __str__(self) -> str:
        return f"{self.service} {self.pods} pods x {self.pool}"


class ConnectionLimit(Value):
    """What a PostgreSQL instance admits.

    Args:
        max_connections: what `SHOW max_connections` answers there.
        reserved: of them, kept from ordinary users. Defaults to 5: PostgreSQL keeps three for superusers, Amazon RDS
            two more.
    """

    max_connections: int
    reserved: int = 5

    def check(self) -> None:
        whole("reserved", self.reserved)
        whole("max_connections", self.max_connections, minimum=self.reserved + 1)

    @property
    def available(self) -> int:
        """The connections that are left to the services."""
        return self.max_connections - self.reserved

    def refuse_excess(self, demands: Sequence[PoolDemand]) -> None:
        """Refuse services that together open more connections than there are.

        Raises:
            ConfigurationError: naming the services.
        """
        needed = total(demands)
        if needed > self.available:
            raise ConfigurationError(
                f"max_connections of the database must be at least {needed + self.reserved}, {self.reserved} of them "
                f"reserved, got {self.max_connections}: at the largest rollout of all services their pools open "
                f"{describe(demands)}; lower an autoscaler's maximum, raise max_connections at the instance, or put a "
                "pooler in front of it"
            )


def total(demands: Sequence[PoolDemand]) -> int:
    """Return the connections of all services together."""
    return sum(each.connections for each in demands)


def describe(demands: Sequence[PoolDemand]) -> str:
    """Return the reckoning in one line."""
    return f"{total(demands)} connections ({', '.join(str(each) for each in demands)})"

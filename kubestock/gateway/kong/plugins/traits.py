"""What a plugin is, as far as rules over a whole configuration need to know it."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Literal, get_args

from kubestock.errors import ConfigurationError
from kubestock.values.value import Value, require_unique

Phase = Literal["certificate", "rewrite", "access", "header_filter", "body_filter", "log"]
Scope = Literal["global", "service", "route", "consumer"]
Transport = Literal["TCP", "UDP"]
Part = Literal[
    "request.method",
    "request.path",
    "request.query",
    "request.headers",
    "request.body",
    "response.status",
    "response.headers",
    "response.body",
]

EVERY_PHASE: tuple[Phase, ...] = get_args(Phase)
EVERY_PART: tuple[Part, ...] = get_args(Part)
NOT_OF_A_CONSUMER: tuple[Scope, ...] = ("global", "service", "route")
_HIGHEST_PRIORITY = 10_000_000


class Traits(Value):
    """The traits of a plugin. The rules of `kubestock.gateway.kong.analysis` know no plugin by its name.

    Settings are named as in the plugin's `config`, with a dot between a record and its field: `redis.host`.

    Args:
        priority: the order within a phase; the highest runs first.
        phases: in which it does something. Defaults to access.
        scopes: on which Kong runs it. Defaults to all; one that runs before authentication cannot be on a consumer.
        authenticates: the kind of credential by which it finds the consumer of a request, named as the collection in
            Kong's file: `jwt_secrets`, `keyauth_credentials`. A kind that no consumer holds, such as `ldap`, has a name
            of its own. Defaults to none.
        optional: a request without that credential passes, as one without a session does. Defaults to False.
        shared: one consumer stands for many callers, such as all people of an issuer. Defaults to False.
        requires_identity: it decides by the consumer, which another plugin finds. Defaults to False.
        answers: it answers every request itself. Defaults to False.
        connects: it calls something for every request, whatever its method. Defaults to False.
        preflights: it answers the preflights of browsers. Defaults to False.
        reads: of requests and responses. What acts in the log phase alone is taken for a log of them. Defaults to
            nothing.
        writes: of requests and responses. Defaults to nothing.
        hosts: settings that name a host or an address to which Kong then connects. Defaults to none.
        default_hosts: to which Kong connects where no setting names one. Defaults to none.
        unnamed_hosts: it connects to hosts that no setting names. Defaults to False.
        credentials: settings that hold credentials. Defaults to none.
        counts_by: the setting that says for whom it counts, such as `limit_by`. Defaults to none.
        varies_by: the setting that lists the headers by which stored responses differ. Defaults to none.
        redacts_by: of a log, the setting by which fields are left out. Defaults to none.
        needs_database: it stores what it hands out. Defaults to False.

    Raises:
        ConfigurationError: without a phase or a scope, and for a priority out of Kong's range.
    """

    priority: int
    phases: Sequence[Phase] = ("access",)
    scopes: Sequence[Scope] = ("global", "service", "route", "consumer")
    authenticates: str | None = None
    optional_authentication: bool = False
    shared_consumer: bool = False
    requires_identity: bool = False
    answers: bool = False
    calls_backend: bool = False
    answers_preflights: bool = False
    reads: Sequence[Part] = ()
    writes: Sequence[Part] = ()
    host_settings: Mapping[str, Transport] = field(default_factory=dict)
    default_hosts: Mapping[str, Transport] = field(default_factory=dict)
    unnamed_hosts: bool = False
    credential_settings: Sequence[str] = ()
    counts_by: str | None = None
    varies_by: str | None = None
    redacts_by: str | None = None
    needs_database: bool = False

    def check(self) -> None:
        if abs(self.priority) > _HIGHEST_PRIORITY:
            raise ConfigurationError(f"priority must be within ±{_HIGHEST_PRIORITY}, got {self.priority}")
        for name in ("phases", "scopes"):
            if not getattr(self, name):
                raise ConfigurationError(f"{name} must name at least one, or the plugin never runs")
            require_unique(f"of {name}", getattr(self, name))
        if self.optional_authentication and self.authenticates is None:
            raise ConfigurationError(
                "optional_authentication must stand beside authenticates; say by what the plugin authenticates"
            )

    @property
    def logs_headers(self) -> bool:
        """Whether it is a log of the headers of requests."""
        return tuple(self.phases) == ("log",) and "request.headers" in self.reads

    @property
    def decides_upstream_request(self) -> bool:
        """Whether it decides what the service is sent, or that the service is sent nothing."""
        return self.answers or bool({"request.method", "request.path"} & set(self.writes))


UNKNOWN = Traits(priority=1000, phases=EVERY_PHASE)
"""Of a plugin of which nothing is known: it authenticates no request, and nothing relies on it."""

"""The traits of a plugin: what the rules of the gateway need to know about it."""

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
NOT_ON_CONSUMERS: tuple[Scope, ...] = ("global", "service", "route")
_MAX_PRIORITY = 10_000_000


class Traits(Value):
    """What a plugin does, for the rules in `kubestock.gateway.kong.analysis`, which know no plugin by its name.

    Settings are named as in `config` of the plugin, with a dot for a field of a record: `redis.host`.

    Args:
        priority: the order in a phase: plugins with a higher priority run first.
        phases: the phases in which it does something. Defaults to access.
        scopes: where Kong accepts and runs it. Defaults to all scopes; a plugin that runs before authentication cannot
            be on a consumer.
        authenticates: the kind of credential by which it finds the consumer, named as the collection in Kong's file:
            `jwt_secrets`, `keyauth_credentials`. For credentials that are not in Kong's file, use another name, such as
            `ldap`. Set it for a plugin that rejects every request without a valid credential, also if another service
            decides that. A plugin that only decides what an authenticated consumer may do has `requires_identity`
            instead. Defaults to none: it does not authenticate.
        optional_authentication: it allows requests without that credential. Defaults to False.
        shared_consumer: one consumer represents many clients, such as all users of an issuer. Defaults to False.
        requires_identity: it needs the consumer that another plugin has found. Defaults to False.
        answers: it answers every request itself. Defaults to False.
        calls_backend: it makes another service do the work of the request, such as a function or a language model, for
            every request and with any method. An authorization service only decides whether the request is allowed: a
            plugin that calls one leaves this out, and names the host in `host_settings`. Defaults to False.
        answers_preflights: it answers CORS preflights. Defaults to False.
        reads: the parts of requests and responses that it reads. A plugin that only runs in the log phase counts as a
            log of these parts. Defaults to none.
        writes: the parts of requests and responses that it changes. Defaults to none.
        host_settings: the settings that contain a host or URL to which Kong connects, with the transport protocol.
            Defaults to none.
        default_hosts: the hosts to which Kong connects if no setting contains one, with the transport protocol.
            Defaults to none.
        unnamed_hosts: it connects to hosts that no setting contains. Defaults to False.
        credential_settings: the settings that contain credentials. Defaults to none.
        counts_by: the setting that selects for whom it counts, such as `limit_by`. Defaults to none: it does not count.
        varies_by: the setting with the headers by which it stores different responses. Defaults to none: it does not
            store responses.
        redacts_by: the setting by which a log leaves out fields. Defaults to none.
        needs_database: it stores credentials that it issues, so it needs a database. Defaults to False.

    Raises:
        ConfigurationError: if there is no phase or no scope, the priority is outside the range that Kong accepts, or
            `optional_authentication` is given without `authenticates`.

    See https://developer.konghq.com/gateway/entities/plugin/
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
        if abs(self.priority) > _MAX_PRIORITY:
            raise ConfigurationError(f"priority must be from -{_MAX_PRIORITY} to {_MAX_PRIORITY}, got {self.priority}")
        for name in ("phases", "scopes"):
            if not getattr(self, name):
                raise ConfigurationError(f"{name} must contain at least one value, or the plugin never runs")
            require_unique(f"of {name}", getattr(self, name))
        if self.optional_authentication and self.authenticates is None:
            raise ConfigurationError(
                "optional_authentication must be given together with authenticates; add the kind of "
                "credential, or remove it"
            )

    @property
    def order(self) -> tuple[int, int]:
        """Sorts plugins in the order in which they first run for a request: by phase, and then by priority."""
        return EVERY_PHASE.index(self.first_phase), -self.priority

    @property
    def first_phase(self) -> Phase:
        """The first phase in which it does something."""
        return min(self.phases, key=EVERY_PHASE.index)

    @property
    def logs_headers(self) -> bool:
        """Whether it is a log that contains request headers."""
        return tuple(self.phases) == ("log",) and "request.headers" in self.reads

    @property
    def decides_upstream_request(self) -> bool:
        """Whether it changes the method or path for the service, or answers so that the service gets no request."""
        return self.answers or bool({"request.method", "request.path"} & set(self.writes))


UNKNOWN = Traits(priority=1000, phases=EVERY_PHASE)
"""The traits of a plugin about which nothing is known: it does not authenticate, and no rule relies on it."""

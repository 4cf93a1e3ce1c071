"""Every field of every class of Kong's file with many values, for comparing our classes with Kong's schemas."""

import dataclasses
import random
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from kong_full_configuration import PUBLIC_KEY

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.consumers import Consumer, JwtIssuer
from kubestock.gateway.kong.config.healthchecks import (
    ActiveHealthCheck,
    ActiveHealthy,
    ActiveUnhealthy,
    HealthChecks,
    PassiveHealthCheck,
    PassiveHealthy,
    PassiveUnhealthy,
)
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.config.upstreams import Hashing, Target, Upstream
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Cors
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.limits import BotDetection, IpRestriction, RequestSizeLimiting, RequestTermination
from kubestock.gateway.kong.plugins.logs import FileLog, HttpLog, Queue, TcpLog
from kubestock.gateway.kong.plugins.observability import CorrelationId, Prometheus
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.gateway.kong.plugins.request_transformation import (
    RequestEntries,
    RequestNames,
    RequestReplacements,
    RequestTransformer,
)
from kubestock.gateway.kong.plugins.response_transformation import (
    ResponseEntries,
    ResponseNames,
    ResponseRenames,
    ResponseTransformer,
)
from kubestock.values.value import Value, to_plain

# fmt: off
TEXTS = (
    "", " ", "a", "A", "7", "٣", "a b", " a", "a ", "a\nb", "a\tb", "a\x7f", "é", "a" * 300, "{{ 1 }}", '"', "'",
    "\\", "/", "/a", "/a/", "//", "/a//b", "a/b", "/a?b=c", "/a#b", "/a b", "/é", "/%zz", "/%", "/%2", "/%20", "/%61",
    "/../a", "/a;b", "/a|b", '/a"b', r"/a\b", "/a{b}", "/[a]", "/a:b@c", "/$(uri_captures.a)", "/a%", "/a~b",
    "/dev/std&out", "X-A", "X_A", "X A", "X-A ", "X:A", "X.A", "X-À", "X-A:b", "X-A:", "X-A: ", ":b", "X A:b",
    "X-A:X-B", "X-A:X B", "X-A:X.B", "X-A:b:c", "X-A:b\nc", "X-A:$(", "X-A:$(headers.host)", "X-A:}", "X.A:b",
    "X-A:é", "a:b", "a:", "a.example.com", "A.example.com", "a.example.com.", "*.example.com", "a.*", "*", "*.*",
    "-a.com", "a-.com", "a..b", "a_b.example.com", "1.2.3.4", "1.2.3.4:80", "1.2.3", "999.1.1.1", "1", "1.2",
    "10.0.0.0/8", "10.0.0.1/8", "10.0.0.0/33", "::1", "[::1]", "[::1]:80", "fe80::1%eth0", "::/0", "fe80::/10%eth0",
    "::ffff:10.0.0.0/104", "01.2.3.4", "10.0.0.0/08", "a.example.com:80", "a.example.com:0", "a.example.com:65536",
    "a.example.com:٣", "a.example.com:080", "a:80", "a:+80", "a: 80", "https://a.example.com", "http://a.example.com",
    "https://a.example.com/", "https://a.example.com/x", "https://[", "https://", "https://a.example.com:8443",
    "https://A.example.com", "ftp://a.example.com", "http://a b", "http://a.example.com/a b",
    "http://user@a.example.com", "http://a.example.com:99999", "http://a.example.com:٣", "http://[::1]:80/",
    "http://", "http:/a", "(", "[", "a)", "(?u)a", "(?i)a", "(?P<a>b)", "(?L)a", "(?a)a", r"\u00e9", r"\x41",
    r"\N{DIGIT ONE}", r"\Z", r"\z", r"\K", r"\p{L}", "a++", "(?>a)", "(?<=a+)b", "(?<!a)b", "(a)(?(1)b|c)", "a{2,1}",
    "a{99999}", "[z-a]", r"\1", r"(a)\1", r"\U00000041", r"\d+", r"[\w-]", "[[:alpha:]]", "(?#a)", "(?x) a", "(?s).",
    "(?m)^a$", "*a", "a**", "(?P=a)", "(?P<a>b)(?P=a)", r"\c", "a|", "|", "GET", "get", "PATCH", "FOO", "GET,POST",
    "return 1", "return (", "a,b", "a-b.c_d~e",
)
# fmt: on
"""Texts of all kinds that some field accepts or rejects."""

_ALPHABET = "aAzZ09/.:-_~%?#[](){}|+*^$\\ \t\n\"',;=@&!<>é٣\u2028"
_RANDOM = 40


def random_texts() -> list[str]:
    """Return texts of characters with a special meaning somewhere, always the same ones."""
    chance = random.Random(20250101)  # noqa: S311  # values for a test
    return ["".join(chance.choices(_ALPHABET, k=chance.randint(1, 6))) for _ in range(_RANDOM)]


@dataclass(frozen=True, eq=False)
class Holder:
    """A class, the arguments that it requires, and how to put it into an entity of Kong's file."""

    kind: type[Value]
    fields: Mapping[str, Any]
    into: Callable[[Any], Value]
    at: tuple[str, ...] = ()
    """The path of its fields in the rendered entity."""

    def make(self, **fields: Any) -> Value:
        return self.into(self.kind(**{**self.fields, **fields}))


@dataclass(frozen=True)
class Candidate:
    """One field with one value. `problem` is the error of our class, or None."""

    holder: Holder
    field: str
    value: Any
    problem: str | None

    @property
    def name(self) -> str:
        return f"{self.holder.kind.__name__}.{self.field}"

    @property
    def entity(self) -> dict[str, Any]:
        """The entity with this value, also if our class rejects it."""
        made = to_plain(_rendered(self.holder))
        inside = made
        for step in self.holder.at:
            inside = inside.setdefault(step, {}) if isinstance(inside, dict) else inside[step]
        inside[self.field] = to_plain(self.value)
        return typing.cast("dict[str, Any]", made)


def itself(value: Any) -> Any:
    return value


def _in(kind: type[Value], field: str, **others: Any) -> Callable[[Any], Value]:
    return lambda value: kind(**{**others, field: value})


def _plugin(kind: type[Plugin], **fields: Any) -> Holder:
    return Holder(kind, fields, itself, ("config",))


def _upstream(**fields: Any) -> Upstream:
    return Upstream(**{"name": "orders", "targets": [Target(target="a.example.com:80")], **fields})


def _health(**fields: Any) -> Upstream:
    return _upstream(healthchecks=HealthChecks(**fields))


def _hashed(hashing: Any) -> Upstream:
    return _upstream(hashing=hashing, algorithm="consistent-hashing")


_ROUTE: dict[str, Any] = {"name": "r", "path": "/r", "hosts": ["a.example.com"]}
_LIMIT: dict[str, Any] = {"minute": 5, "limit_by": "ip"}
_REDIS: dict[str, Any] = {"host": "redis.shop"}
_BACK = ActiveHealthy(interval=5, successes=1)
HOLDERS: tuple[Holder, ...] = (
    Holder(Route, _ROUTE, itself),
    Holder(KongService, {"name": "s", "upstream": _upstream(), "routes": []}, itself),
    Holder(Consumer, {"username": "c"}, itself),
    Holder(
        JwtIssuer,
        {"key": "k", "rsa_public_key": PUBLIC_KEY},
        lambda issuer: Consumer(username="c", issuers=[issuer]),
        ("jwt_secrets", 0),  # type: ignore[arg-type]  # a position in a list
    ),
    Holder(Upstream, {"name": "orders", "targets": [Target(target="a.example.com:80")]}, itself),
    Holder(Target, {"target": "a.example.com:80"}, lambda each: _upstream(targets=[each]), ("targets", 0)),  # type: ignore[arg-type]  # a position
    Holder(Hashing, {"hash_on": "ip"}, _hashed),
    Holder(Hashing, {"hash_on": "header", "hash_on_header": "X-A"}, _hashed),
    Holder(Hashing, {"hash_on": "cookie", "hash_on_cookie": "a"}, _hashed),
    Holder(Hashing, {"hash_on": "query_arg", "hash_on_query_arg": "a"}, _hashed),
    Holder(Hashing, {"hash_on": "uri_capture", "hash_on_uri_capture": "a"}, _hashed),
    Holder(Hashing, {"hash_on": "ip", "hash_fallback": "header", "hash_fallback_header": "X-A"}, _hashed),
    Holder(Hashing, {"hash_on": "ip", "hash_fallback": "query_arg", "hash_fallback_query_arg": "a"}, _hashed),
    Holder(Hashing, {"hash_on": "ip", "hash_fallback": "uri_capture", "hash_fallback_uri_capture": "a"}, _hashed),
    Holder(HealthChecks, {}, lambda each: _upstream(healthchecks=each), ("healthchecks",)),
    Holder(ActiveHealthCheck, {}, lambda each: _health(active=each), ("healthchecks", "active")),
    Holder(
        ActiveHealthy,
        {"interval": 5, "successes": 1},
        lambda each: _health(active=ActiveHealthCheck(healthy=each)),
        ("healthchecks", "active", "healthy"),
    ),
    Holder(
        ActiveUnhealthy,
        {},
        lambda each: _health(active=ActiveHealthCheck(healthy=_BACK, unhealthy=each)),
        ("healthchecks", "active", "unhealthy"),
    ),
    Holder(PassiveHealthCheck, {}, lambda each: _health(passive=each), ("healthchecks", "passive")),
    Holder(
        PassiveHealthy,
        {},
        lambda each: _health(passive=PassiveHealthCheck(healthy=each)),
        ("healthchecks", "passive", "healthy"),
    ),
    Holder(
        PassiveUnhealthy,
        {},
        lambda each: _health(active=ActiveHealthCheck(healthy=_BACK), passive=PassiveHealthCheck(unhealthy=each)),
        ("healthchecks", "passive", "unhealthy"),
    ),
    _plugin(RateLimiting, **_LIMIT),
    _plugin(RateLimiting, minute=5, limit_by="path", path="/a"),
    _plugin(RateLimiting, **_LIMIT, policy="redis", redis=Redis(**_REDIS)),
    Holder(
        Redis,
        _REDIS,
        lambda redis: RateLimiting(**_LIMIT, policy="redis", redis=redis),
        ("config", "redis"),
    ),
    Holder(
        Redis,
        {**_REDIS, "ssl": True},
        lambda redis: RateLimiting(**_LIMIT, policy="redis", redis=redis),
        ("config", "redis"),
    ),
    _plugin(Cors, origins=["https://a.example.com"]),
    _plugin(Cors, origins=["https://a.example.com"], credentials=True),
    _plugin(Jwt),
    _plugin(KeyAuth),
    _plugin(Acl, allow=["a"]),
    _plugin(Acl, deny=["a"]),
    _plugin(RequestSizeLimiting),
    _plugin(IpRestriction, allow=["10.0.0.0/8"]),
    _plugin(IpRestriction, deny=["10.0.0.0/8"]),
    _plugin(BotDetection),
    _plugin(RequestTermination),
    _plugin(RequestTermination, body="a"),
    _plugin(HttpLog, http_endpoint="http://logs.example.com"),
    Holder(Queue, {}, _in(HttpLog, "queue", http_endpoint="http://logs.example.com"), ("config", "queue")),
    _plugin(FileLog, path="/dev/stdout"),
    _plugin(TcpLog, host="logs.example.com", port=5000),
    _plugin(TcpLog, host="logs.example.com", port=5000, tls=True),
    _plugin(Prometheus),
    _plugin(CorrelationId),
    _plugin(PreFunction, access=["return"]),
    _plugin(RequestTransformer),
    *(
        Holder(kind, {}, _in(RequestTransformer, part), ("config", part))
        for part, kind in (
            ("remove", RequestNames),
            ("rename", RequestEntries),
            ("replace", RequestReplacements),
            ("add", RequestEntries),
            ("append", RequestEntries),
        )
    ),
    _plugin(ResponseTransformer),
    *(
        Holder(kind, {}, _in(ResponseTransformer, part), ("config", part))
        for part, kind in (
            ("remove", ResponseNames),
            ("rename", ResponseRenames),
            ("replace", ResponseEntries),
            ("add", ResponseEntries),
            ("append", ResponseEntries),
        )
    ),
)
# fmt: off
_NUMBERS = (
    -2, -1, 0, 1, 2, 10, 99, 100, 101, 199, 200, 255, 256, 399, 400, 599, 600, 999, 1000, 3600, 3601, 32767, 32768,
)
# fmt: on
_LARGE = (65535, 65536, 65537, 86400, 86401, 1000000, 1000001, 2147483646, 2147483647, 2147483648, 2147483649)
_FRACTIONS = (0.001, 0.0009, 0.01, 0.02, 0.019, 0.5, 1.5)
_WHERE_KONG_HAS_NO_FIELD = {
    Route: {"path", "other_paths", "exact", "public", "plugins", "read_timeout"},
    KongService: {"upstream", "routes", "pods", "blocked_paths", "plugins"},
    Consumer: {"api_keys", "issuers", "plugins", "groups"},
    JwtIssuer: {"secret", "rsa_public_key", "kid"},
    Jwt: {"audiences"},
    Upstream: {"hashing", "healthchecks", "targets"},
}
"""Fields whose values are other entities or have another form in the file. They have separate tests."""


def _values(hint: Any) -> Iterator[Any]:
    """Yield values of the annotated type."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is Literal:
        yield from arguments
    elif hint is bool:
        yield from (True, False)
    elif hint is str:
        yield from dict.fromkeys((*TEXTS, *random_texts()))
    elif hint in (int, float):
        yield from (*_NUMBERS, *_LARGE, *(_FRACTIONS if hint is float else ()))
    elif origin is not None and issubclass(origin if isinstance(origin, type) else type(None), Mapping):
        yield {}
        keys, values = ([each for each in _values(one) if isinstance(each, str)] for one in arguments)
        yield from ({each: "a" if arguments[1] is not Sequence[str] else ["a"]} for each in keys)
        yield from ({"X-A": each} for each in values)
    elif origin is not None and isinstance(origin, type) and issubclass(origin, Sequence):
        yield ()
        yield from ((each,) for each in _values(arguments[0]))
    else:
        for each in arguments:
            yield from _values(each)


@cache
def _hints(kind: type[Value]) -> dict[str, Any]:
    return typing.get_type_hints(kind)


@cache
def _rendered(holder: Holder) -> dict[str, Any]:
    made: Any = holder.make()
    return typing.cast("dict[str, Any]", made.to_kong())


def candidates(holder: Holder) -> Iterator[Candidate]:
    """Yield every field of the class with every value of its type, one field at a time."""
    for each in dataclasses.fields(holder.kind):
        if each.name in _left_out(holder):
            continue
        for value in _values(_hints(holder.kind)[each.name]):
            if not isinstance(value, Value):
                yield Candidate(holder, each.name, value, _problem(holder, each.name, value))


def _left_out(holder: Holder) -> set[str]:
    """Return the fields that Kong does not have, that another class also has, and second inputs of hashing."""
    left = set(_WHERE_KONG_HAS_NO_FIELD.get(holder.kind, set()))
    if holder.kind is Hashing:
        named = {each.name for each in dataclasses.fields(Hashing)} - {"hash_on", "hash_fallback"}
        left |= named - holder.fields.keys() - ({"hash_on_cookie_path"} if "hash_on_cookie" in holder.fields else set())
    if issubclass(holder.kind, Plugin):
        left |= {"enabled", "protocols"}
        left |= set() if holder.kind is Prometheus else {"instance_name", "tags"}
    return left


def _problem(holder: Holder, field: str, value: Any) -> str | None:
    try:
        holder.make(**{field: value})
    except ConfigurationError as error:
        return str(error)
    return None

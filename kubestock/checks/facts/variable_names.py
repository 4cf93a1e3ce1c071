"""Guesses from the name of a variable whether its value is an address that the pod calls."""

import re

_WORDS = re.compile(r"[A-Za-z0-9]+")
_IDENTIFIERS = frozenset(
    _WORDS.findall(
        "allowed allowlist audience aud bind callback claim claims cookie cors csp iss issuer listen origin origins "
        "realm redirect redirects referer referrer scope scopes subject xmlns"
    )
)
"""Words in the names of variables whose values look like addresses, but are only compared or announced."""

_LOOKALIKES = frozenset(
    _WORDS.findall(
        "cron docs domain domains help homepage image images link links logo namespace privacy public runbook schedule "
        "support tag terms time topic topics uid version vite website"
    )
)
"""Words in the names of variables whose values only look like addresses, unless the name also has a service word."""

_SERVICE_WORDS = frozenset(_WORDS.findall("addr address backend host server service services svc upstream"))

ADDRESS_WORDS = frozenset(
    _WORDS.findall(
        "addr address addresses amqp api backend backends bootstrap broker brokers cluster conn connect connection "
        "connectionstring connstr database db dsn endpoint endpoints etcd gateway grpc host hosts hostname kafka "
        "memcached mongo mongodb mysql nats node nodes peer peers pg postgres postgresql proxy rabbitmq redis sentinel "
        "server servers service services sql svc target targets upstream upstreams uri uris url urls zookeeper"
    )
)
"""Words in the names of variables whose values are addresses."""

DATA_STORE_WORDS = frozenset(
    _WORDS.findall(
        "amqp cache database db elasticsearch kafka mail memcached mongo mongodb mysql nats opensearch pg postgres "
        "postgresql rabbitmq redis smtp sql"
    )
)
"""Words for services to which a program connects even if no port is set."""


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name in lower case; camelCase is split into words."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return frozenset(each.lower() for each in _WORDS.findall(apart))


def is_not_called(words: frozenset[str]) -> bool:
    """Whether the words of a variable's name show that the pod does not call its value."""
    return bool(words & _IDENTIFIERS) or bool(words & _LOOKALIKES and not words & _SERVICE_WORDS)

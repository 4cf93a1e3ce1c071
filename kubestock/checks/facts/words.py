"""What the words in the name of a variable say of its value."""

import re

_WORDS = re.compile(r"[A-Za-z0-9]+")
_IDENTIFIERS = frozenset(
    _WORDS.findall(
        "allowed allowlist audience aud bind callback claim claims cookie cors csp iss issuer listen origin origins "
        "realm redirect redirects referer referrer scope scopes subject xmlns"
    )
)
"""Words in the names of variables that hold what has the form of an address, and is compared or announced."""

_OF_OTHERS = frozenset(
    _WORDS.findall(
        "cron docs domain domains help homepage image images link links logo namespace privacy public runbook schedule "
        "support tag terms time topic topics uid version vite website"
    )
)
"""Words in the names of variables whose value only looks like an address, unless they name a service, too."""

_CALLED = frozenset(_WORDS.findall("addr address backend host server service services svc upstream"))

ADDRESS = frozenset(
    _WORDS.findall(
        "addr address addresses amqp api backend backends bootstrap broker brokers cluster conn connect connection "
        "connectionstring connstr database db dsn endpoint endpoints etcd gateway grpc host hosts hostname kafka "
        "memcached mongo mongodb mysql nats node nodes peer peers pg postgres postgresql proxy rabbitmq redis sentinel "
        "server servers service services sql svc target targets upstream upstreams uri uris url urls zookeeper"
    )
)
"""Words in the names of variables that hold addresses."""

STORES = frozenset(
    _WORDS.findall(
        "amqp cache database db elasticsearch kafka mail memcached mongo mongodb mysql nats opensearch pg postgres "
        "postgresql rabbitmq redis smtp sql"
    )
)
"""Words in the names of what a program connects to at a port that is not said."""


def words_of(name: str) -> frozenset[str]:
    """Return the words of a name in lower case, those of camelCase apart."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return frozenset(each.lower() for each in _WORDS.findall(apart))


def is_no_call(words: frozenset[str]) -> bool:
    """Whether the words of a name say that its value is not called by the pod itself, whatever its form."""
    return bool(words & _IDENTIFIERS) or bool(words & _OF_OTHERS and not words & _CALLED)

"""What the words in the name of a variable say of its value."""

import re

_WORDS = re.compile(r"[A-Za-z0-9]+")
NO_CALL = frozenset(
    _WORDS.findall(
        "allowed allowlist audience aud bind callback claim claims cookie cors cron csp docs domain domains help "
        "homepage image images iss issuer link links listen logo namespace origin origins privacy public realm "
        "redirect redirects referer referrer runbook schedule scope scopes subject support tag terms time uid version "
        "vite website xmlns"
    )
)
"""Words in the names of variables that hold what has the form of an address, and is not called by the pod itself."""

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

"""Rules about names and credentials that must be unique."""

from collections import Counter
from collections.abc import Iterable, Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View


def duplicated_names(view: View) -> Iterator[KongFinding]:
    """Find duplicated names of services, routes and consumers, credentials and issuers."""
    yield from _unique("service name", (each.name for each in view.services))
    yield from _unique("route name", (each.name for each in view.routes))
    yield from _unique("consumer", (each.username for each in view.consumers))
    yield from _unique("credential", (each.key for consumer in view.consumers for each in consumer.credentials))
    yield from _unique(
        "JWT issuer",
        (each.credential for consumer in view.consumers for each in consumer.issuers),
        "give each of its keys a kid=, and use Jwt(key_claim_name='kid')",
    )
    known = {each.upstream.name: each.upstream for each in view.services}
    for each in view.services:
        if known[each.upstream.name] != each.upstream:
            yield KongFinding(
                id="upstream-ambiguous",
                message=f"upstream {each.upstream.name} must have one definition, got two different ones",
                fix="rename one of them",
            )


def _unique(what: str, values: Iterable[str], fix: str = "rename or remove one") -> Iterator[KongFinding]:
    if repeated := sorted(each for each, count in Counter(values).items() if count > 1):
        yield KongFinding(
            id="name-duplicated",
            message=f"each {what} must be unique, got {', '.join(map(repr, repeated))} more than once",
            fix=fix,
        )

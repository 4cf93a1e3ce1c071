"""The credentials that the file takes from a Secret."""

from collections import Counter
from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View


def sealed(view: View) -> Iterator[KongFinding]:
    """Find credentials that two things share, and those that are not in the Secret of which the file is rendered."""
    known = {each.key for consumer in view.consumers for each in consumer.credentials}
    uses = Counter(each.key for each in view.secret_keys)
    if again := sorted(each for each in known if uses[each] > 1):
        yield KongFinding(
            id="credential-duplicated",
            message=f"each credential must be unique, got {', '.join(again)} as the password of a plugin, too",
            fix="seal another value for it",
        )
    if len(sources := sorted({each.source.name for each in view.secret_keys})) > 1:
        yield KongFinding(
            id="credential-source",
            message=f"credentials must be keys of one Secret, of which the file is rendered, got {', '.join(sources)}",
            fix="seal them under one name",
        )
    yield from _elsewhere(view)


def _elsewhere(view: View) -> Iterator[KongFinding]:
    sources = view.context.sources
    if sources is None or not view.secret_keys:
        return
    if not sources:
        yield KongFinding(
            id="secret-missing",
            message="credentials must be given: the configuration needs the sealed keys "
            f"{', '.join(sorted({each.key for each in view.secret_keys}))}",
            fix="pass the SealedSecret that holds them",
        )
        return
    named = ", ".join(map(repr, sorted(sources)))
    for each in view.secret_keys:
        if each.source.name not in sources:
            yield KongFinding(
                id="credential-source",
                message=f"key {each.key!r} must be of Secret {named}, which becomes the configuration, got one of "
                f"{each.source.name!r}",
                fix="seal it there",
            )

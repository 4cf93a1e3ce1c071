"""Rules about the credentials that the file takes from a Secret."""

from collections import Counter
from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View


def misplaced_credentials(view: View) -> Iterator[KongFinding]:
    """Find credentials that are used twice, and credentials that are not in the Secret of the file."""
    known = {each.key for consumer in view.consumers for each in consumer.credentials}
    uses = Counter(each.key for each in view.secret_keys)
    if again := sorted(each for each in known if uses[each] > 1):
        yield KongFinding(
            id="credential-duplicated",
            message=f"each credential must be unique, got {', '.join(again)} also as the password of a plugin",
            fix="seal a separate value for the plugin",
        )
    if len(sources := sorted({each.source.name for each in view.secret_keys})) > 1:
        yield KongFinding(
            id="credential-source",
            message="credentials must be keys of one Secret, from which the file is rendered, got "
            f"{', '.join(sources)}",
            fix="seal them into one Secret",
        )
    yield from _from_other_secrets(view)


def _from_other_secrets(view: View) -> Iterator[KongFinding]:
    sources = view.context.sources
    if sources is None or not view.secret_keys:
        return
    if not sources:
        yield KongFinding(
            id="secret-missing",
            message="credentials must be given: the configuration needs the sealed keys "
            f"{', '.join(sorted({each.key for each in view.secret_keys}))}",
            fix="pass the SealedSecret that contains them as credentials",
        )
        return
    named = ", ".join(map(repr, sorted(sources)))
    for each in view.secret_keys:
        if each.source.name not in sources:
            yield KongFinding(
                id="credential-source",
                message=f"key {each.key!r} must be in Secret {named}, from which the configuration is rendered, got a "
                f"key of {each.source.name!r}",
                fix="seal it into that Secret",
            )

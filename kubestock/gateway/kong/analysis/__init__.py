"""Rules over a whole configuration: routing, authentication, plugins, network."""

from collections.abc import Iterator
from dataclasses import replace

from kubestock.gateway.kong.analysis import (
    authentication,
    bypasses,
    credentials,
    names,
    plugins,
    preflights,
    routing,
    tokens,
)
from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View


def findings(view: View) -> list[KongFinding]:
    """Return everything that the rules find, each once, in the order of the rules."""
    found = (_placed(each, view) for each in _findings(view))
    return list(dict.fromkeys(found))


def _findings(view: View) -> Iterator[KongFinding]:
    yield from names.duplicated(view)
    yield from credentials.sealed(view)
    yield from routing.conflicts(view.routes)
    yield from plugins.misplaced(view)
    yield from plugins.overridden(view)
    yield from plugins.of_consumers(view)
    yield from plugins.indistinct(view)
    yield from plugins.unredacted(view)
    yield from authentication.unprotected(view)
    yield from authentication.useless_authentication(view)
    yield from tokens.unmet_claims(view)
    yield from tokens.late_checks(view)
    yield from bypasses.bypasses(view)
    yield from preflights.lost_preflights(view)
    yield from plugins.unreachable(view)


def _placed(finding: KongFinding, view: View) -> KongFinding:
    places = view.context.places
    found = tuple(f"{each} in {places[each]}" for each in finding.routes if each in places)
    return replace(finding, places=found) if found else finding

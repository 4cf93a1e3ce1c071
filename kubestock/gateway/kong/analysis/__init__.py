"""The rules over a whole configuration of Kong: routing, authentication, plugins, network."""

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
    """Return the findings of all rules, each once, in the order of the rules."""
    found = (_with_places(each, view) for each in _findings(view))
    return list(dict.fromkeys(found))


def _findings(view: View) -> Iterator[KongFinding]:
    yield from names.duplicated_names(view)
    yield from credentials.misplaced_credentials(view)
    yield from routing.conflicts(view.routes)
    yield from plugins.misplaced_plugins(view)
    yield from plugins.overridden_plugins(view)
    yield from plugins.consumer_overrides(view)
    yield from plugins.shared_caches(view)
    yield from plugins.logged_credentials(view)
    yield from authentication.unprotected_routes(view)
    yield from authentication.wrong_authentication(view)
    yield from tokens.mismatched_claims(view)
    yield from tokens.incomplete_token_checks(view)
    yield from bypasses.bypasses(view)
    yield from preflights.missing_preflights(view)
    yield from plugins.closed_egress(view)


def _with_places(finding: KongFinding, view: View) -> KongFinding:
    places = view.context.places
    found = tuple(f"{each} in {places[each]}" for each in finding.routes if each in places)
    return replace(finding, places=found) if found else finding

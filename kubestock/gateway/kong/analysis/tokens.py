"""Tokens whose keys Kong does not find, and checks of tokens that come too late."""

from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.functions import PostFunction

_KID = "kid"


def unmet_claims(view: View) -> Iterator[KongFinding]:
    """Find tokens that name the issuer where Kong looks for a key, or a key where it looks for the issuer."""
    issuers = [each for consumer in view.consumers for each in consumer.issuers]
    for served in view.served:
        for jwt in [each for each in served.plugins if isinstance(each, Jwt)]:
            by_key = jwt.key_claim_name == _KID
            for each in [each for each in issuers if (each.kid is not None) != by_key]:
                other = f"{each.key} without a kid" if by_key else f"the key {each.kid} of {each.key}"
                yield KongFinding(
                    id="claim-unmet",
                    message=f"key_claim_name of Jwt on {served.route.name} must be what Kong finds the keys of issuers "
                    f"by, got {jwt.key_claim_name!r} beside {other}, of which it would admit no token",
                    fix="give that issuer its kid=" if by_key else "say key_claim_name='kid', with a kid= for each key",
                    routes=(served.route.name,),
                )


def late_checks(view: View) -> Iterator[KongFinding]:
    """Find what answers a request before its token is checked, and what keeps the check from some requests."""
    for served in view.served:
        tokens = [each for each in served.plugins if isinstance(each, Jwt)]
        for each in served.plugins:
            if tokens and isinstance(each, PostFunction) and each.protocols is not None:
                yield KongFinding(
                    id="token-check-limited",
                    message=f"protocols of post-function on {served.route.name} must be left out: the gateway checks "
                    f"tokens in it for every request, got {', '.join(each.protocols)}",
                    fix="compare kong.request.get_scheme() in its Lua",
                    routes=(served.route.name,),
                )
            if each.traits.calls_backend and any(token.audiences for token in tokens):
                yield KongFinding(
                    id="audience-unchecked",
                    message=f"{each.kong_name} of {served.route.name} calls something before the audience of a token "
                    "is checked, which Lua does after all other plugins",
                    fix="leave audiences out, or put it behind a service of its own",
                    routes=(served.route.name,),
                )

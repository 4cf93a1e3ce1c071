"""Rules about tokens: keys that Kong does not find, and checks that come too late."""

from collections.abc import Iterator

from kubestock.gateway.kong.analysis.finding import KongFinding
from kubestock.gateway.kong.analysis.view import View
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.functions import PostFunction

_KID = "kid"


def mismatched_claims(view: View) -> Iterator[KongFinding]:
    """Find issuers whose keys Kong does not find by the claim that a Jwt uses."""
    issuers = [each for consumer in view.consumers for each in consumer.issuers]
    for served in view.served:
        for jwt in [each for each in served.plugins if isinstance(each, Jwt)]:
            by_key = jwt.key_claim_name == _KID
            for each in [each for each in issuers if (each.kid is not None) != by_key]:
                other = f"{each.key} without a kid" if by_key else f"the key {each.kid} of {each.key}"
                yield KongFinding(
                    id="claim-unmet",
                    message=f"key_claim_name of Jwt on {served.route.name} must be the claim by which Kong finds the "
                    f"keys of all issuers, got {jwt.key_claim_name!r}, which does not find {other}",
                    fix="give that issuer a kid=" if by_key else "set key_claim_name='kid', and a kid= for each key",
                    routes=(served.route.name,),
                )


def incomplete_token_checks(view: View) -> Iterator[KongFinding]:
    """Find plugins that run before a token is completely checked, and settings that skip the check."""
    for served in view.served:
        tokens = [each for each in served.plugins if isinstance(each, Jwt)]
        for each in served.plugins:
            if tokens and isinstance(each, PostFunction) and each.protocols is not None:
                yield KongFinding(
                    id="token-check-limited",
                    message=f"protocols of post-function on {served.route.name} must be left out, because the token "
                    f"check in it must run for every request, got {', '.join(each.protocols)}",
                    fix="check kong.request.get_scheme() in its Lua",
                    routes=(served.route.name,),
                )
            if each.traits.calls_backend and any(token.audiences for token in tokens):
                yield KongFinding(
                    id="audience-unchecked",
                    message=f"{each.kong_name} of {served.route.name} must not call another service before the "
                    "audience of a token is checked, which happens after all other plugins",
                    fix="leave audiences out, or call that service from a service of your own",
                    routes=(served.route.name,),
                )

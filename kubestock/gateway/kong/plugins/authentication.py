"""Who calls: tokens, API keys, and the groups that may enter."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_OF_A_CONSUMER, Traits
from kubestock.values.value import require_unique

_A_DAY, _A_YEAR = 86400, 31536000


class Jwt(Plugin):
    """A valid signed token of a known issuer, or 401.

    A token whose `nbf` is more than a minute away is refused, too; "nbf" in `claims_to_verify` demands that it has one.

    Unlike Kong: `claims_to_verify` is ("exp",), or an expired token would pass; `uri_param_names` is empty,
    or tokens would stand in access logs; `run_on_preflight` is False, or a CORS preflight, which carries no
    token, would get 401; `maximum_expiration` is a day, or a token that was stolen once would be valid for years.

    Args:
        audiences: of which a token must name one in `aud`. Defaults to none: tokens for any audience pass. No field of
            Kong's: Lua checks it after the signature.
        key_claim_name: the claim, or the field of the header, that says which key of a consumer's issuers verifies the
            token. Defaults to `iss`; `kid` is for issuers with several keys, `JwtIssuer(kid=…)`.
        anonymous: consumer for requests without a token. It lets everybody through, so it is refused.
        maximum_expiration: seconds from now within which a token must expire. Defaults to a day; 0 is no limit.

    Raises:
        ConfigurationError: if expiry is not verified, if no place is left to look for a token, or if a name
            is empty.
    """

    name: ClassVar[str] = "jwt"
    traits: ClassVar[Traits] = Traits(
        priority=1450,
        scopes=NOT_OF_A_CONSUMER,
        authenticates="jwt_secrets",
        shared_consumer=True,
        reads=("request.headers", "request.query"),
        writes=("request.headers",),
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {
        "claims_to_verify": (),
        "uri_param_names": ("jwt",),
        "run_on_preflight": True,
        "maximum_expiration": 0,
    }
    always_written: ClassVar[tuple[str, ...]] = (
        "maximum_expiration",
        *("claims_to_verify", "key_claim_name", "header_names", "cookie_names", "uri_param_names", "run_on_preflight"),
    )

    uri_param_names: Sequence[str] = ()
    cookie_names: Sequence[str] = ()
    key_claim_name: str = "iss"
    secret_is_base64: bool = False
    claims_to_verify: Sequence[Literal["exp", "nbf"]] = ("exp",)
    audiences: Sequence[str] = ()
    anonymous: str | None = None
    run_on_preflight: bool = False
    maximum_expiration: float = _A_DAY
    header_names: Sequence[str] = ("authorization",)
    realm: str | None = None

    def check(self) -> None:
        """Refuse what would let a bad token pass."""
        _nobody_anonymous(self.anonymous)
        if "exp" not in self.claims_to_verify:
            raise ConfigurationError("claims_to_verify must hold 'exp', or Kong accepts expired tokens")
        http.check_each_not_empty("audiences", self.audiences)
        require_unique("of audiences", self.audiences)
        http.check_range("maximum_expiration", self.maximum_expiration, 0, _A_YEAR)
        if self.uri_param_names:
            raise ConfigurationError("uri_param_names must be empty: a token in an address ends up in logs")
        if not self.header_names and not self.cookie_names:
            raise ConfigurationError("header_names or cookie_names must name where the token is")
        for each in self.header_names:
            http.kong_header("a name in header_names", each)
        for each in self.cookie_names:
            http.header_name("a name in cookie_names", each)
        http.check_not_empty("realm", self.realm)
        if not self.key_claim_name:
            raise ConfigurationError("key_claim_name must name the claim that holds the issuer, got an empty text")

    def config(self) -> dict[str, Any]:
        """Return the configuration, without the audiences, which Kong does not know."""
        return {name: value for name, value in super().config().items() if name != "audiences"}

    @property
    def credential_headers(self) -> frozenset[str]:
        """The headers that hold the token."""
        return frozenset([*(each.lower() for each in self.header_names), *(["cookie"] if self.cookie_names else [])])


class KeyAuth(Plugin):
    """A known API key in a header, or 401.

    Unlike Kong: `key_in_query` is False, or keys would stand in access logs; `hide_credentials` is True, or
    the service would see, and log, the key; `run_on_preflight` is False, or a CORS preflight would get 401.

    Raises:
        ConfigurationError: if there is no name, an empty one, or no header to look in.
    """

    name: ClassVar[str] = "key-auth"
    traits: ClassVar[Traits] = Traits(
        priority=1250,
        scopes=NOT_OF_A_CONSUMER,
        authenticates="keyauth_credentials",
        reads=("request.headers", "request.query", "request.body"),
        writes=("request.headers",),
    )
    kong_defaults: ClassVar[Mapping[str, Any]] = {
        "hide_credentials": False,
        "key_in_query": True,
        "run_on_preflight": True,
    }
    always_written: ClassVar[tuple[str, ...]] = (
        *("key_names", "key_in_header", "key_in_query", "key_in_body", "hide_credentials", "run_on_preflight"),
    )

    key_names: Sequence[str] = ("apikey",)
    hide_credentials: bool = True
    anonymous: str | None = None
    key_in_header: bool = True
    key_in_query: bool = False
    key_in_body: bool = False
    run_on_preflight: bool = False
    realm: str | None = None

    def check(self) -> None:
        """Refuse what Kong accepts and then answers wrongly."""
        _nobody_anonymous(self.anonymous)
        if not self.key_names:
            raise ConfigurationError("key_names must name the header that holds the key, got none; use ['x-api-key']")
        http.check_not_empty("realm", self.realm)
        for each in self.key_names:
            http.kong_header("each of key_names", each)
        if self.key_in_query:
            raise ConfigurationError("key_in_query must be False: a key in an address ends up in logs; use a header")
        if not self.key_in_header and not self.key_in_body:
            raise ConfigurationError("key_in_header must be True, or no key is ever found")

    @property
    def credential_headers(self) -> frozenset[str]:
        """The headers that hold the key."""
        return frozenset(each.lower() for each in self.key_names)


class Acl(Plugin):
    """Only consumers in one of the groups of `allow`, or in none of `deny`; others get 403.

    Without it a consumer with the right kind of credential enters every route of that kind.
    """

    name: ClassVar[str] = "acl"
    traits: ClassVar[Traits] = Traits(
        priority=950, scopes=NOT_OF_A_CONSUMER, requires_identity=True, writes=("request.headers",)
    )
    always_written: ClassVar[tuple[str, ...]] = ("allow", "deny", "always_use_authenticated_groups")

    allow: Sequence[str] | None = None
    deny: Sequence[str] | None = None
    hide_groups_header: bool = False
    always_use_authenticated_groups: bool = False

    def check(self) -> None:
        """Refuse both lists, neither, and an empty one."""
        if (self.allow is None) == (self.deny is None):
            raise ConfigurationError("allow or deny must be given, and not both")
        groups = self.allow if self.allow is not None else self.deny
        if not groups or not all(groups):
            raise ConfigurationError("allow and deny must name groups; an empty list decides nothing")

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that may pass, or that may not."""
        return tuple(self.allow or self.deny or ())

    def admits(self, groups: Sequence[str]) -> bool:
        """Tell whether a consumer of these groups may pass."""
        named = bool(set(self.groups) & set(groups))
        return named if self.allow is not None else not named


def _nobody_anonymous(anonymous: str | None) -> None:
    if anonymous is not None:
        raise ConfigurationError(
            "anonymous must be left out: every request without a credential would pass; "
            "make a public route of its own instead"
        )

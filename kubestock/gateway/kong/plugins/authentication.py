"""Authentication by tokens or API keys, and authorization by groups."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import NOT_ON_CONSUMERS, Traits
from kubestock.values.value import require_unique

_A_DAY, _A_YEAR = 86400, 31536000


class Jwt(Plugin):
    """Requires a valid signed token of a known issuer. Other requests get 401.

    Lua that the gateway adds also rejects a token whose `nbf` is more than a minute in the future. With "nbf" in
    `claims_to_verify` a token must have that claim.

    Unlike Kong: `claims_to_verify` is ("exp",), because otherwise an expired token would pass; `uri_param_names` is
    empty, because access logs contain URLs; `run_on_preflight` is False, because a CORS preflight carries no token and
    would get 401; `maximum_expiration` is one day, because otherwise a stolen token might be valid for years.

    Args:
        uri_param_names: must be empty, because a token in a URL ends up in logs.
        cookie_names: the cookies that may contain the token. Defaults to none.
        key_claim_name: the claim, or the field of the token's header, by which Kong finds the key that verifies the
            token. Defaults to `iss`. Use `kid` for issuers with several keys, with `JwtIssuer(kid=…)`.
        secret_is_base64: whether the shared secrets of HS algorithms are Base64-encoded. Defaults to False.
        claims_to_verify: the claims of time that Kong verifies; must contain "exp". Defaults to ("exp",).
        audiences: the accepted values of the `aud` claim; a token must have one of them. Not a field of Kong: Lua
            checks it after the signature. Defaults to none: tokens for any audience pass.
        anonymous: must be left out, because it would allow requests without a token.
        run_on_preflight: whether OPTIONS requests need a token, too. Defaults to False.
        maximum_expiration: the longest remaining lifetime of a token, in seconds. Defaults to 86400, one day; 0 means
            no limit.
        header_names: the headers that may contain the token. Defaults to authorization.
        realm: the realm in the WWW-Authenticate header of a 401. Defaults to none.

    Raises:
        ConfigurationError: if expiry is not verified, there is no header and no cookie for the token, a name is empty,
            or `uri_param_names` or `anonymous` is given.

    See https://developer.konghq.com/plugins/jwt/
    """

    name: ClassVar[str] = "jwt"
    traits: ClassVar[Traits] = Traits(
        priority=1450,
        scopes=NOT_ON_CONSUMERS,
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
        """Check that only valid tokens pass."""
        _check_not_anonymous(self.anonymous)
        if "exp" not in self.claims_to_verify:
            raise ConfigurationError(
                f"claims_to_verify must contain 'exp', got {list(self.claims_to_verify)}: otherwise Kong accepts "
                "expired tokens"
            )
        http.check_each_not_empty("audiences", self.audiences)
        require_unique("of audiences", self.audiences)
        http.check_range("maximum_expiration", self.maximum_expiration, 0, _A_YEAR)
        if self.uri_param_names:
            raise ConfigurationError("uri_param_names must be empty: a token in a URL ends up in logs")
        if not self.header_names and not self.cookie_names:
            raise ConfigurationError(
                "header_names or cookie_names must contain a name, or Kong does not look for a token"
            )
        for each in self.header_names:
            http.kong_header("a name in header_names", each)
        for each in self.cookie_names:
            http.header_name("a name in cookie_names", each)
        http.check_not_empty("realm", self.realm)
        if not self.key_claim_name:
            raise ConfigurationError("key_claim_name must be the name of a claim such as iss, got an empty text")

    def config(self) -> dict[str, Any]:
        """Return the configuration without `audiences`, which is not a field of Kong's plugin."""
        return {name: value for name, value in super().config().items() if name != "audiences"}

    @property
    def credential_headers(self) -> frozenset[str]:
        """The request headers that contain the token."""
        return frozenset([*(each.lower() for each in self.header_names), *(["cookie"] if self.cookie_names else [])])


class KeyAuth(Plugin):
    """Requires an API key of a consumer in a request header. Other requests get 401.

    Unlike Kong: `key_in_query` is False, because access logs contain URLs; `hide_credentials` is True, because the
    service might log the key; `run_on_preflight` is False, because a CORS preflight carries no key and would get 401.

    Args:
        key_names: the headers that may contain the key. Defaults to apikey.
        hide_credentials: remove the key before the request is sent to the service. Defaults to True.
        anonymous: must be left out, because it would allow requests without a key.
        key_in_header: look for the key in headers. Defaults to True.
        key_in_query: must be False, because a key in a URL ends up in logs.
        key_in_body: look for the key in the request body. Defaults to False.
        run_on_preflight: whether OPTIONS requests need a key, too. Defaults to False.
        realm: the realm in the WWW-Authenticate header of a 401. Defaults to none.

    Raises:
        ConfigurationError: if there is no header name or an empty one, there is no place to look for the key, or
            `key_in_query` or `anonymous` is given.

    See https://developer.konghq.com/plugins/key-auth/
    """

    name: ClassVar[str] = "key-auth"
    traits: ClassVar[Traits] = Traits(
        priority=1250,
        scopes=NOT_ON_CONSUMERS,
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
        """Check that a key is required, and that it is not in the URL."""
        _check_not_anonymous(self.anonymous)
        if not self.key_names:
            raise ConfigurationError(
                "key_names must contain the name of the header with the key, got none; use ['x-api-key']"
            )
        http.check_not_empty("realm", self.realm)
        for each in self.key_names:
            http.kong_header("each of key_names", each)
        if self.key_in_query:
            raise ConfigurationError("key_in_query must be False: a key in a URL ends up in logs; use a header")
        if not self.key_in_header and not self.key_in_body:
            raise ConfigurationError("key_in_header or key_in_body must be True, or Kong never finds a key")

    @property
    def credential_headers(self) -> frozenset[str]:
        """The request headers that contain the key."""
        return frozenset(each.lower() for each in self.key_names)


class Acl(Plugin):
    """Allows only consumers in a group of `allow`, or only consumers in no group of `deny`. Others get 403.

    It needs a plugin that authenticates, such as `Jwt` or `KeyAuth`. Without an `Acl`, every consumer with the right
    kind of credential can use the route.

    Args:
        allow: the groups that are allowed. Give either `allow` or `deny`.
        deny: the groups that are denied.
        hide_groups_header: do not send the groups of the consumer to the service in X-Consumer-Groups. Defaults to
            False.
        always_use_authenticated_groups: use the groups that authentication found, even if there is a consumer. Defaults
            to False.

    Raises:
        ConfigurationError: if `allow` and `deny` are both given or both missing, or the list is empty.

    See https://developer.konghq.com/plugins/acl/
    """

    name: ClassVar[str] = "acl"
    traits: ClassVar[Traits] = Traits(
        priority=950, scopes=NOT_ON_CONSUMERS, requires_identity=True, writes=("request.headers",)
    )
    always_written: ClassVar[tuple[str, ...]] = ("allow", "deny", "always_use_authenticated_groups")

    allow: Sequence[str] | None = None
    deny: Sequence[str] | None = None
    hide_groups_header: bool = False
    always_use_authenticated_groups: bool = False

    def check(self) -> None:
        """Check that exactly one list is given, and that it is not empty."""
        if (self.allow is None) == (self.deny is None):
            raise ConfigurationError("either allow or deny must be given, and not both")
        groups = self.allow if self.allow is not None else self.deny
        if not groups or not all(groups):
            raise ConfigurationError("allow and deny must contain group names, got an empty list or name")

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups in `allow` or `deny`."""
        return tuple(self.allow or self.deny or ())

    def admits(self, groups: Sequence[str]) -> bool:
        """Whether it allows a consumer in these groups."""
        named = bool(set(self.groups) & set(groups))
        return named if self.allow is not None else not named


def _check_not_anonymous(anonymous: str | None) -> None:
    if anonymous is not None:
        raise ConfigurationError(
            "anonymous must be left out: every request without a credential would pass; use a separate route "
            "with public=True instead"
        )

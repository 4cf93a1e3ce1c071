"""Who may use a route."""

from collections.abc import Sequence
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.plugins.authentication import Acl, Jwt, KeyAuth
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.values.value import Value

PEOPLE: Literal["people"] = "people"
_KEY_HEADER = "x-api-key"

Auth = Literal["people"]


class RouteAccess(Value):
    """Who may use a route: exactly one of the three arguments is given.

    Args:
        auth: "people": users with a token of the issuer.
        callers: names of programs that each have an API key.
        public: any client, without authentication.
    """

    auth: Auth | None = None
    callers: tuple[str, ...] = ()
    public: bool = False

    def check(self) -> None:
        if (self.auth is not None) + bool(self.callers) + self.public != 1:
            raise ConfigurationError(
                "a route must say who may use it in exactly one way: auth='people', callers=['…'] or public=True"
            )

    def plugins(self, audiences: Sequence[str] = ()) -> list[Plugin]:
        """Return the plugins that authenticate the client and authorize its groups.

        Args:
            audiences: the audiences of which a token must have one. Defaults to none: the issuer's tokens are accepted.
        """
        if self.auth is not None:
            return [Jwt(audiences=audiences), Acl(allow=[PEOPLE])]
        return [KeyAuth(key_names=[_KEY_HEADER]), Acl(allow=self.callers)] if self.callers else []

"""Lua functions that run before or after all other plugins."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import EVERY_PART, EVERY_PHASE, NOT_ON_CONSUMERS, Part, Traits

_HEADERS: tuple[Part, ...] = ("request.headers", "response.status", "response.headers", "response.body")
"""What this Lua may change. To change the path or the method for the service, use a RequestTransformer."""
BEFORE_ROUTING = ("certificate", "rewrite")
"""The phases before Kong knows the route. In these, only the functions on all requests run."""


class Function(Plugin):
    """Lua code for the phases of a request.

    Args:
        certificate: Lua for the TLS handshake.
        rewrite: Lua that runs before Kong looks for a route.
        access: Lua that runs before the request is sent to the service.
        header_filter: Lua for the headers of the response.
        body_filter: Lua for each chunk of the response body.
        log: Lua that runs after the response has been sent.

    Raises:
        ConfigurationError: if there is no Lua, it does not compile, or it uses something that Kong's sandbox does not
            allow.
    """

    certificate: Sequence[str] = ()
    rewrite: Sequence[str] = ()
    access: Sequence[str] = ()
    header_filter: Sequence[str] = ()
    body_filter: Sequence[str] = ()
    log: Sequence[str] = ()

    @property
    def sources(self) -> Mapping[str, Sequence[str]]:
        """The Lua of each phase."""
        return {phase: getattr(self, phase) for phase in EVERY_PHASE}

    def check(self) -> None:
        """Check that there is Lua, that it compiles, and that Kong's sandbox allows it."""
        if not any(self.sources.values()):
            raise ConfigurationError(f"one of {', '.join(EVERY_PHASE)} must contain Lua")
        for phase, sources in self.sources.items():
            http.check_each_not_empty(f"{phase} of {self.name}", sources)
            for source in sources:
                compiler.check_lua(f"{phase} of {self.name}", source)

    @property
    def settings_before_routing(self) -> tuple[str, ...]:
        """The phases with Lua that run before Kong knows the route."""
        return tuple(each for each in BEFORE_ROUTING if self.sources[each])

    def override_problem(self, broader: Self) -> str | None:
        """Return which Lua of the broader plugin would not run, or None. Lua before routing always runs globally."""
        for phase, sources in broader.sources.items():
            if phase not in BEFORE_ROUTING and tuple(self.sources[phase][: len(sources)]) != tuple(sources):
                return (
                    f"whose Lua in {phase}, such as that of JsonBody, would not run; begin its {phase} with "
                    "the Lua of the broader plugin"
                )
        return None


class PreFunction(Function):
    """Runs Lua before every other plugin of the phase, including authentication.

    See https://developer.konghq.com/plugins/pre-function/
    """

    name: ClassVar[str] = "pre-function"
    traits: ClassVar[Traits] = Traits(
        priority=1000000, phases=EVERY_PHASE, scopes=NOT_ON_CONSUMERS, reads=EVERY_PART, writes=_HEADERS
    )


class PostFunction(Function):
    """Runs Lua after every other plugin of the phase.

    See https://developer.konghq.com/plugins/post-function/
    """

    name: ClassVar[str] = "post-function"
    traits: ClassVar[Traits] = Traits(
        priority=-1000, phases=EVERY_PHASE, scopes=NOT_ON_CONSUMERS, reads=EVERY_PART, writes=_HEADERS
    )

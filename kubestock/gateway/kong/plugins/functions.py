"""Lua of one's own, before and after all other plugins."""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import EVERY_PART, EVERY_PHASE, NOT_OF_A_CONSUMER, Part, Traits

_BEFORE_ROUTING = ("certificate", "rewrite")
_HEADERS: tuple[Part, ...] = ("request.headers", "response.status", "response.headers", "response.body")
"""What Lua here is meant to change: what a service is asked for belongs into a RequestTransformer."""
BEFORE_ROUTING = ("certificate", "rewrite")
"""Phases in which Kong runs the functions of all requests alone."""


class Function(Plugin):
    """Lua in the phases of a request.

    Raises:
        ConfigurationError: without any Lua, or with Lua that does not parse or that the sandbox would stop.
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
        """Refuse Lua that would answer 500."""
        if not any(self.sources.values()):
            raise ConfigurationError(f"one of {', '.join(EVERY_PHASE)} must hold Lua")
        for phase, sources in self.sources.items():
            http.check_each_not_empty(f"{phase} of {self.name}", sources)
            for source in sources:
                compiler.check_lua(f"{phase} of {self.name}", source)

    @property
    def settings_before_routing(self) -> tuple[str, ...]:
        """The phases before Kong knows the route for which there is Lua."""
        return tuple(each for each in _BEFORE_ROUTING if self.sources[each])

    def override_problem(self, broader: Self) -> str | None:
        """Say which Lua of a broader one would not run; before Kong knows the route, that of all requests does."""
        for phase, sources in broader.sources.items():
            if phase not in BEFORE_ROUTING and tuple(self.sources[phase][: len(sources)]) != tuple(sources):
                return (
                    f"whose Lua in {phase}, such as that of JsonBody, would not run; begin its {phase} with that of "
                    "the broader one"
                )
        return None


class PreFunction(Function):
    """Lua before every other plugin, authentication included."""

    name: ClassVar[str] = "pre-function"
    traits: ClassVar[Traits] = Traits(
        priority=1000000, phases=EVERY_PHASE, scopes=NOT_OF_A_CONSUMER, reads=EVERY_PART, writes=_HEADERS
    )


class PostFunction(Function):
    """Lua after every other plugin of its phase."""

    name: ClassVar[str] = "post-function"
    traits: ClassVar[Traits] = Traits(
        priority=-1000, phases=EVERY_PHASE, scopes=NOT_OF_A_CONSUMER, reads=EVERY_PART, writes=_HEADERS
    )

"""Lua of one's own, before and after all other plugins."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin

_PHASES = ("certificate", "rewrite", "access", "header_filter", "body_filter", "log")


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
        return {phase: getattr(self, phase) for phase in _PHASES}

    def check(self) -> None:
        """Refuse Lua that would answer 500."""
        if not any(self.sources.values()):
            raise ConfigurationError(f"one of {', '.join(_PHASES)} must hold Lua")
        for phase, sources in self.sources.items():
            http.texts(f"{phase} of {self.name}", sources)
            for source in sources:
                compiler.checked(f"{phase} of {self.name}", source)


class PreFunction(Function):
    """Lua before every other plugin, authentication included."""

    name: ClassVar[str] = "pre-function"


class PostFunction(Function):
    """Lua after every other plugin of its phase."""

    name: ClassVar[str] = "post-function"

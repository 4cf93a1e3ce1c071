"""Any other plugin of open-source Kong, by name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.registry import ENTERPRISE, OPEN_SOURCE, TYPED
from kubestock.gateway.schema import config_problems
from kubestock.gateway.typed import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomPlugin(Plugin):
    """A plugin of open-source Kong 3.9.3 that has no class here.

    Args:
        plugin: its name.
        settings: its configuration, as Kong documents it.
        schema: of the plugin, as a running Kong reports it at /schemas/plugins/<name>; the settings are held to
            it. Defaults to none: only `kong config parse` checks them then.

    Raises:
        ConfigurationError: if the name is unknown, belongs to Kong Enterprise, or has a class here; or if the
            schema does not admit the settings.
    """

    name: ClassVar[str] = ""

    plugin: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None

    @property
    def kong_name(self) -> str:
        """The name that Kong knows the plugin by."""
        return self.plugin

    def config(self) -> dict[str, Any]:
        """Return the configuration as it was given."""
        return dict(plain(self.settings))

    def check(self) -> None:
        """Refuse a plugin that this Kong does not have, and one whose fields have a class that checks them."""
        if serves := ENTERPRISE.get(self.plugin):
            raise ConfigurationError(f"plugin {self.plugin!r} is part of Kong Enterprise; use {serves}")
        if known := TYPED.get(self.plugin):
            raise ConfigurationError(f"plugin {self.plugin!r} has a class that checks its fields; use {known}")
        if self.plugin not in OPEN_SOURCE:
            raise ConfigurationError(
                f"plugin {self.plugin!r} must be one of open-source Kong 3.9: {', '.join(sorted(OPEN_SOURCE))}"
            )
        if self.schema is not None and (problems := config_problems(plain(self.schema), self.config())):
            raise ConfigurationError(f"settings of {self.plugin} must fit its schema: {'; '.join(problems)}")

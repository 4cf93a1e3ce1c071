"""A plugin that has no class in this library, by its name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.entities import to_kong_value
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.traits import UNKNOWN, Traits, Transport
from kubestock.gateway.kong.plugins.untyped import TRAITS
from kubestock.values.references import SecretKey

_NEEDS_DATABASE = {"policy": "cluster", "storage": "kong"}


class CustomPlugin(Plugin):
    """Any other plugin by its name: one of open-source Kong 3.9.3 without a class here, or one in your own image.

    For a plugin that you use often, write a class: see `Plugin`.

    Args:
        plugin: the name of the plugin in Kong.
        settings: its configuration, as Kong documents it. A credential must be a key of the sealed Secret. Defaults to
            none.
        traits: the traits of a plugin of your own, which `Runtime(plugins=…)` loads. Defaults to the known traits of
            the plugin of open-source Kong.
        connects_to: hosts that it makes Kong connect to over TCP, in addition to those in its settings. Required if its
            settings do not contain the hosts. Defaults to none.

    Raises:
        ConfigurationError: if the plugin is unknown and has no traits, has a class here, or needs a database; if a
            credential would be in plain text or in a log.

    See https://developer.konghq.com/plugins/
    """

    plugin: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    traits: Traits = UNKNOWN  # type: ignore[misc]  # a class variable in other plugins
    connects_to: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.traits is UNKNOWN:
            object.__setattr__(self, "traits", TRAITS.get(self.plugin, UNKNOWN))
        super().__post_init__()

    @property
    def kong_name(self) -> str:
        """The name of the plugin in Kong."""
        return self.plugin

    def setting(self, path: str) -> Any:
        """Return a setting by its path, such as limit_by or redis.host, or None if it is absent."""
        value: Any = self.settings
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def config(self) -> dict[str, Any]:
        """Return the configuration as it was given."""
        return dict(to_kong_value(self.settings))

    @property
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts in its settings, and those of `connects_to`."""
        return (*super().destinations, *((each, "TCP") for each in self.connects_to))

    def check(self) -> None:
        """Check that Kong can run the plugin."""
        self._check_name()
        for name, value in _NEEDS_DATABASE.items():
            if self.settings.get(name) == value:
                raise ConfigurationError(
                    f"{name} of {self.plugin} must not be {value!r}, because Kong runs without a database; "
                    "use 'local' or 'redis' for policy, and another value for storage"
                )
        if self.traits.unnamed_hosts and not self.connects_to:
            raise ConfigurationError(
                f"connects_to of {self.plugin} must contain the hosts that the plugin makes Kong connect to"
            )
        try:
            json.dumps(_without_secrets(self.config()), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"settings of {self.plugin} must be valid JSON: {error}") from None

    def _check_name(self) -> None:
        if made := known.classes().get(self.plugin):
            raise ConfigurationError(
                f"plugin {self.plugin!r} must not be a CustomPlugin, because it has a class that checks its "
                f"settings; use {made.__name__} of {made.__module__}"
            )
        if self.traits.needs_database:
            raise ConfigurationError(
                f"plugin {self.plugin!r} must not be used, because it needs a database and Kong runs without "
                "one; use Jwt with the tokens of an identity provider"
            )
        if self.traits is UNKNOWN:
            raise ConfigurationError(
                f"plugin {self.plugin!r} must be a plugin of open-source Kong 3.9 without a class here "
                f"({', '.join(sorted(TRAITS))}), or have traits; plugins of Kong Enterprise are not "
                "available; for a plugin of your own image, give traits=Traits(priority=…, …) and "
                "Runtime(plugins=…)"
            )


def _without_secrets(value: Any) -> Any:
    """Return settings with a placeholder text for each key of a Secret."""
    if isinstance(value, SecretKey):
        return "sealed"
    if isinstance(value, dict):
        return {key: _without_secrets(each) for key, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value

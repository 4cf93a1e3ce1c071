"""Any other plugin, by name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.entities import to_kong_value
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.credentials import check_settings_have_no_credentials, refuse_clear
from kubestock.gateway.kong.plugins.logs import FIELDS, check_fields
from kubestock.gateway.kong.plugins.traits import UNKNOWN, Traits, Transport
from kubestock.gateway.kong.plugins.untyped import TRAITS
from kubestock.values.references import SecretKey

_IN_A_DATABASE = {"policy": "cluster", "storage": "kong"}


class CustomPlugin(Plugin):
    """A plugin that has no class here: one of open-source Kong 3.9.3, or one that your own image of Kong adds.

    For a plugin with many uses, make a class of its own: see `Plugin`.

    Args:
        plugin: its name.
        settings: its configuration, as Kong documents it. A credential is a key of the Secret that the
            configuration is rendered from.
        traits: of a plugin of your own, which `Runtime(plugins=…)` loads. Defaults to those of the plugin in
            open-source Kong.
        connects_to: hosts to which it makes Kong connect over TCP, beside those that its settings name; needed
            where no field of the plugin names them.

    Raises:
        ConfigurationError: if the name is unknown and has no traits, has a class here, or needs a database; if a
            credential would be in plain text or be logged.
    """

    plugin: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    traits: Traits = UNKNOWN  # type: ignore[misc]  # those of a class are the same for all its instances
    connects_to: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.traits is UNKNOWN:
            object.__setattr__(self, "traits", TRAITS.get(self.plugin, UNKNOWN))
        super().__post_init__()

    @property
    def kong_name(self) -> str:
        """The name that Kong knows the plugin by."""
        return self.plugin

    def setting(self, path: str) -> Any:
        """Return a setting by its name, or None; records and their fields have a dot between them."""
        value: Any = self.settings
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value

    def config(self) -> dict[str, Any]:
        """Return the configuration as it was given."""
        return dict(to_kong_value(self.settings))

    @property
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts that its settings name, and those of `connects_to`."""
        return (*super().destinations, *((each, "TCP") for each in self.connects_to))

    def check(self) -> None:
        """Refuse a plugin that this Kong does not have or cannot serve, and settings that leak."""
        self._check_name()
        for name, value in _IN_A_DATABASE.items():
            if self.settings.get(name) == value:
                raise ConfigurationError(
                    f"{name} of {self.plugin} must not be {value!r}: this Kong has no database; "
                    "use 'local' or 'redis' for a policy, and another storage"
                )
        if self.traits.unnamed_hosts and not self.connects_to:
            raise ConfigurationError(f"connects_to of {self.plugin} must name the hosts that Kong connects to for it")
        self._check_credentials()
        try:
            json.dumps(_without_secrets(self.config()), allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"settings of {self.plugin} must be what JSON can hold: {error}") from None

    def _check_name(self) -> None:
        if made := known.classes().get(self.plugin):
            raise ConfigurationError(
                f"plugin {self.plugin!r} has a class that checks its fields; use {made.__name__} of {made.__module__}"
            )
        if self.traits.needs_database:
            raise ConfigurationError(
                f"plugin {self.plugin!r} needs a database, which this Kong lacks; use Jwt, with the tokens of an "
                "identity provider"
            )
        if self.traits is UNKNOWN:
            raise ConfigurationError(
                f"plugin {self.plugin!r} must be one of open-source Kong 3.9 without a class here "
                f"({', '.join(sorted(TRAITS))}), or have traits. A plugin of Kong Enterprise does not run here; for "
                "one that your own image adds, give traits=Traits(priority=…, …) and Runtime(plugins=…)"
            )

    def _check_credentials(self) -> None:
        fields = self.traits.redacts_by
        for path in self.traits.credential_settings:
            if isinstance(self.setting(path), str):
                refuse_clear(f"{path.rpartition('.')[2]} of {self.plugin}")
        check_settings_have_no_credentials(
            self.plugin, {name: each for name, each in self.settings.items() if name != FIELDS}
        )
        if fields is not None:
            given = self.settings.get(fields, {})
            check_fields(self.plugin, given if isinstance(given, Mapping) else {})


def _without_secrets(value: Any) -> Any:
    """Return settings with a text in place of each key of a Secret."""
    if isinstance(value, SecretKey):
        return "sealed"
    if isinstance(value, dict):
        return {key: _without_secrets(each) for key, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value

"""Any other plugin of open-source Kong, by name."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.entities import to_kong_value
from kubestock.gateway.kong.plugins import registry
from kubestock.gateway.kong.plugins.base import Plugin, Transport
from kubestock.gateway.kong.plugins.credentials import refuse_clear_settings
from kubestock.gateway.kong.plugins.logs import check_fields
from kubestock.gateway.kong.schema import config_problems
from kubestock.values.references import SecretKey

_FIELDS = "custom_fields_by_lua"
_IN_A_DATABASE = {"policy": "cluster", "storage": "kong"}


class CustomPlugin(Plugin):
    """A plugin of open-source Kong 3.9.3 that has no class here.

    Args:
        plugin: its name.
        settings: its configuration, as Kong documents it. A credential is a key of the Secret that the
            configuration is rendered from.
        connects_to: hosts to which it makes Kong connect over TCP, beside those that its settings name; needed
            where no field of the plugin names them.
        schema: of the plugin, as a running Kong reports it at /schemas/plugins/<name>; the settings are held to
            it. Defaults to none: only `kong config parse` checks them then.

    Raises:
        ConfigurationError: if the name is unknown, belongs to Kong Enterprise, has a class here, needs a database, or
            asks for credentials that no Consumer holds; if a credential would stand in clear or be logged; or if the
            schema does not admit the settings.
    """

    name: ClassVar[str] = ""

    plugin: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    connects_to: Sequence[str] = ()
    schema: Mapping[str, Any] | None = None

    @property
    def kong_name(self) -> str:
        """The name that Kong knows the plugin by."""
        return self.plugin

    def config(self) -> dict[str, Any]:
        """Return the configuration as it was given."""
        return dict(to_kong_value(self.settings))

    @property
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts that its settings name, and those of `connects_to`."""
        fields = registry.DIALS.get(self.plugin, {})
        named = [(value, transport) for path, transport in fields.items() if (value := self._setting(path))]
        if not named and self.plugin in registry.DEFAULT_HOSTS:
            named = [(registry.DEFAULT_HOSTS[self.plugin], "UDP")]
        hosts = [(http.host_of(value) if "://" in value else value, transport) for value, transport in named]
        return (*hosts, *((each, "TCP") for each in self.connects_to))

    def check(self) -> None:
        """Refuse a plugin that this Kong does not have or cannot serve, and settings that leak."""
        self._check_name()
        for name, value in _IN_A_DATABASE.items():
            if self.settings.get(name) == value:
                raise ConfigurationError(
                    f"{name} of {self.plugin} must not be {value!r}: this Kong has no database; "
                    "use 'local' or 'redis' for a policy, and another storage"
                )
        if self.plugin in registry.DIALS_UNNAMED and not self.connects_to:
            raise ConfigurationError(f"connects_to of {self.plugin} must name the hosts that Kong connects to for it")
        refuse_clear_settings(self.plugin, {name: each for name, each in self.settings.items() if name != _FIELDS})
        if self.plugin in registry.LOGS:
            fields = self.settings.get(_FIELDS, {})
            check_fields(self.plugin, fields if isinstance(fields, Mapping) else {})
        document = _without_secrets(self.config())
        try:
            json.dumps(document, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise ConfigurationError(f"settings of {self.plugin} must be what JSON can hold: {error}") from None
        if self.schema is not None and (problems := config_problems(to_kong_value(self.schema), document)):
            raise ConfigurationError(f"settings of {self.plugin} must fit its schema: {'; '.join(problems)}")

    def _check_name(self) -> None:
        if self.plugin in registry.ENTERPRISE:
            serves = registry.ENTERPRISE[self.plugin]
            mend = "open-source Kong has nothing in its place" if serves is None else f"use {serves}"
            raise ConfigurationError(f"plugin {self.plugin!r} is part of Kong Enterprise; {mend}")
        if serves := registry.NEEDS_A_DATABASE.get(self.plugin):
            raise ConfigurationError(f"plugin {self.plugin!r} needs a database, which this Kong lacks; use {serves}")
        if serves := registry.WITHOUT_CREDENTIALS.get(self.plugin):
            raise ConfigurationError(
                f"plugin {self.plugin!r} must not be used: a Consumer can hold no credential of its kind, so every "
                f"request would get 401; use {serves}"
            )
        if known := registry.TYPED.get(self.plugin):
            raise ConfigurationError(f"plugin {self.plugin!r} has a class that checks its fields; use {known}")
        if self.plugin not in registry.OPEN_SOURCE:
            raise ConfigurationError(
                f"plugin {self.plugin!r} must be one of open-source Kong 3.9: {', '.join(sorted(registry.OPEN_SOURCE))}"
            )

    def _setting(self, path: str) -> str | None:
        value: Any = self.settings
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else None
        return value if isinstance(value, str) else None


def _without_secrets(value: Any) -> Any:
    """Return settings with a text in place of each key of a Secret, as the schema sees them."""
    if isinstance(value, SecretKey):
        return "sealed"
    if isinstance(value, dict):
        return {key: _without_secrets(each) for key, each in value.items()}
    return [_without_secrets(each) for each in value] if isinstance(value, list) else value

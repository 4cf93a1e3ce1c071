"""The base class of plugins: a name, traits, a configuration, and the fields that Kong has for every plugin."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.entities import to_kong_fields, to_kong_value
from kubestock.gateway.kong.plugins.credentials import check_sealed, check_settings_have_no_credentials
from kubestock.gateway.kong.plugins.definitions import check_definition, check_plugin_name
from kubestock.gateway.kong.plugins.log_fields import check_fields
from kubestock.gateway.kong.plugins.traits import Traits, Transport
from kubestock.values.value import Value

Protocol = Literal["grpc", "grpcs", "http", "https"]
_ENTITY_FIELDS = ("enabled", "instance_name", "protocols", "tags")


class Rewrite(NamedTuple):
    """The path and the method that the service gets, if a plugin changes them. None means unchanged."""

    uri: str | None = None
    method: str | None = None


class Plugin(Value):
    """A plugin on all requests, a service, a route or a consumer. For a request, the most specific instance runs.

    A subclass has the plugin's name in Kong as `name`, its `traits`, and a field for each setting. It overrides those
    of the properties below that depend on its settings. Kong's file gets the plugin with its configuration under
    `config`.

    Args:
        enabled: False keeps the plugin in the file, but it does not run. Defaults to True.
        instance_name: the name of this instance in metrics and errors. Defaults to none.
        protocols: the protocols of the requests for which it runs. Defaults to Kong's default for the plugin.
        tags: tags of the entity in Kong. Defaults to none.

    Raises:
        ConfigurationError: if `protocols` is empty, because Kong would never run the plugin, or contains a protocol
            other than http, https, grpc and grpcs; if the instance name or a tag is invalid; if a credential would be
            in plain text in Kong's file or in a log. A subclass raises it where it is defined, if it has no `traits`,
            its name is that of another class of the library, or it names a setting that is not a field.

    See https://developer.konghq.com/gateway/entities/plugin/
    """

    name: ClassVar[str] = ""
    traits: ClassVar[Traits]
    kong_defaults: ClassVar[Mapping[str, Any]] = {}
    """Kong's defaults of the fields that have a different default in the class."""
    always_written: ClassVar[tuple[str, ...]] = ()
    """The fields that are always written to Kong's file, because security depends on their values."""

    enabled: bool = True
    instance_name: str | None = None
    protocols: Sequence[Protocol] | None = None
    tags: Sequence[str] | None = None

    @classmethod
    def check_class(cls) -> None:
        """Check the name and the traits, and that the settings that they name are fields."""
        if cls.name:
            check_definition(cls)

    def __post_init__(self) -> None:
        super().__post_init__()
        check_plugin_name(f"name of {type(self).__name__}", self.kong_name)
        if self.protocols is not None and not self.protocols:
            raise ConfigurationError(
                f"protocols of {self.kong_name} must contain a protocol such as https, or Kong never runs the "
                "plugin; leave it out for all protocols"
            )
        name = self.instance_name
        if name is not None and (not name or not all(each.isalnum() or each in "._~-" for each in name)):
            raise ConfigurationError(
                f"instance_name of {self.kong_name} must consist of letters, digits, '.', '-', '_' and '~', "
                f"got {name!r}"
            )
        for tag in self.tags or ():
            if not tag or not tag.isprintable() or set(tag) & {",", "/"}:
                raise ConfigurationError(
                    f"each of tags of {self.kong_name} must be a printable text without a comma or a slash, got {tag!r}"
                )
        self._check_credentials()

    def _check_credentials(self) -> None:
        """Check that no credential would be in plain text, neither in Kong's file nor in a log."""
        fields = self.traits.redacts_by
        for path in self.traits.credential_settings:
            check_sealed(f"{path.rpartition('.')[2]} of {self.kong_name}", to_kong_value(self.setting(path)))
        settings = {name: each for name, each in self.config().items() if name != fields}
        check_settings_have_no_credentials(self.kong_name, settings)
        if fields is not None:
            given = self.setting(fields)
            check_fields(f"{fields} of {self.kong_name}", given if isinstance(given, Mapping) else {})

    @property
    def kong_name(self) -> str:
        """The name of the plugin in Kong."""
        return self.name

    @property
    def authenticates(self) -> str | None:
        """The kind of credential that it requires, or None if it does not require one."""
        traits = self.traits
        return None if traits.optional_authentication or self.setting("anonymous") is not None else traits.authenticates

    @property
    def answers(self) -> bool:
        """Whether it answers every request itself, so that the service gets no request."""
        return self.traits.answers

    @property
    def allows_preflights(self) -> bool:
        """Whether it authenticates, but allows OPTIONS requests without a credential."""
        return self.authenticates is not None and self.setting("run_on_preflight") is False

    @property
    def credential_headers(self) -> frozenset[str]:
        """The request headers that contain credentials where the plugin runs, in lower case."""
        return frozenset()

    @property
    def request_rewrite(self) -> Rewrite:
        """The path and the method that it makes the service get."""
        return Rewrite()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of consumers in its settings."""
        return ()

    @property
    def settings_before_routing(self) -> tuple[str, ...]:
        """The settings that take effect before Kong knows the route, and so only on all requests."""
        return ()

    @property
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts that it makes Kong connect to, each with the transport protocol."""
        named = [(self.setting(path), transport) for path, transport in self.traits.host_settings.items()]
        found = [(host_of(value), transport) for value, transport in named if isinstance(value, str) and value]
        return tuple(dict.fromkeys(found)) or tuple(self.traits.default_hosts.items())

    def admits(self, groups: Sequence[str]) -> bool:  # noqa: ARG002  # subclasses use it
        """Whether it allows a consumer in these groups."""
        return True

    def override_problem(self, broader: Self) -> str | None:  # noqa: ARG002  # subclasses use it
        """Return what is lost if this plugin overrides a broader one of the same name, or None.

        The text is a clause and the fix, separated by "; ".
        """
        return None

    def setting(self, path: str) -> Any:
        """Return a setting by its path, such as limit_by or redis.host, or None if it is absent."""
        value: Any = self
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        return value

    def config(self) -> dict[str, Any]:
        """Return the configuration: the settings that differ from Kong's defaults or are in `always_written`."""
        return {name: value for name, value in to_kong_fields(self).items() if name not in _ENTITY_FIELDS}

    def to_kong(self) -> dict[str, Any]:
        """Return the plugin as in Kong's file."""
        fields = {name: value for name, value in to_kong_fields(self).items() if name in _ENTITY_FIELDS}
        config = self.config()
        return {"name": self.kong_name, **fields, **({"config": config} if config else {})}


def host_of(value: str) -> str:
    """Return the host of a setting that is a host name or a URL."""
    return http.host_of(value) if "://" in value else value

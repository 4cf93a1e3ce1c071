"""What every plugin has: a name, traits, a configuration, and the fields that Kong keeps beside it."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal, NamedTuple, Self

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.entities import to_kong_fields
from kubestock.gateway.kong.plugins.traits import Traits, Transport
from kubestock.values.value import Value

Protocol = Literal["grpc", "grpcs", "http", "https"]
_BESIDE_CONFIG = ("enabled", "instance_name", "protocols", "tags")


class Rewrite(NamedTuple):
    """What the service is asked for in place of what the client asked for; None leaves it."""

    uri: str | None = None
    method: str | None = None


class Plugin(Value):
    """A plugin; one instance of it runs for a request, that of the most specific scope.

    A class of a plugin is one file: it has Kong's `name` of the plugin, its `traits`, and a field for each field of
    its configuration. It overrides those properties below that its fields decide.

    Args:
        enabled: False keeps it in the file and out of force.
        instance_name: how metrics and errors call this instance. Defaults to none.
        protocols: of the requests that it acts on. Defaults to Kong's own set for the plugin.
        tags: labels of the entity. Defaults to none.

    Raises:
        ConfigurationError: for an empty `protocols`, with which Kong never runs it, and those of streams, which
            this gateway does not serve; for a name and tags that Kong refuses. A class without `traits` is refused
            where it is defined.
    """

    name: ClassVar[str] = ""
    traits: ClassVar[Traits]
    kong_defaults: ClassVar[Mapping[str, Any]] = {}
    """Kong's defaults of the fields that have another default here."""
    always_written: ClassVar[tuple[str, ...]] = ()
    """The fields on which a protection rests: the file says them whatever Kong's defaults are."""

    enabled: bool = True
    instance_name: str | None = None
    protocols: Sequence[Protocol] | None = None
    tags: Sequence[str] | None = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.name and not isinstance(getattr(cls, "traits", None), Traits):
            raise ConfigurationError(
                f"class {cls.__name__} of plugin {cls.name!r} must declare its traits, by which the gateway's rules "
                "know it; add traits: ClassVar[Traits] = Traits(priority=…, …)"
            )

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.protocols is not None and not self.protocols:
            raise ConfigurationError(
                f"protocols of {self.kong_name} must name http or https, or Kong never runs it; leave it out for all"
            )
        name = self.instance_name
        if name is not None and (not name or not all(each.isalnum() or each in "._~-" for each in name)):
            raise ConfigurationError(
                f"instance_name of {self.kong_name} must be made of letters, digits, '.', '-', '_', '~', got {name!r}"
            )
        for tag in self.tags or ():
            if not tag or not tag.isprintable() or set(tag) & {",", "/"}:
                raise ConfigurationError(
                    f"each of tags of {self.kong_name} must be a text without a comma and a slash, got {tag!r}"
                )

    @property
    def kong_name(self) -> str:
        """The name that Kong knows the plugin by."""
        return self.name

    @property
    def authenticates(self) -> str | None:
        """The kind of credential without which it refuses a request, or None."""
        traits = self.traits
        return None if traits.optional_authentication or self.setting("anonymous") is not None else traits.authenticates

    @property
    def answers(self) -> bool:
        """Whether it answers every request itself."""
        return self.traits.answers

    @property
    def allows_preflights(self) -> bool:
        """Whether, authenticating, it lets OPTIONS pass without a credential."""
        return self.authenticates is not None and self.setting("run_on_preflight") is False

    @property
    def credential_headers(self) -> frozenset[str]:
        """The headers of requests that hold credentials where it acts, in lower case."""
        return frozenset()

    @property
    def request_rewrite(self) -> Rewrite:
        """What the service is asked for instead."""
        return Rewrite()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of consumers that it names."""
        return ()

    @property
    def settings_before_routing(self) -> tuple[str, ...]:
        """Its settings that act before Kong knows the route, and so only on all requests."""
        return ()

    @property
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts to which it makes Kong connect, and by which transport."""
        named = [(self.setting(path), transport) for path, transport in self.traits.host_settings.items()]
        found = [(host_of(value), transport) for value, transport in named if isinstance(value, str) and value]
        return tuple(dict.fromkeys(found)) or tuple(self.traits.default_hosts.items())

    def admits(self, groups: Sequence[str]) -> bool:  # noqa: ARG002  # a class that decides by groups reads them
        """Tell whether a consumer of these groups may pass."""
        return True

    def override_problem(self, broader: Self) -> str | None:  # noqa: ARG002  # a class whose fields add up compares them
        """Say what a broader plugin of the same name does that this one, which overrides it, does not."""
        return None

    def setting(self, path: str) -> Any:
        """Return a setting by its name, or None; records and their fields have a dot between them."""
        value: Any = self
        for part in path.split("."):
            value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
        return value

    def config(self) -> dict[str, Any]:
        """Return the configuration: what differs from Kong's defaults, and what is `always_written`."""
        return {name: value for name, value in to_kong_fields(self).items() if name not in _BESIDE_CONFIG}

    def to_kong(self) -> dict[str, Any]:
        """Return the plugin as it stands in Kong's file."""
        beside = {name: value for name, value in to_kong_fields(self).items() if name in _BESIDE_CONFIG}
        config = self.config()
        return {"name": self.kong_name, **beside, **({"config": config} if config else {})}


def host_of(value: str) -> str:
    """Return the host of a setting that is a host or an address."""
    return http.host_of(value) if "://" in value else value

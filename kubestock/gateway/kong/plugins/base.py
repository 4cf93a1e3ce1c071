"""What every plugin has: a name, a configuration, and the fields that Kong keeps beside it."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config.entities import to_kong_value
from kubestock.values.value import Value

Protocol = Literal["grpc", "grpcs", "http", "https"]
Transport = Literal["TCP", "UDP"]
_BESIDE_CONFIG = ("enabled", "instance_name", "protocols", "tags")


class Plugin(Value):
    """A plugin; one instance of it runs for a request, that of the most specific scope.

    Args:
        enabled: False keeps it in the file and out of force.
        instance_name: how metrics and errors call this instance. Defaults to none.
        protocols: of the requests that it acts on. Defaults to Kong's own set for the plugin.
        tags: labels of the entity. Defaults to none.

    Raises:
        ConfigurationError: for an empty `protocols`, with which Kong never runs it, and those of streams, which
            this gateway does not serve; for a name and tags that Kong refuses.
    """

    name: ClassVar[str]

    enabled: bool = True
    instance_name: str | None = None
    protocols: Sequence[Protocol] | None = None
    tags: Sequence[str] | None = None

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
    def destinations(self) -> tuple[tuple[str, Transport], ...]:
        """The hosts to which it makes Kong connect, and by which transport."""
        return ()

    @property
    def kong_name(self) -> str:
        """The name that Kong knows the plugin by."""
        return self.name

    def config(self) -> dict[str, Any]:
        """Return the configuration with every field that has a value, whether or not it is the default.

        A default that a later Kong changes then changes nothing.
        """
        own = [each.name for each in fields(self) if each.name not in _BESIDE_CONFIG]
        return {name: to_kong_value(value) for name in own if (value := getattr(self, name)) is not None}

    def to_kong(self) -> dict[str, Any]:
        """Return the plugin as it stands in Kong's file."""
        beside = {name: to_kong_value(value) for name in _BESIDE_CONFIG if (value := getattr(self, name)) is not None}
        return {"name": self.kong_name, **beside, "config": self.config()}

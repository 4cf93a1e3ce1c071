"""Changes to requests and answers on their way."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.plugins.base import Plugin
from kubestock.gateway.plugins.credentials import refuse_clear_entries
from kubestock.gateway.typed import Typed
from kubestock.values.references import SecretKey

JsonType = Literal["boolean", "number", "string"]


def _pairs(what: str, entries: Sequence[str | SecretKey]) -> None:
    for position, each in enumerate(entries):
        name, colon, value = ("sealed", ":", "") if isinstance(each, SecretKey) else each.partition(":")
        if not name or not colon:
            raise ConfigurationError(
                f"{what}[{position}] must be of the form 'Name:value'; write a colon after the name"
            )
        if "\n" in value or "\r" in value:
            raise ConfigurationError(f"{what}[{position}], {name!r}, must have a value on one line")


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestNames(Typed):
    """What of a request to take out, by name."""

    body: Sequence[str] = ()
    headers: Sequence[str] = ()
    querystring: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEntries(Typed):
    """What of a request to add, append or rename: entries of the form `Name:value`.

    An entry that holds a credential is a key of the Secret that the configuration is rendered from, where the whole
    entry is sealed: `Authorization:Bearer …`.
    """

    body: Sequence[str | SecretKey] = ()
    headers: Sequence[str | SecretKey] = ()
    querystring: Sequence[str | SecretKey] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon."""
        _pairs("body", self.body)
        _pairs("headers", self.headers)
        _pairs("querystring", self.querystring)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReplacements(RequestEntries):
    """What of a request to replace where it is present; `uri` replaces the path."""

    uri: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestTransformer(Plugin):
    """A request is changed before it reaches the service, in the order of the fields.

    Raises:
        ConfigurationError: for a method in lower case, or a credential that would stand in clear.
    """

    name: ClassVar[str] = "request-transformer"

    http_method: str | None = None
    remove: RequestNames = field(default_factory=RequestNames)
    rename: RequestEntries = field(default_factory=RequestEntries)
    replace: RequestReplacements = field(default_factory=RequestReplacements)
    add: RequestEntries = field(default_factory=RequestEntries)
    append: RequestEntries = field(default_factory=RequestEntries)

    def check(self) -> None:
        """Refuse a method in lower case, which Kong refuses too, and credentials in clear."""
        if self.http_method is not None and not re.fullmatch("[A-Z]+", self.http_method):
            raise ConfigurationError(f"http_method must be in capitals, got {self.http_method!r}")
        for change, entries in (("add", self.add), ("append", self.append), ("replace", self.replace)):
            for part in ("headers", "querystring", "body"):
                refuse_clear_entries(f"{change}.{part} of request-transformer", getattr(entries, part))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseNames(Typed):
    """What of an answer to take out, by name."""

    json: Sequence[str] = ()
    headers: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseRenames(Typed):
    """What of an answer to rename: entries of the form `old:new`."""

    json: Sequence[str] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon."""
        _pairs("json", self.json)
        _pairs("headers", self.headers)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseEntries(Typed):
    """What of an answer to add, append or replace: entries of the form `Name:value`.

    Args:
        json_types: the type of each entry of `json`, in its order; all or none.
    """

    json: Sequence[str] = ()
    json_types: Sequence[JsonType] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon, and types that do not go with them."""
        _pairs("json", self.json)
        _pairs("headers", self.headers)
        if self.json_types and len(self.json_types) != len(self.json):
            raise ConfigurationError(
                f"json_types must have one type for each of the {len(self.json)} entries of json, "
                f"got {len(self.json_types)}"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTransformer(Plugin):
    """An answer is changed on its way out; as a global plugin it decorates Kong's own errors too.

    `add` sets only what is absent.
    """

    name: ClassVar[str] = "response-transformer"

    remove: ResponseNames = field(default_factory=ResponseNames)
    rename: ResponseRenames = field(default_factory=ResponseRenames)
    replace: ResponseEntries = field(default_factory=ResponseEntries)
    add: ResponseEntries = field(default_factory=ResponseEntries)
    append: ResponseEntries = field(default_factory=ResponseEntries)

    @property
    def header_names(self) -> frozenset[str]:
        """The headers that it says anything of, in lower case."""
        entries = (*self.rename.headers, *self.replace.headers, *self.add.headers, *self.append.headers)
        return frozenset(each.partition(":")[0].lower() for each in (*self.remove.headers, *entries))

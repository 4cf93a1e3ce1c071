"""Changes to responses before they reach the client."""

from collections.abc import Sequence
from dataclasses import field
from typing import ClassVar, Literal, Self

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.credentials import check_entries_have_no_credentials
from kubestock.gateway.kong.plugins.entries import check_header_pairs, check_pairs
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.values.value import Value

_WITH_VALUES = ("replace", "add", "append")
JsonType = Literal["boolean", "number", "string"]


class ResponseNames(Value):
    """Names of the parts of a response to remove.

    Args:
        json: names of fields of a JSON body. Defaults to none.
        headers: names of headers. Defaults to none.

    Raises:
        ConfigurationError: if a name is empty, or not a header name.
    """

    json: Sequence[str] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Check that the names are valid."""
        http.check_each_not_empty("json", self.json)
        for each in self.headers:
            http.header_name("the name in each of headers", each.partition(":")[0])


class ResponseRenames(Value):
    """Entries of the form `old:new` for the parts of a response to rename.

    Args:
        json: entries for fields of a JSON body. Defaults to none.
        headers: entries for headers. Defaults to none.

    Raises:
        ConfigurationError: if an entry has no name or no colon, or a new name is not a header name that Kong accepts.
    """

    json: Sequence[str] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Check that the entries are valid."""
        check_pairs("json", self.json)
        check_header_pairs(self.headers)
        for each in self.headers:
            http.kong_header("the new name in each of headers", each.partition(":")[2])


class ResponseEntries(Value):
    """Entries of the form `Name:value` for the parts of a response to add, append or replace.

    Args:
        json: entries for fields of a JSON body. Defaults to none.
        json_types: the type of each entry of `json`, in the same order. Defaults to none: Kong guesses the types.
        headers: entries for headers. Defaults to none.

    Raises:
        ConfigurationError: if an entry has no name or no colon, or the number of types is wrong.
    """

    json: Sequence[str] = ()
    json_types: Sequence[JsonType] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Check that the entries are valid, and that there is a type for each or for none."""
        check_pairs("json", self.json)
        check_header_pairs(self.headers)
        if self.json_types and len(self.json_types) != len(self.json):
            raise ConfigurationError(
                f"json_types must have one type for each of the {len(self.json)} entries of json, "
                f"got {len(self.json_types)}"
            )


class ResponseTransformer(Plugin):
    """Changes a response before it reaches the client. As a global plugin it also changes Kong's own errors.

    Args:
        remove: what to remove.
        rename: what to rename.
        replace: what to replace if it is present.
        add: what to add if it is absent.
        append: what to add even if it is present.

    Raises:
        ConfigurationError: if a header contains a credential, because every client would get it.

    See https://developer.konghq.com/plugins/response-transformer/
    """

    name: ClassVar[str] = "response-transformer"
    traits: ClassVar[Traits] = Traits(
        priority=800,
        phases=("header_filter", "body_filter"),
        reads=("response.headers", "response.body"),
        writes=("response.headers", "response.body"),
    )

    remove: ResponseNames = field(default_factory=ResponseNames)
    rename: ResponseRenames = field(default_factory=ResponseRenames)
    replace: ResponseEntries = field(default_factory=ResponseEntries)
    add: ResponseEntries = field(default_factory=ResponseEntries)
    append: ResponseEntries = field(default_factory=ResponseEntries)

    def check(self) -> None:
        """Check that no header contains a credential. A cookie that is the same for all clients is not one."""
        for change in _WITH_VALUES:
            entries = getattr(self, change).headers
            check_entries_have_no_credentials(
                f"{change}.headers of response-transformer",
                [each for each in entries if each.partition(":")[0].lower() != "set-cookie"],
                "leave it out, because every client would get it",
            )

    @property
    def header_names(self) -> frozenset[str]:
        """The headers that it changes, in lower case."""
        entries = (*self.rename.headers, *self.replace.headers, *self.add.headers, *self.append.headers)
        return frozenset(each.partition(":")[0].lower() for each in (*self.remove.headers, *entries))

    def override_problem(self, broader: Self) -> str | None:
        """Return the headers that the broader plugin changes and this one does not, or None."""
        lost = sorted(broader.header_names - self.header_names)
        if not lost:
            return None
        return (
            f"and must also have entries for {', '.join(lost)}; repeat its entries, or for SecurityHeaders(…) "
            "use to_plugin(merge_with=…)"
        )

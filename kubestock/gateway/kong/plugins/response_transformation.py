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
    """What of an answer to take out, by name."""

    json: Sequence[str] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Refuse empty names, and what is no header."""
        http.check_each_not_empty("json", self.json)
        for each in self.headers:
            http.header_name("the name in each of headers", each.partition(":")[0])


class ResponseRenames(Value):
    """What of an answer to rename: entries of the form `old:new`."""

    json: Sequence[str] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon, and a new name that is no header."""
        check_pairs("json", self.json)
        check_header_pairs(self.headers)
        for each in self.headers:
            http.kong_header("the new name in each of headers", each.partition(":")[2])


class ResponseEntries(Value):
    """What of an answer to add, append or replace: entries of the form `Name:value`.

    Args:
        json_types: the type of each entry of `json`, in its order; all or none.
    """

    json: Sequence[str] = ()
    json_types: Sequence[JsonType] = ()
    headers: Sequence[str] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon, and types that do not go with them."""
        check_pairs("json", self.json)
        check_header_pairs(self.headers)
        if self.json_types and len(self.json_types) != len(self.json):
            raise ConfigurationError(
                f"json_types must have one type for each of the {len(self.json)} entries of json, "
                f"got {len(self.json_types)}"
            )


class ResponseTransformer(Plugin):
    """An answer is changed on its way out; as a global plugin it decorates Kong's own errors too.

    `add` sets only what is absent.

    Raises:
        ConfigurationError: for a header that would hold a credential, which everybody who calls would read.
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
        """Refuse credentials in headers; a cookie that is the same for everybody is none."""
        for change in _WITH_VALUES:
            entries = getattr(self, change).headers
            check_entries_have_no_credentials(
                f"{change}.headers of response-transformer",
                [each for each in entries if each.partition(":")[0].lower() != "set-cookie"],
                "leave it out: everybody who calls would read it",
            )

    @property
    def header_names(self) -> frozenset[str]:
        """The headers that it says anything of, in lower case."""
        entries = (*self.rename.headers, *self.replace.headers, *self.add.headers, *self.append.headers)
        return frozenset(each.partition(":")[0].lower() for each in (*self.remove.headers, *entries))

    def override_problem(self, broader: Self) -> str | None:
        """Say of which headers of a broader one it says nothing."""
        lost = sorted(broader.header_names - self.header_names)
        if not lost:
            return None
        return (
            f"and must say what becomes of {', '.join(lost)}; repeat its entries, those of SecurityHeaders(…) by its "
            "to_plugin(merge_with=…)"
        )

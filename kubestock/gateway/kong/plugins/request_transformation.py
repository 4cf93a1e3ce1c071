"""Changes to requests and answers on their way."""

from collections.abc import Sequence
from dataclasses import field
from typing import Any, ClassVar

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http, request_paths
from kubestock.gateway.kong.plugins.base import Plugin, Rewrite
from kubestock.gateway.kong.plugins.credentials import (
    check_address_has_no_credentials,
    check_entries_have_no_credentials,
)
from kubestock.gateway.kong.plugins.entries import (
    SealedHeader,
    check_header_pairs,
    check_pairs,
    check_values,
    replace_templates,
)
from kubestock.gateway.kong.plugins.traits import Traits
from kubestock.values.references import SecretKey
from kubestock.values.secrecy import is_secret_name
from kubestock.values.value import Value

_WITH_VALUES = ("replace", "add", "append")
_METHODS = (
    *("GET", "HEAD", "PUT", "PATCH", "POST", "DELETE", "OPTIONS", "TRACE"),
    *("MKCOL", "COPY", "MOVE", "PROPFIND", "PROPPATCH", "LOCK", "UNLOCK"),
)


class RequestNames(Value):
    """What of a request to take out, by name."""

    body: Sequence[str] = ()
    headers: Sequence[str] = ()
    querystring: Sequence[str] = ()

    def check(self) -> None:
        """Refuse empty names, and names of headers that Kong does not take."""
        http.check_each_not_empty("body", self.body)
        http.check_each_not_empty("querystring", self.querystring)
        for each in self.headers:
            http.kong_header("each of headers", each)


class RequestEntries(Value):
    """What of a request to add, append or rename: entries of the form `Name:value`.

    An entry that holds a credential is a key of the Secret that the configuration is rendered from, where the whole
    entry is sealed: `password:…`. One of `headers` is a `SealedHeader`, because logs hold the headers that are set
    here, and can leave out only those whose names are known.
    """

    body: Sequence[str | SecretKey] = ()
    headers: Sequence[str | SecretKey | SealedHeader] = ()
    querystring: Sequence[str | SecretKey] = ()

    def check(self) -> None:
        """Refuse entries without a name or a colon, and a sealed header whose name nobody sees."""
        for position, each in enumerate(self.headers):
            if isinstance(each, SecretKey):
                raise ConfigurationError(
                    f"headers[{position}] must say its name beside the sealed entry, or logs would hold it in clear; "
                    f"use SealedHeader(name='X-Its-Name', entry=…[{each.key!r}])"
                )
        check_pairs("body", self.body)
        check_header_pairs(self.headers)
        check_pairs("querystring", self.querystring)
        check_values("body", self.body)
        check_values("headers", self.headers)
        check_values("querystring", self.querystring)


class RequestReplacements(RequestEntries):
    """What of a request to replace where it is present; `uri` replaces the path, and a template may stand in it."""

    uri: str | None = None

    def check(self) -> None:
        """Refuse a path that Kong would answer 500, or escape into another one."""
        super().check()
        if self.uri is not None:
            check_address_has_no_credentials("uri", self.uri)
            request_paths.target_path("uri", replace_templates("uri", self.uri))


class RequestTransformer(Plugin):
    """A request is changed before it reaches the service, in the order of the fields.

    Raises:
        ConfigurationError: for a method in lower case, or a credential that would stand in clear.
    """

    name: ClassVar[str] = "request-transformer"
    traits: ClassVar[Traits] = Traits(
        priority=801,
        reads=("request.headers", "request.query", "request.body"),
        writes=("request.method", "request.path", "request.query", "request.headers", "request.body"),
    )

    http_method: str | None = None
    remove: RequestNames = field(default_factory=RequestNames)
    rename: RequestEntries = field(default_factory=RequestEntries)
    replace: RequestReplacements = field(default_factory=RequestReplacements)
    add: RequestEntries = field(default_factory=RequestEntries)
    append: RequestEntries = field(default_factory=RequestEntries)

    def check(self) -> None:
        """Refuse a method in lower case, which Kong refuses too, and credentials in clear."""
        if self.http_method is not None and self.http_method not in _METHODS:
            raise ConfigurationError(
                f"http_method must be in capitals and one of {', '.join(_METHODS)}, got {self.http_method!r}"
            )
        for change in _WITH_VALUES:
            for part in ("headers", "querystring", "body"):
                entries = [each for each in getattr(getattr(self, change), part) if isinstance(each, str)]
                check_entries_have_no_credentials(f"{change}.{part} of request-transformer", entries)
        for each in [each for each in self.rename.headers if isinstance(each, str)]:
            http.kong_header("the new name in rename.headers", each.partition(":")[2])
        if not all(isinstance(each, str) for each in self.rename.headers):
            raise ConfigurationError("rename.headers must hold names, such as x-old:x-new, and no SealedHeader")

    @property
    def request_rewrite(self) -> Rewrite:
        """What the service is asked for instead."""
        return Rewrite(uri=self.replace.uri or None, method=self.http_method)

    @property
    def credential_headers(self) -> frozenset[str]:
        """The headers of requests that hold what is confidential after it."""
        entries = [each for change in _WITH_VALUES for each in getattr(self, change).headers]
        sealed = {each.name.lower() for each in entries if isinstance(each, SealedHeader)}
        renamed = [each.partition(":") for each in self.rename.headers if isinstance(each, str)]
        return frozenset(sealed | {new.strip().lower() for old, _, new in renamed if is_secret_name(old)})

    def config(self) -> dict[str, Any]:
        """Return the configuration, in which a sealed header is its entry."""
        made = Plugin.config(self)
        for change in [each for each in _WITH_VALUES if each in made]:
            headers = getattr(self, change).headers
            if headers:
                made[change]["headers"] = [each.entry if isinstance(each, SealedHeader) else each for each in headers]
        return made

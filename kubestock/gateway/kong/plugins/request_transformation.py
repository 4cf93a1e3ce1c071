"""Changes to requests before they reach the service."""

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
    """Names of the parts of a request to remove.

    Args:
        body: names of fields of the body. Defaults to none.
        headers: names of headers. Defaults to none.
        querystring: names of query arguments. Defaults to none.

    Raises:
        ConfigurationError: if a name is empty, or not a header name that Kong accepts.
    """

    body: Sequence[str] = ()
    headers: Sequence[str] = ()
    querystring: Sequence[str] = ()

    def check(self) -> None:
        """Check that the names are valid."""
        http.check_each_not_empty("body", self.body)
        http.check_each_not_empty("querystring", self.querystring)
        for each in self.headers:
            http.kong_header("each of headers", each)


class RequestEntries(Value):
    """Entries of the form `Name:value` for the parts of a request to add, append or rename.

    A confidential entry must be a key of the sealed Secret that contains the whole entry, such as `password:…`. In
    `headers` it must be a `SealedHeader`, because a log contains the headers that are set here, and can only leave out
    headers whose names are known.

    Args:
        body: entries for fields of the body. Defaults to none.
        headers: entries for headers. Defaults to none.
        querystring: entries for query arguments. Defaults to none.

    Raises:
        ConfigurationError: if an entry has no name, no colon or no value, a template in it is invalid, or a sealed
            entry of `headers` is not a `SealedHeader`.
    """

    body: Sequence[str | SecretKey] = ()
    headers: Sequence[str | SecretKey | SealedHeader] = ()
    querystring: Sequence[str | SecretKey] = ()

    def check(self) -> None:
        """Check that each entry is valid, and that the names of sealed headers are known."""
        for position, each in enumerate(self.headers):
            if isinstance(each, SecretKey):
                raise ConfigurationError(
                    f"headers[{position}] must be a SealedHeader, because logs would contain the header in "
                    "plain text unless its name is known; use SealedHeader(name='X-Its-Name', "
                    f"entry=…[{each.key!r}])"
                )
        check_pairs("body", self.body)
        check_header_pairs(self.headers)
        check_pairs("querystring", self.querystring)
        check_values("body", self.body)
        check_values("headers", self.headers)
        check_values("querystring", self.querystring)


class RequestReplacements(RequestEntries):
    """Entries that replace the parts of a request if they are present, and the path.

    Args:
        uri: the path for the service, which may contain templates. Defaults to none: the path is unchanged.

    Raises:
        ConfigurationError: as for `RequestEntries`, or if `uri` is not a valid path.
    """

    uri: str | None = None

    def check(self) -> None:
        """Check that the path is valid."""
        super().check()
        if self.uri is not None:
            check_address_has_no_credentials("uri", self.uri)
            request_paths.target_path("uri", replace_templates("uri", self.uri))


class RequestTransformer(Plugin):
    """Changes a request before it reaches the service. The changes happen in the order of the fields.

    Args:
        http_method: the new method, in upper case. Defaults to none: unchanged.
        remove: what to remove.
        rename: what to rename, as `old:new`.
        replace: what to replace if it is present, and the path.
        add: what to add if it is absent.
        append: what to add even if it is present.

    Raises:
        ConfigurationError: if the method is not a known method in upper case, or a credential would be in plain text.

    See https://developer.konghq.com/plugins/request-transformer/
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
        """Check the method, and that no credential is in plain text."""
        if self.http_method is not None and self.http_method not in _METHODS:
            raise ConfigurationError(
                f"http_method must be one of {', '.join(_METHODS)}, in upper case, got {self.http_method!r}"
            )
        for change in _WITH_VALUES:
            for part in ("headers", "querystring", "body"):
                entries = [each for each in getattr(getattr(self, change), part) if isinstance(each, str)]
                check_entries_have_no_credentials(f"{change}.{part} of request-transformer", entries)
        for each in [each for each in self.rename.headers if isinstance(each, str)]:
            http.kong_header("the new name in rename.headers", each.partition(":")[2])
        if not all(isinstance(each, str) for each in self.rename.headers):
            raise ConfigurationError("rename.headers must contain names, such as x-old:x-new, and no SealedHeader")

    @property
    def request_rewrite(self) -> Rewrite:
        """The path and the method that the service gets."""
        return Rewrite(uri=self.replace.uri or None, method=self.http_method)

    @property
    def credential_headers(self) -> frozenset[str]:
        """The request headers that contain confidential values after the changes."""
        entries = [each for change in _WITH_VALUES for each in getattr(self, change).headers]
        sealed = {each.name.lower() for each in entries if isinstance(each, SealedHeader)}
        renamed = [each.partition(":") for each in self.rename.headers if isinstance(each, str)]
        return frozenset(sealed | {new.strip().lower() for old, _, new in renamed if is_secret_name(old)})

    def config(self) -> dict[str, Any]:
        """Return the configuration, where each sealed header is its entry."""
        config = Plugin.config(self)
        for change in [each for each in _WITH_VALUES if each in config]:
            headers = getattr(self, change).headers
            if headers:
                config[change]["headers"] = [each.entry if isinstance(each, SealedHeader) else each for each in headers]
        return config

"""The custom fields of log plugins: the redactions, and checks that no field brings back what they remove."""

import re
from collections.abc import Collection, Iterable, Mapping
from types import MappingProxyType

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis
from kubestock.values.secrecy import is_secret_name

_READS_EVERYTHING = frozenset(
    {
        *("get_headers", "get_path_with_query", "get_query", "get_query_arg", "get_raw_query", "get_raw_body"),
        *("get_body", "get_uri_args", "get_post_args", "get_body_data", "get_body_file", "raw_header"),
        *("get_credential", "serialize", "authenticated_credential", "authenticated_jwt_token"),
    }
)
_CONFIDENTIAL_VARIABLES = frozenset({"request_uri", "args", "query_string", "request_body", "http_cookie"})
_CLIENT_VARIABLE = re.compile("(?:arg|cookie)_.")
_GET_HEADER = re.compile(r"get_header\b(?!\s*\(?\s*(?:\"[^\"]*\"|'[^']*'))")
_REQUEST_LINE = re.compile(r"ngx\s*\.\s*var\s*\.\s*request\b")
REMOVED = "return nil"
CUSTOM_FIELDS = "custom_fields_by_lua"
_REQUEST_HEADERS = ("apikey", "x-api-key", "authorization", "cookie", "proxy-authorization", "referer")


def _without(headers: Iterable[str]) -> dict[str, str]:
    """Return the fields that remove headers from the log, also if a client writes underscores for hyphens."""
    names = (name for each in headers for name in (each.lower(), each.lower().replace("-", "_")))
    return {f"request.headers.{name}": REMOVED for name in names}


_REQUIRED_REDACTIONS = {
    **_without(_REQUEST_HEADERS),
    "request.querystring": REMOVED,
    "request.uri": "return kong.request.get_path()",
    "request.url": "return kong.request.get_scheme() .. '://' .. kong.request.get_host() .. kong.request.get_path()",
    "response.headers.location": REMOVED,
    "response.headers.set-cookie": REMOVED,
    "upstream_uri": REMOVED,
}


def redactions(*headers: str) -> Mapping[str, str]:
    """Return the custom log fields that remove credentials, query strings and the given headers from a log.

    Kong itself only redacts Authorization. Without these fields a log contains API keys and cookies in plain text, and
    tokens or login codes in query strings, including that of the Referer. The path stays in the log.
    `redactions("X-API-Key")` also removes X_API_KEY.

    Args:
        headers: the names of more request headers to remove.
    """
    return MappingProxyType({**_REQUIRED_REDACTIONS, **_without(headers)})


def check_fields(what: str, fields: Mapping[str, str]) -> None:
    """Check that the custom fields of a log remove all credentials and query strings."""
    for name, source in fields.items():
        if not name:
            raise ConfigurationError(f"{what} must not have an empty name")
        if not isinstance(source, str):
            raise ConfigurationError(f"{name!r} in {what} must be Lua code as a text, got {type(source).__name__}")
        compiler.check_lua(f"{name!r} in {what}", source)
    if missing := sorted(name for name, source in _REQUIRED_REDACTIONS.items() if fields.get(name) != source):
        raise ConfigurationError(
            f"{what} must remove {', '.join(missing)} from the log; start with redactions() and add fields to it"
        )
    headers = {name.partition(".headers.")[2] for name, source in fields.items() if source == REMOVED}
    check_redactions_kept(what, fields, headers - {""})


def check_redactions_kept(what: str, fields: Mapping[str, str], headers: Collection[str]) -> None:
    """Check that no custom field overwrites another one, and that no Lua reads what a redaction removes.

    Args:
        what: the setting and the plugin, such as custom_fields_by_lua of http-log.
        fields: the custom fields.
        headers: the headers of requests and responses that its redactions remove, in lower case.

    Raises:
        ConfigurationError: if a field is part of another field, or its Lua reads a credential or a query string.
    """
    for name, source in fields.items():
        if below := sorted(each for each in fields if each.startswith(f"{name}.")):
            raise ConfigurationError(
                f"{name!r} in {what} must not be given together with {below[0]}, "
                "which is part of it: Kong sets fields in any order, so one would overwrite the other; "
                "rename it"
            )
        for word in _read(source, headers):
            raise ConfigurationError(
                f"{name!r} in {what} must not use {word}, because redactions() "
                "removes that from the log; use kong.request.get_path, or get_header of a header that is not "
                "confidential"
            )


def _read(source: str, headers: Collection[str]) -> Iterable[str]:
    """Yield what a source reads that must not be in a log."""
    texts = LuaAnalysis(source).texts
    yield from sorted(texts & _READS_EVERYTHING)
    if "get_header" in texts:
        if _GET_HEADER.search(source):
            yield "get_header of a name that is not a literal"
        yield from (f"get_header of {each!r}" for each in sorted(texts) if _confidential(each, headers))
    if "var" in texts:
        yield from sorted(each for each in texts if each in _CONFIDENTIAL_VARIABLES or _CLIENT_VARIABLE.match(each))
        sent = [each for each in sorted(texts) if re.match("(?:sent_)?http_", each)]
        yield from (each for each in sent if _confidential(each.partition("http_")[2], headers))
    if _REQUEST_LINE.search(source):
        yield "ngx.var.request"


def _confidential(header: str, headers: Collection[str]) -> bool:
    name = header.lower().replace("_", "-")
    return name in headers or is_secret_name(name)

"""Whether a log field of one's own brings back what the redactions keep out of the log."""

import re
from collections.abc import Collection, Iterable, Mapping

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.lua.sandbox import LuaAnalysis
from kubestock.values.secrecy import is_secret_name

_WHOLE = frozenset(
    {
        *(
            "get_headers",
            "get_path_with_query",
            "get_query",
            "get_query_arg",
            "get_raw_query",
            "get_raw_body",
            "get_body",
        ),
        *(
            "get_uri_args",
            "get_post_args",
            "get_body_data",
            "get_body_file",
            "raw_header",
            "get_credential",
            "serialize",
        ),
        *("authenticated_credential", "authenticated_jwt_token"),
    }
)
_VARIABLES = frozenset({"request_uri", "args", "query_string", "request_body", "http_cookie"})
_OF_A_CLIENT = re.compile("(?:arg|cookie)_.")
_GET_HEADER = re.compile(r"get_header\b(?!\s*\(?\s*(?:\"[^\"]*\"|'[^']*'))")
_REQUEST_LINE = re.compile(r"ngx\s*\.\s*var\s*\.\s*request\b")


def check_redactions_kept(plugin: str, fields: Mapping[str, str], headers: Collection[str]) -> None:
    """Refuse a field that stands above or below another one, and Lua that reads what a redaction takes out.

    Args:
        plugin: that logs.
        fields: its `custom_fields_by_lua`.
        headers: those of requests and answers that its redactions take out, in lower case.
    """
    for name, source in fields.items():
        if below := sorted(each for each in fields if each.startswith(f"{name}.")):
            raise ConfigurationError(
                f"{name!r} in custom_fields_by_lua of {plugin} must not stand beside {below[0]}: Kong sets fields in "
                "any order, and one would undo the other; give it a name of its own"
            )
        for word in _read(source, headers):
            raise ConfigurationError(
                f"{name!r} in custom_fields_by_lua of {plugin} must not use {word}, which brings back what "
                "redactions() keeps out; use kong.request.get_path, or get_header of a header that is not confidential"
            )


def _read(source: str, headers: Collection[str]) -> Iterable[str]:
    """Yield what of a source reads something that must stay out of a log."""
    texts = LuaAnalysis(source).texts
    yield from sorted(texts & _WHOLE)
    if "get_header" in texts:
        if _GET_HEADER.search(source):
            yield "get_header of a name that is not a literal"
        yield from (f"get_header of {each!r}" for each in sorted(texts) if _confidential(each, headers))
    if "var" in texts:
        yield from sorted(each for each in texts if each in _VARIABLES or _OF_A_CLIENT.match(each))
        sent = [each for each in sorted(texts) if re.match("(?:sent_)?http_", each)]
        yield from (each for each in sent if _confidential(each.partition("http_")[2], headers))
    if _REQUEST_LINE.search(source):
        yield "ngx.var.request"


def _confidential(header: str, headers: Collection[str]) -> bool:
    name = header.lower().replace("_", "-")
    return name in headers or is_secret_name(name)

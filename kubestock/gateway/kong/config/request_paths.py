"""Checks of paths, and paths in the form in which Kong and services compare them."""

import re
from functools import cache
from urllib.parse import unquote

from kubestock.errors import ConfigurationError
from kubestock.values.value import require_unique

_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")


_PARAMETER = re.compile("[a-z][a-z0-9_]{0,31}")


_OWN_PATH = re.compile(r"/(?:[A-Za-z0-9._~/:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


def path(what: str, value: str) -> str:
    """Return `value` if a request can have it as its path.

    Kong normalizes a request before it looks for a route: it decodes what need not be escaped, and removes `.`,
    `..` and empty segments (RFC 3986, section 6.2.2). Whatever is written otherwise matches nothing.
    """
    if not _PATH.fullmatch(value) or _normalized(value) != value:
        plain = _normalized(value)
        fix = f"; write {plain!r}" if _PATH.fullmatch(plain) else ""
        raise ConfigurationError(
            f"{what} must begin with '/', not end with it, and hold letters, digits, '-', '.', '_' and '~' in segments "
            f"that are not empty, '.' or '..', because Kong normalizes requests before it matches, got {value!r}{fix}"
        )
    return value


def path_pattern(what: str, value: str) -> str:
    """Return `value` if a request can have it as its path, once its parameters stand for a segment each.

    Raises:
        ConfigurationError: for a path that no request has, and for a parameter that is no segment, or is duplicated.
    """
    segments, names_found = value.split("/"), []
    for number, each in enumerate(segments):
        if each.startswith("{") and each.endswith("}"):
            names_found.append(each[1:-1])
            segments[number] = "parameter"
    if any("{" in each or "}" in each for each in segments) or not all(map(_PARAMETER.fullmatch, names_found)):
        raise ConfigurationError(
            f"a parameter in {what} must be a whole segment, with a name of at most 32 lower-case letters, digits and "
            f"'_' that begins with a letter, such as /orders/{{id}}/items, got {value!r}"
        )
    require_unique(f"parameter in {what} {value!r}", names_found)
    if names_found:
        path(f"{what} {value!r}, with 'parameter' for each parameter,", "/".join(segments))
        return value
    return path(what, value)


def _normalized(value: str) -> str:
    kept: list[str] = []
    for each in re.sub("%[0-9A-Fa-f]{2}", _decoded, value).split("/"):
        if each == "..":
            kept = kept[:-1]
        elif each not in ("", "."):
            kept.append(each)
    return "/" + "/".join(kept)


def _decoded(escape: re.Match[str]) -> str:
    letter = chr(int(escape[0][1:], 16))
    return letter if re.fullmatch("[A-Za-z0-9._~-]", letter) else escape[0]


@cache
def normalized_segments(uri: str) -> tuple[str, ...]:
    r"""Return the segments that some program finds in a path, so that all it may take for the same compare as equal.

    They are decoded, slashes too, and in one case, and `\` is a slash; the query, parameters after `;`, and `.`, `..`
    and empty segments are gone.
    """
    decoded = re.sub("[?#].*", "", uri, flags=re.DOTALL)
    while (once_more := unquote(decoded)) != decoded:
        decoded = once_more
    kept = _normalized(re.sub(";[^/]*", "", decoded.replace("\\", "/"))).casefold()
    return tuple(filter(None, kept.split("/")))


def target_path(what: str, value: str) -> str:
    """Return `value` if Kong takes it as a path, where it is no rule for requests (RFC 3986, section 3.3)."""
    if not _OWN_PATH.fullmatch(value) or "//" in value:
        raise ConfigurationError(
            f"{what} must begin with '/', have no empty segment, no query, and other characters than letters, digits "
            f"and -._~:@!$&'()*+,;= escaped, such as %20 for a space, got {value!r}"
        )
    return value


def served_path(what: str, value: str) -> str:
    """Return `value` if a program can be asked for it; a query may follow."""
    if not value.startswith("/") or "//" in value:
        raise ConfigurationError(f"{what} must begin with '/' and have no empty segment, got {value!r}")
    return value

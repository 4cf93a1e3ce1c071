"""Checks of paths, and paths in the form in which Kong and services compare them."""

import re
from functools import cache
from urllib.parse import unquote

from kubestock.errors import ConfigurationError
from kubestock.values.value import require_unique

_PATH = re.compile(r"/(?:[A-Za-z0-9._~-]+(?:/[A-Za-z0-9._~-]+)*)?")


_PARAMETER = re.compile("[a-z][a-z0-9_]{0,31}")


_TARGET_PATH = re.compile(r"/(?:[A-Za-z0-9._~/:@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")


def path(what: str, value: str) -> str:
    """Return `value` if it can be the path of a request after Kong has normalized it.

    Kong normalizes the path of a request before it looks for a route: it decodes escapes of unreserved characters, and
    removes `.`, `..` and empty segments (RFC 3986, section 6.2.2). Any other path in a route would never match.

    Raises:
        ConfigurationError: if the path is not normalized. The message shows the normalized path if there is one.
    """
    if not _PATH.fullmatch(value) or _normalized(value) != value:
        normalized = _normalized(value)
        fix = f"; write {normalized!r}" if _PATH.fullmatch(normalized) else ""
        raise ConfigurationError(
            f"{what} must begin with '/', not end with '/', and have segments of letters, digits, '-', '.', "
            "'_' and '~' that are not empty, '.' or '..', because Kong normalizes a request before it "
            f"matches, got {value!r}{fix}"
        )
    return value


def path_pattern(what: str, value: str) -> str:
    """Return `value` if it is a valid path of a route, in which `{name}` may be a segment.

    Raises:
        ConfigurationError: if no request can have the path, a parameter is not a whole segment, or its name is
            duplicated.
    """
    segments, found_names = value.split("/"), []
    for number, each in enumerate(segments):
        if each.startswith("{") and each.endswith("}"):
            found_names.append(each[1:-1])
            segments[number] = "parameter"
    if any("{" in each or "}" in each for each in segments) or not all(map(_PARAMETER.fullmatch, found_names)):
        raise ConfigurationError(
            f"a parameter in {what} must be a whole segment, and its name must be at most 32 lower-case "
            f"letters, digits and '_', beginning with a letter, such as /orders/{{id}}/items, got {value!r}"
        )
    require_unique(f"parameter in {what} {value!r}", found_names)
    if found_names:
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
    r"""Return the segments of a path, normalized in the most lenient way in which a program may read it.

    Two paths that any program may treat as the same path have equal segments: they are decoded (also slashes) until
    nothing changes and in lower case, with `/` for `\`, and without the query, parameters after `;`, and `.`, `..` and
    empty segments.
    """
    decoded = re.sub("[?#].*", "", uri, flags=re.DOTALL)
    while (again := unquote(decoded)) != decoded:
        decoded = again
    kept = _normalized(re.sub(";[^/]*", "", decoded.replace("\\", "/"))).casefold()
    return tuple(filter(None, kept.split("/")))


def target_path(what: str, value: str) -> str:
    """Return `value` if Kong accepts it as the path of a request that it sends (RFC 3986, section 3.3)."""
    if not _TARGET_PATH.fullmatch(value) or "//" in value:
        raise ConfigurationError(
            f"{what} must begin with '/', have no empty segment and no query, and escape all characters other "
            f"than letters, digits and -._~:@!$&'()*+,;=, such as %20 for a space, got {value!r}"
        )
    return value


def served_path(what: str, value: str) -> str:
    """Return `value` if a program can serve it. It may end with a query."""
    if not value.startswith("/") or "//" in value:
        raise ConfigurationError(f"{what} must begin with '/' and have no empty segment, got {value!r}")
    return value

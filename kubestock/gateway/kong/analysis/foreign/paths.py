"""Reads the paths of routes in other Kong files, as far as a rule can compare them."""

import re
from typing import NamedTuple

from kubestock.gateway.kong.config.segments import ANY, ONE_SEGMENT

_ONE_SEGMENT = f"(?:{re.escape(ONE_SEGMENT)}|{re.escape('[^/]+')})"
_PARAMETER = re.compile(rf"/(?:\((?:\?P?<[A-Za-z0-9_]+>|\?:)?{_ONE_SEGMENT}\)|{_ONE_SEGMENT})(?=[/(?$]|$)")
_PLACEHOLDER = "\0"
_LITERAL = re.compile(rf"(?:[A-Za-z0-9/_~%@:=&,;!' {_PLACEHOLDER}-]|\\[^A-Za-z0-9])*")
_BELOW = frozenset({"(/|$)", "(?:/|$)", "(/.*)?$", "(?:/.*)?$", "(/.*)?", "(?:/.*)?", "/.*", "/.*$", ".*", ".*$", ""})
_EXACT = frozenset({"$", "/?$"})


class KongPath(NamedTuple):
    """One path of a route.

    Args:
        path: the path, or the beginning of the paths, that match; `{}` is any one segment.
        exact: no path below it matches.
        expression: it is a regular expression.
        approximate: more or fewer paths may match.
    """

    path: str
    exact: bool
    expression: bool
    approximate: bool


def read(text: str) -> KongPath:
    """Return what a path in Kong's file matches. A regular expression begins with `~`; any other path is a prefix."""
    if not text.startswith("~"):
        return KongPath(path=_plain(text), exact=False, expression=False, approximate=False)
    found = _LITERAL.match(expression := _PARAMETER.sub(f"/{_PLACEHOLDER}", text[1:].removeprefix("^")))
    literal = "" if found is None else found[0]
    rest, path = expression[len(literal) :], re.sub(r"\\(.)", r"\1", literal).replace(_PLACEHOLDER, ANY)
    if rest in _EXACT:
        return KongPath(path=_plain(path), exact=True, expression=True, approximate=False)
    if rest in _BELOW:
        return KongPath(path=_plain(path), exact=False, expression=True, approximate=False)
    return KongPath(path=_plain(path.rpartition("/")[0]), exact=False, expression=True, approximate=True)


def _plain(path: str) -> str:
    return "/" + "/".join(filter(None, path.split("/")))

"""The paths of Kong's routes, as far as a rule can read them."""

import re
from typing import NamedTuple

from kubestock.gateway.kong.config.segments import ANY, ONE_SEGMENT

_ONE_SEGMENT = f"(?:{re.escape(ONE_SEGMENT)}|{re.escape('[^/]+')})"
_PARAMETER = re.compile(rf"/(?:\((?:\?P?<[A-Za-z0-9_]+>|\?:)?{_ONE_SEGMENT}\)|{_ONE_SEGMENT})(?=[/(?$]|$)")
_MARK = "\0"
_LITERAL = re.compile(rf"(?:[A-Za-z0-9/_~%@:=&,;!' {_MARK}-]|\\[^A-Za-z0-9])*")
_BELOW = frozenset({"(/|$)", "(?:/|$)", "(/.*)?$", "(?:/.*)?$", "(/.*)?", "(?:/.*)?", "/.*", "/.*$", ".*", ".*$", ""})
_EXACT = frozenset({"$", "/?$"})


class KongPath(NamedTuple):
    """One path of a route.

    Args:
        path: that requests have, or what they begin with; `{}` is any one segment.
        exact: nothing below it matches.
        expression: it is a regular expression.
        approximate: more or less may match than the path says.
    """

    path: str
    exact: bool
    expression: bool
    approximate: bool


def read(text: str) -> KongPath:
    """Return what a path of Kong's file matches: a regular expression begins with `~`, all else is a prefix."""
    if not text.startswith("~"):
        return KongPath(path=_plain(text), exact=False, expression=False, approximate=False)
    found = _LITERAL.match(expression := _PARAMETER.sub(f"/{_MARK}", text[1:].removeprefix("^")))
    literal = "" if found is None else found[0]
    rest, path = expression[len(literal) :], re.sub(r"\\(.)", r"\1", literal).replace(_MARK, ANY)
    if rest in _EXACT:
        return KongPath(path=_plain(path), exact=True, expression=True, approximate=False)
    if rest in _BELOW:
        return KongPath(path=_plain(path), exact=False, expression=True, approximate=False)
    return KongPath(path=_plain(path.rpartition("/")[0]), exact=False, expression=True, approximate=True)


def _plain(path: str) -> str:
    return "/" + "/".join(filter(None, path.split("/")))

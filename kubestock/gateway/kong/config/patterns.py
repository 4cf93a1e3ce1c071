"""Regular expressions as Kong reads them, which is PCRE, and what Kong takes for one."""

import re
import warnings

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua.backtracking import backtracks

_MOST = 65535
_PLAIN_ORIGIN = re.compile(r"[a-z][a-z0-9.-]*://[a-z0-9.-]+(?::[1-9][0-9]{0,4})?")
_PLAIN = re.compile("[A-Za-z0-9.:/-]+")
_DEFAULT_PORT = re.compile("http://.*:80|https://.*:443")
_PCRE_LACKS = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[uUNlL]|\(\?[a-zA-Z-]*[auL][a-zA-Z-]*[:)])")
_MOST_REPEATS = re.compile(r"\{(?:[0-9]*,)?([0-9]+)\}")


def regular_expression(what: str, value: str) -> str:
    """Return `value` if it is a regular expression for Python and for PCRE, which Kong uses."""
    http.check_not_empty(what, value)
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(value)
    except (re.error, OverflowError) as error:
        raise ConfigurationError(f"{what} must be a regular expression, got {value!r}: {error}") from None
    if _PCRE_LACKS.search(value) or any(int(each) > _MOST for each in _MOST_REPEATS.findall(value)):
        raise ConfigurationError(
            f"{what} must be a regular expression of PCRE, got {value!r}: it has no \\u, \\U, \\N, \\l and \\L, no "
            f"flags a, u and L of Python, and at most {_MOST} repetitions; write a character itself"
        )
    check_backtracking(what, value)
    return value


def check_backtracking(what: str, pattern: str) -> None:
    """Refuse a regular expression whose time a client can double with each character that it sends."""
    if backtracks(pattern):
        raise ConfigurationError(
            f"{what} must not read the same text in several ways within a loop, as '(a+)+' and '(a|ab|b)*' do, got "
            f"{pattern!r}: the time for a text that does not match would double with each character; write it so that "
            "each character says where a repetition begins, such as '[a-z]+(-[a-z]+)*'"
        )


def origin_or_pattern(what: str, value: str) -> str:
    """Return `value` if Kong compares it with an `Origin`: `*`, an origin as a browser writes it, or a pattern.

    Whatever has no character of a regular expression is compared as it is.
    """
    if value == "*":
        return value
    if not _PLAIN.fullmatch(value):
        return regular_expression(what, value)
    if not _PLAIN_ORIGIN.fullmatch(value) or _DEFAULT_PORT.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be an origin as a browser writes it, such as https://shop.example.com: in lower case, "
            f"with its scheme, without a slash at its end and without its scheme's own port, got {value!r}"
        )
    return value

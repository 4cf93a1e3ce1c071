"""Checks of regular expressions. Kong uses PCRE, so a pattern must mean the same in Python and in PCRE."""

import re
import warnings

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua.backtracking import backtracks

_MAX_REPEATS = 65535
_PLAIN_ORIGIN = re.compile(r"[a-z][a-z0-9.-]*://[a-z0-9.-]+(?::[1-9][0-9]{0,4})?")
_PLAIN = re.compile("[A-Za-z0-9.:/-]+")
_DEFAULT_PORT = re.compile("http://.*:80|https://.*:443")
_NOT_IN_PCRE = re.compile(r"(?<!\\)(?:\\\\)*(?:\\[uUNlL]|\(\?[a-zA-Z-]*[auL][a-zA-Z-]*[:)])")
_REPEATS = re.compile(r"\{(?:[0-9]*,)?([0-9]+)\}")


def regular_expression(what: str, value: str) -> str:
    """Return `value` if it is a valid regular expression in Python and in PCRE, which Kong uses."""
    http.check_not_empty(what, value)
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(value)
    except (re.error, OverflowError) as error:
        raise ConfigurationError(f"{what} must be a regular expression, got {value!r}: {error}") from None
    if _NOT_IN_PCRE.search(value) or any(int(each) > _MAX_REPEATS for each in _REPEATS.findall(value)):
        raise ConfigurationError(
            f"{what} must be a regular expression of PCRE, got {value!r}: PCRE does not support \\u, \\U, "
            f"\\N, \\l and \\L, Python's flags a, u and L, and more than {_MAX_REPEATS} repetitions; write "
            "the character itself"
        )
    check_backtracking(what, value)
    return value


def check_backtracking(what: str, pattern: str) -> None:
    """Check that a client cannot double the time of a match with each character that it sends."""
    if backtracks(pattern):
        raise ConfigurationError(
            f"{what} must not match the same text in several ways within a loop, as '(a+)+' and '(a|ab|b)*' "
            f"do, got {pattern!r}: the time for a text that does not match would double with each character; "
            "change it so that one character decides where a repetition begins, such as '[a-z]+(-[a-z]+)*'"
        )


def origin_or_pattern(what: str, value: str) -> str:
    """Return `value` if Kong can compare it with an `Origin` header.

    It is `*`, an origin in the form that a browser sends, or a regular expression. A value without special characters
    is compared literally.
    """
    if value == "*":
        return value
    if not _PLAIN.fullmatch(value):
        return regular_expression(what, value)
    if not _PLAIN_ORIGIN.fullmatch(value) or _DEFAULT_PORT.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be an origin in the form that a browser sends, such as https://shop.example.com: in "
            "lower case, with a scheme, without a slash at its end and without the default port of the "
            f"scheme, got {value!r}"
        )
    return value

"""Reads dotenv files: lines `KEY=value`, with quotes where a value needs them."""

import re

from kubestock.errors import ConfigurationError

_BLANK = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\r?\n|\Z)")
_ENTRY = re.compile(
    r"""[ \t]*(?:export[ \t]+)?(?P<key>[-._A-Za-z0-9]+)[ \t]*=[ \t]*
    (?:'(?P<literal>[^']*)'|"(?P<quoted>(?:[^"\\]|\\.)*)"|(?!['"])(?P<bare>[^\r\n]*?))
    (?:[ \t]+\#[^\n]*)?[ \t]*(?:\r?\n|\Z)""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def read_dotenv(what: str, content: bytes) -> dict[str, bytes]:
    r"""Return the values of a dotenv file by key, in UTF-8.

    A value in double quotes may span lines and contain \\n, \\r, \\t, \\" and \\\\. A value in single quotes may span
    lines and is read literally. A value without quotes ends at the end of the line or before ` #`. Variables are not
    expanded.

    Raises:
        ConfigurationError: if a line is invalid, or its key is a duplicate. The error has the number of the line and
            never its content.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{what} must be valid UTF-8; seal binary values with --from-file") from None
    values: dict[str, bytes] = {}
    position = 0
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        found = _BLANK.match(text, position) or _ENTRY.match(text, position)
        if found is None:
            raise ConfigurationError(f"{what} must have lines such as KEY=value; line {line} is invalid: quote it")
        if found.re is _ENTRY:
            if found["key"] in values:
                raise ConfigurationError(f"the keys of {what} must be unique; the key in line {line} is a duplicate")
            values[found["key"]] = _value(found).encode()
        position = found.end()
    if not values:
        raise ConfigurationError(f"{what} must have at least one line such as KEY=value, got none")
    return values


def _value(entry: re.Match[str]) -> str:
    if entry["quoted"] is not None:
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), entry["quoted"])
    return entry["literal"] if entry["literal"] is not None else entry["bare"]

"""Reading a dotenv file: `KEY=value` lines, with quotes where a value needs them."""

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

    A value in double quotes may span lines and hold \\n, \\r, \\t, \\" and \\\\; one in single quotes may span
    lines and is taken as it is; a bare one ends at the line's end or before ` #`. Nothing is expanded.

    Raises:
        ConfigurationError: with the number of the line that is none, or whose key was there before; never
            with anything that stands in it.
    """
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise ConfigurationError(f"{what} must be in UTF-8, and is not; seal binary values with --from-file") from None
    values: dict[str, bytes] = {}
    position = 0
    while position < len(text):
        line = text.count("\n", 0, position) + 1
        found = _BLANK.match(text, position) or _ENTRY.match(text, position)
        if found is None:
            raise ConfigurationError(f"{what} must hold lines such as KEY=value, and line {line} is none; quote it")
        if found.re is _ENTRY:
            if found["key"] in values:
                raise ConfigurationError(f"{what} must have each key once, and has that of line {line} twice")
            values[found["key"]] = _value(found).encode()
        position = found.end()
    if not values:
        raise ConfigurationError(f"{what} must hold at least one line such as KEY=value, and holds none")
    return values


def _value(entry: re.Match[str]) -> str:
    if entry["quoted"] is not None:
        return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), entry["quoted"])
    return entry["literal"] if entry["literal"] is not None else entry["bare"]

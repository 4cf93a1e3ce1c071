"""Writes a text or a number so that all readers of YAML read the same value.

Readers differ: YAML 1.1 and 1.2, the readers of Go (kubectl, Helm, Argo CD), PyYAML, the readers of JavaScript, and
libyaml with Lua (Kong). A text is quoted if one of them would read it as a number, a boolean, a date, a null or a
merge key.
"""

import json
import re

_NUMBER = re.compile(
    r"""
    [-+]?(?=[0-9.])[0-9]*\.?[0-9]*                      # 8, 089, 1.5, .5, and a point alone
    | [-+]?[0-9]*\.?[0-9]*e[-+]?[0-9]+                 # 1e3, e1
    | [-+]*0(b[-+]?[01]* | o[0-7]+)                    # 0b1, 0o22
    | [-+]*0x[0-9a-f.]*(p[-+]?[0-9]+)?                 # 0x1F, 0x1p4
    | [-+]?[0-9]+(:[0-9]*)+(\.[0-9]*)?                 # 12:30:45
    | [-+]?\.?(inf|infinity|nan)
    | [0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t\ ].*)?         # 2025-01-31T10:00:00Z
    """,
    re.IGNORECASE | re.VERBOSE | re.ASCII,
)
"""A text that some reader reads as a number or a date, without its underscores, which readers ignore."""

_WORD = re.compile("y|n|yes|no|on|off|true|false|null|~|=|<<", re.IGNORECASE)
_NOT_PLAIN = re.compile(
    r"""
    ^$ | ^[\s,\[\]{}#&*!|>'"%@`] | ^[-?:](\s|$) | ^--- | ^\.\.\.(\s|$) | :\s | :$ | \s\# | \s$
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u2027\u202f-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""Characters that readers reject or change if they are not quoted, and marks that change the writing direction."""

_ESCAPED_IN_BLOCKS = re.compile(_ESCAPED.pattern.replace("[^", "[^\t\n"))
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_INDENTED = re.compile("\n*[ \t]")


def number(value: float) -> str:
    """Return a number as YAML; PyYAML reads 1e-07 as a text, and 1.0e-07 as a number."""
    if isinstance(value, int):
        return int.__repr__(value)
    written = float.__repr__(value)
    mantissa, exponent, power = written.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else written


def text(value: str) -> str:
    """Return a text as YAML in one line: plain if all readers read the same text, else in quotes."""
    if _ESCAPED.search(value):
        return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    if not _NOT_PLAIN.search(value) and not _WORD.fullmatch(value) and not _NUMBER.fullmatch(value.replace("_", "")):
        return str.__str__(value)  # a member of an enumeration can also be a text
    return f"'{str.__str__(value)}'" if '"' in value and "'" not in value else json.dumps(value, ensure_ascii=False)


def fits_block(value: str) -> bool:
    """Return whether a text has several lines and can be a block, whose last line is not blank."""
    end = value.rstrip(" \t\n")
    line_breaks = value[len(end) :].lstrip(" \t")
    return "\n" in value and bool(end) and not line_breaks.strip("\n") and not _ESCAPED_IN_BLOCKS.search(value)


def block(value: str, indent: str) -> str:
    """Return a text of several lines as a literal block, indented by two columns, without its last line break."""
    inner = indent + "  "
    indented = "2" if _INDENTED.match(value) else ""
    chomped = "+" if value.endswith("\n\n") else "" if value.endswith("\n") else "-"
    lines = "\n".join([inner + line if line else "" for line in value.removesuffix("\n").split("\n")])
    return f"|{indented}{chomped}\n{lines}"

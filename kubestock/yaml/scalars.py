"""How one text or number is written so that every reader of YAML takes it for what it is.

Readers differ: YAML 1.1 and 1.2, Go's readers (kubectl, Helm, Argo CD), PyYAML, JavaScript's, libyaml with Lua (Kong).
A text that any of them would take for a number, a truth, a date, a null or a merge is quoted.
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
"""A text that some reader takes for a number or a date, without its underscores: readers skip those."""

_WORD = re.compile("y|n|yes|no|on|off|true|false|null|~|=|<<", re.IGNORECASE)
_NOT_PLAIN = re.compile(
    r"""
    ^$ | ^[\s,\[\]{}#&*!|>'"%@`] | ^[-?:](\s|$) | ^--- | ^\.\.\.(\s|$) | :\s | :$ | \s\# | \s$
    """,
    re.VERBOSE | re.ASCII,
)
_ESCAPED = re.compile("[^\x20-\x7e\xa0-\u2027\u202f-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What readers refuse or change where it stands as it is, and the marks that turn the direction of writing around."""

_ESCAPED_IN_BLOCKS = re.compile(_ESCAPED.pattern.replace("[^", "[^\t\n"))
LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_INDENTED = re.compile("\n*[ \t]")


def number(value: float) -> str:
    """Write a number: PyYAML takes 1e-07 for a text, and 1.0e-07 for what it is."""
    if isinstance(value, int):
        return int.__repr__(value)
    written = float.__repr__(value)
    mantissa, exponent, power = written.partition("e")
    return f"{mantissa}.0e{power}" if exponent and "." not in mantissa else written


def text(value: str) -> str:
    """Write a text on one line: plain if no reader can take it for anything else, in quotes otherwise."""
    if _ESCAPED.search(value):
        return _ESCAPED.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
    if not _NOT_PLAIN.search(value) and not _WORD.fullmatch(value) and not _NUMBER.fullmatch(value.replace("_", "")):
        return str.__str__(value)  # a member of an enumeration is a text, too
    return f"'{str.__str__(value)}'" if '"' in value and "'" not in value else json.dumps(value, ensure_ascii=False)


def fits_block(value: str) -> bool:
    """Return whether a text is one of several lines that a block can hold, which ends with no line of blanks."""
    end = value.rstrip(" \t\n")
    line_breaks = value[len(end) :].lstrip(" \t")
    return "\n" in value and bool(end) and not line_breaks.strip("\n") and not _ESCAPED_IN_BLOCKS.search(value)


def block(value: str, indent: str) -> str:
    """Write a text of several lines as a literal block, two columns to the right, without its last line break."""
    inner = indent + "  "
    indented = "2" if _INDENTED.match(value) else ""
    chomped = "+" if value.endswith("\n\n") else "" if value.endswith("\n") else "-"
    lines = "\n".join([inner + line if line else "" for line in value.removesuffix("\n").split("\n")])
    return f"|{indented}{chomped}\n{lines}"

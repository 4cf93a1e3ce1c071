"""Finds credentials in texts, by their names and by their form."""

import re
from collections.abc import Iterator

from kubestock.values.secrecy import is_credential, is_secret_name

_Pattern = tuple[str, tuple[str, ...], re.Pattern[str]]
"""What the credential is, texts of which each such credential contains one, and the pattern."""

_PATTERNS: tuple[_Pattern, ...] = (
    ("a private key", ("PRIVATE KEY-----",), re.compile(r"-----BEGIN [A-Z0-9 ]{0,20}PRIVATE KEY-----")),
    ("an access key of AWS", ("AKIA", "ASIA"), re.compile(r"(?<![A-Z0-9])(AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])")),
    ("a token of GitHub", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), re.compile(r"(?<!\w)gh[pousr]_[A-Za-z0-9]{36}")),
    ("a token of GitHub", ("github_pat_",), re.compile(r"(?<!\w)github_pat_\w{60}")),
    ("a token of GitLab", ("glpat-",), re.compile(r"(?<!\w)glpat-[\w-]{20}")),
    ("a token of Slack", ("xox",), re.compile(r"(?<!\w)xox[abprs]-[A-Za-z0-9-]{10}")),
    ("a key of a payment service", ("k_live_",), re.compile(r"(?<!\w)[sr]k_live_[A-Za-z0-9]{16}")),
    ("a key of Google", ("AIza",), re.compile(r"(?<!\w)AIza[\w-]{35}")),
    ("a signed token", ("eyJ",), re.compile(r"(?<!\w)eyJ[\w-]{6,}\.[\w-]{2,}\.[\w-]{8,}")),
    ("a password in a URL", ("://",), re.compile(r"[a-z0-9]://[^\s/:@\"']{0,200}:(?![$<{%*])[^\s/@\"']{1,200}@")),
)
_HINTS = (
    *("auth", "bearer", "cookie", "cred", "docker", "htpasswd", "jwt", "key", "kubeconfig", "netrc", "otp", "pass"),
    *("pepper", "pin", "pw", "salt", "secret", "sid", "sig", "token"),
)
"""Every line that names a secret contains one of these."""

_LINE = re.compile(
    r"""^\s*(?:export\s+|-\s+)?["']?([A-Za-z][A-Za-z0-9_.-]{0,80})["']?\s*[:=]\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,;#{}\[\]()]+)(?=\s*[,;]?\s*(?:\#.*)?$))"""
)
_IN_JSON = re.compile(r'"([A-Za-z][A-Za-z0-9_.-]{0,80})"\s*:\s*"([^"\n]*)"')
_REFERENCES = re.compile(r"[$<{%(]|\*+$|x+$|/|\.{1,2}/|file:|env:|vault:|ref\+|op:|arn:|projects/", re.IGNORECASE)
"""The beginning of a value that refers to a credential stored elsewhere, or that masks it."""

_PLACEHOLDERS = re.compile(r"[A-Z]+(_[A-Z]+)+|(insert|replace|your)[-_ ].*", re.DOTALL)
"""Placeholders that a program or a person replaces by the credential."""

_PLAIN = re.compile(r"true|false|yes|no|on|off|null|none|nil|undefined|[0-9.]+[a-z]{0,2}|https?://\S*", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_=]{12,}")
_SHORTEST = 3
_LONGEST = 100_000


def credential_in(name: str, value: str) -> str:
    """Return a description of the credential in a value with this name, or an empty text; never the value itself."""
    text = value[:_LONGEST]
    if "\n" not in text.strip() and is_secret_name(name) and _is_secret(text):
        return f"the value of {name}"
    if is_credential(text):
        return "a token of an Authorization header"
    pattern = _matching_pattern(text)
    if pattern:
        return pattern
    return next(
        (
            f"the value of {each}"
            for each, inside in _assignments(text)
            if is_secret_name(each.rpartition(".")[2]) and _is_secret(inside)
        ),
        "",
    )


def credential_of_arguments(arguments: list[str]) -> str:
    """Return a description of the credential in a command or its arguments, or an empty text."""
    for position, argument in enumerate(arguments):
        option, given, value = argument.partition("=")
        if not given and option.startswith("-"):
            following = arguments[position + 1] if position + 1 < len(arguments) else ""
            value = "" if following.startswith("-") else following
        name = option.lstrip("-")
        if option.startswith("-") and is_secret_name(name) and _is_secret(value):
            return f"the value of {option}"
        pattern = _matching_pattern(argument[:_LONGEST])
        if pattern:
            return pattern
    return ""


def is_random(value: str) -> bool:
    """Whether a text looks like random letters and digits, not like a name."""
    return _RANDOM.fullmatch(value.strip()) is not None


def _matching_pattern(text: str) -> str:
    for what, hints, pattern in _PATTERNS:
        if any(hint in text for hint in hints) and pattern.search(text):
            return what
    return ""


def _assignments(text: str) -> Iterator[tuple[str, str]]:
    """Yield the names and values in a text with the syntax of properties files, YAML or JSON."""
    for line in text.splitlines():
        lower = line.lower()
        if not any(hint in lower for hint in _HINTS):
            continue
        found = _LINE.match(line[:2000])
        if found is not None:
            yield found[1], found[2] or found[3] or found[4] or ""
        yield from _IN_JSON.findall(line[:20000])


def _is_secret(value: str) -> bool:
    text = value.strip().strip("\"'")
    return len(text) >= _SHORTEST and not _REFERENCES.match(text) and not _is_plain(text)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None or _PLACEHOLDERS.fullmatch(text) is not None

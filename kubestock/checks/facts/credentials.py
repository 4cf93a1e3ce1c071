"""Credentials in texts: by the name that they go by, and by what they look like."""

import re
from collections.abc import Iterator

from kubestock.values.secrecy import is_credential, is_secret_name

_Look = tuple[str, tuple[str, ...], re.Pattern[str]]
"""What it is, a text that is in each of them, and the pattern."""

_LOOKS: tuple[_Look, ...] = (
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
"""One of them is in every line that names a secret."""

_LINE = re.compile(
    r"""^\s*(?:export\s+|-\s+)?["']?([A-Za-z][A-Za-z0-9_.-]{0,80})["']?\s*[:=]\s*(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,;#{}\[\]()]+)(?=\s*[,;]?\s*(?:\#.*)?$))"""
)
_IN_JSON = re.compile(r'"([A-Za-z][A-Za-z0-9_.-]{0,80})"\s*:\s*"([^"\n]*)"')
_ELSEWHERE = re.compile(r"[$<{%(]|\*+$|x+$|/|\.{1,2}/|file:|env:|vault:|ref\+|op:|arn:|projects/", re.IGNORECASE)
"""How a value begins that only says where the credential is, or that it is left out."""

_FILLED_IN = re.compile(r"[A-Z]+(_[A-Z]+)+|(insert|replace|your)[-_ ].*", re.DOTALL)
"""What a program or a reader puts the credential in place of."""

_PLAIN = re.compile(r"true|false|yes|no|on|off|null|none|nil|undefined|[0-9.]+[a-z]{0,2}|https?://\S*", re.IGNORECASE)
_RANDOM = re.compile(r"(?=[^0-9]*[0-9])(?=[^A-Za-z]*[A-Za-z])[A-Za-z0-9+/_=]{12,}")
_SHORTEST = 3
_LONGEST = 100_000


def credential_in(name: str, value: str) -> str:
    """Return which credential a value of this name is or holds, or nothing; the value itself is never returned."""
    text = value[:_LONGEST]
    if "\n" not in text.strip() and is_secret_name(name) and _is_secret(text):
        return f"the value of {name}"
    if is_credential(text):
        return "a token of an Authorization header"
    looks = _looks(text)
    if looks:
        return looks
    return next(
        (
            f"the value of {each}"
            for each, inside in _named_in(text)
            if is_secret_name(each.rpartition(".")[2]) and _is_secret(inside)
        ),
        "",
    )


def credential_of_arguments(arguments: list[str]) -> str:
    """Return which credential a command or its arguments hold, or nothing."""
    for position, argument in enumerate(arguments):
        option, given, value = argument.partition("=")
        if not given and option.startswith("-"):
            following = arguments[position + 1] if position + 1 < len(arguments) else ""
            value = "" if following.startswith("-") else following
        name = option.lstrip("-")
        if option.startswith("-") and is_secret_name(name) and _is_secret(value):
            return f"the value of {option}"
        looks = _looks(argument[:_LONGEST])
        if looks:
            return looks
    return ""


def is_random(value: str) -> bool:
    """Whether a text is of letters and digits without a meaning, and not the name of something."""
    return _RANDOM.fullmatch(value.strip()) is not None


def _looks(text: str) -> str:
    for what, hints, pattern in _LOOKS:
        if any(hint in text for hint in hints) and pattern.search(text):
            return what
    return ""


def _named_in(text: str) -> Iterator[tuple[str, str]]:
    """Yield names with values, as files of properties, YAML and JSON write them."""
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
    return len(text) >= _SHORTEST and not _ELSEWHERE.match(text) and not _is_plain(text)


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None or _FILLED_IN.fullmatch(text) is not None

"""Decides which values are confidential, by their names and their form, for the whole library.

A name is split into words: `dbPassword2`, `DB_PASSWORD` and `db-password` are equal. If in doubt, a value is
confidential, because hiding a public value is less harmful than showing a secret.
"""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ANYWHERE = frozenset(
    {
        *("apikey", "credential", "dockercfg", "dockerconfigjson", "htpasswd", "kubeconfig", "netrc", "passcode"),
        *("passphrase", "passwd", "password", "pgpass", "secret", "token"),
    }
)
"""Words that make a name confidential at any position."""

_LAST = frozenset(
    {
        *("auth", "authorization", "bearer", "cookie", "jwt", "key", "otp", "pass", "pepper", "pin", "pw", "pwd"),
        *("salt", "sid", "sig", "signature"),
    }
)
"""Words that make a name confidential as its last word."""

_COMPOUND = re.compile(
    r"(passw(or)?d|passphrase|secret|token|credential)s?$|^password(?!less)|"
    r"^(access|account|api|auth|encryption|license|master|private|secret|service|session|shared|signing|ssh)keys?$"
)
"""A confidential word that is joined to others, such as `dbpassword`."""

_LAST_TWO = frozenset(
    {
        *(("connection", "string"), ("header", "value"), ("param", "value"), ("secret", "id"), ("session", "id")),
        *(("id", "dsa"), ("id", "ecdsa"), ("id", "ed"), ("id", "rsa")),
    }
)
_LAST_THREE = ("service", "account", "json")

_NO_SECRET_KEY = frozenset(
    {
        *("cache", "composite", "correlation", "dedup", "deduplication", "dictionary", "foreign", "group", "hash"),
        *("idempotency", "index", "label", "lookup", "map", "message", "natural", "object", "partition", "primary"),
        *("public", "publishable", "range", "routing", "row", "search", "shard", "site", "socket", "sort", "surrogate"),
        *("unique", "websocket"),
    }
)
"""Words before `key` for keys that are not credentials."""

_ABOUT_A_SECRET = frozenset(
    {
        *("age", "algorithm", "arn", "audience", "bit", "byte", "claim", "count", "day", "dir", "directory"),
        *("disabled", "domain", "enabled", "endpoint", "expiration", "expires", "expiry", "field", "file", "filename"),
        *("fingerprint", "for", "format", "header", "host", "hostname", "hour", "id", "interval", "issuer", "kind"),
        *("leeway", "length", "lifetime", "limit", "location", "method", "minute", "mode", "ms", "name", "namespace"),
        *("path", "policy", "port", "prefix", "provider", "ref", "region", "required", "rotation", "scope", "second"),
        *("size", "store", "suffix", "timeout", "ttl", "type", "uri", "url", "version", "window"),
    }
)
"""Last words of names that are about a secret but do not contain it, such as `TOKEN_URL`."""

_AMOUNTS = frozenset({"max", "min", "num", "total"})
_WITHOUT_MEANING = frozenset(
    {
        *("b", "base", "current", "data", "der", "hex", "jks", "json", "new", "next", "old", "p", "pem", "pfx"),
        *("previous", "raw", "txt", "v", "value", "yaml", "yml"),
    }
)
"""Words at the end of a name that are ignored: a format, or the number of a version."""

_CREDENTIAL_VALUE = re.compile(r"\s*(?:bearer|basic)\s+(?!realm\b|\$\()\S{8,}\s*", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Return whether the value of a variable, key, field, header or argument of this name is confidential.

    `DB_PASSWORD`, `Authorization` and `tls.key` are; `TOKEN_URL`, `PUBLIC_KEY` and `KEYBOARD` are not.
    """
    words = [word.lower() for word in _WORD.findall(name) if not word.isdigit()]
    if tuple(words[-2:]) in _LAST_TWO or tuple(words[-3:]) == _LAST_THREE:
        return True
    counting = _without_format(words)
    if not counting or _is_one_of(words[-1], _ABOUT_A_SECRET) or counting[0] in _AMOUNTS:
        return False
    if any(_is_one_of(word, _ANYWHERE) or _COMPOUND.search(word) for word in counting):
        return True
    *before, last = counting
    if last in ("key", "keys") and before and before[-1] in _NO_SECRET_KEY:
        return False
    return _is_one_of(last, _LAST)


def is_credential(value: str) -> bool:
    """Return whether a text is the value of an Authorization header, under any name."""
    return _CREDENTIAL_VALUE.fullmatch(value) is not None


def _without_format(words: list[str]) -> list[str]:
    end = len(words)
    while end > 1 and words[end - 1] in _WITHOUT_MEANING:
        end -= 1
    return words[:end]


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    return word in words or word.removesuffix("s") in words or word.removesuffix("ies") + "y" in words

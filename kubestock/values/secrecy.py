"""Which values are confidential, by their name and by what they look like: one judgement for the whole library.

A name is split into words: `dbPassword2`, `DB_PASSWORD` and `db-password` are alike. A value that is hidden or refused
without need costs less than one that is shown, so what is in doubt is confidential.
"""

import re

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

_ANYWHERE = frozenset(
    {
        *("apikey", "credential", "dockercfg", "dockerconfigjson", "htpasswd", "kubeconfig", "netrc", "passcode"),
        *("passphrase", "passwd", "password", "pgpass", "secret", "token"),
    }
)
"""Words that make a name confidential wherever they stand in it."""

_LAST = frozenset(
    {
        *("auth", "authorization", "bearer", "cookie", "jwt", "key", "otp", "pass", "pepper", "pin", "pw", "pwd"),
        *("salt", "sid", "sig", "signature"),
    }
)
"""Words that do so as the last word of a name."""

_COMPOUND = re.compile(
    r"(passw(or)?d|passphrase|secret|token|credential)s?$|^password(?!less)|"
    r"^(access|account|api|auth|encryption|license|master|private|secret|service|session|shared|signing|ssh)keys?$"
)
"""A word that was written together with others, such as `dbpassword`."""

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
"""What stands before `key` where it is no credential."""

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
"""What a name ends with that only speaks of a secret: `TOKEN_URL`."""

_AMOUNTS = frozenset({"max", "min", "num", "total"})
_WITHOUT_MEANING = frozenset(
    {
        *("b", "base", "current", "data", "der", "hex", "jks", "json", "new", "next", "old", "p", "pem", "pfx"),
        *("previous", "raw", "txt", "v", "value", "yaml", "yml"),
    }
)
"""What may follow the last word that counts: a format, or which of several it is."""

_CREDENTIAL_VALUE = re.compile(r"\s*(?:bearer|basic)\s+(?!realm\b|\$\()\S{8,}\s*", re.IGNORECASE)


def is_secret_name(name: str) -> bool:
    """Tell whether the value of a variable, key, field, header or argument of this name is confidential.

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
    """Tell whether a text is the value of an Authorization header, whatever name it goes by."""
    return _CREDENTIAL_VALUE.fullmatch(value) is not None


def _without_format(words: list[str]) -> list[str]:
    end = len(words)
    while end > 1 and words[end - 1] in _WITHOUT_MEANING:
        end -= 1
    return words[:end]


def _is_one_of(word: str, words: frozenset[str]) -> bool:
    return word in words or word.removesuffix("s") in words or word.removesuffix("ies") + "y" in words

"""The certificate in a Secret of type kubernetes.io/tls: when it ends, and when it is due before that."""

from datetime import date, timedelta

from cryptography import x509

from kubestock.errors import ConfigurationError
from kubestock.secrets.types import SecretType

NOTICE = timedelta(days=14)
"""How long before its end a certificate is due, unless somebody says when: time to get a new one and to roll it out."""


def is_certificate(type: SecretType, key: str) -> bool:
    """Whether the value under a key is the certificate that a server shows."""
    return type is SecretType.TLS and key == "tls.crt"


def last_day(what: str, value: bytes) -> date:
    """Return the day on which a certificate ends, in UTC: of the first in the file, which servers show as their own.

    Raises:
        ConfigurationError: if there is none. The error shows nothing of the value.
    """
    try:
        return x509.load_pem_x509_certificate(value).not_valid_after_utc.date()
    except ValueError:
        raise ConfigurationError(
            f"{what} must be a certificate in PEM, the server's own first, and is none; seal the file that the "
            "certificate authority gave, with --from-file"
        ) from None


def due_day(what: str, value: bytes, *, today: date, days: int, asked: bool) -> date:
    """Return the day on which a certificate is to be replaced, always before the one on which it ends.

    Args:
        what: is sealed, for errors.
        value: the certificate in PEM.
        today: in UTC.
        days: how long a value under this key lasts.
        asked: whether somebody asked for these days just now. Then a day that is too late is refused; otherwise it
            is moved to two weeks before the end.

    Raises:
        ConfigurationError: if it is no certificate, ends today or has ended, or ends before the day that was asked for.
    """
    end, due = last_day(what, value), today + timedelta(days=days)
    if end <= today:
        raise ConfigurationError(
            f"{what} must be a certificate that lasts beyond today, {today}, and ends on {end}; get a new one and "
            "seal that"
        )
    if due < end and (asked or due <= end - NOTICE):
        return due
    if asked:
        raise ConfigurationError(
            f"{what} ends on {end} and must be due before that, got {due} with a rotation of {days} days; give at most "
            f"{(end - today).days - 1} with --rotate-days, or leave it out for two weeks before the end"
        )
    return max(today, end - NOTICE)

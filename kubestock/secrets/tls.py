"""The certificate in a Secret of type kubernetes.io/tls: the day it expires, and the day by which to replace it."""

from datetime import date, timedelta

from cryptography import x509

from kubestock.errors import ConfigurationError
from kubestock.secrets.types import SecretType

NOTICE = timedelta(days=14)
"""How long before it expires a certificate is due by default: time to get a new certificate and to roll it out."""


def is_certificate(type: SecretType, key: str) -> bool:
    """Whether the key has the certificate of a server."""
    return type is SecretType.TLS and key == "tls.crt"


def last_day(what: str, value: bytes) -> date:
    """Return the day on which a certificate expires, in UTC. Of several in the file, the first is the server's own.

    Raises:
        ConfigurationError: if there is no certificate. The error shows nothing of the value.
    """
    try:
        return x509.load_pem_x509_certificate(value).not_valid_after_utc.date()
    except ValueError:
        raise ConfigurationError(
            f"{what} must be a valid certificate in PEM format, with the server's own certificate first; seal the file "
            "of the certificate authority with --from-file"
        ) from None


def due_day(what: str, value: bytes, *, today: date, days: int, asked: bool) -> date:
    """Return the day by which a certificate must be replaced, always before the day on which it expires.

    Args:
        what: the name of the value, for errors.
        value: the certificate in PEM format.
        today: today's date in UTC.
        days: after how many days a value of this key must be replaced.
        asked: whether these days were set explicitly. A day that is too late is then refused; otherwise it becomes two
            weeks before the certificate expires.

    Raises:
        ConfigurationError: if the value is not a certificate, expires today or has expired, or expires before the
            explicit day.
    """
    end, due = last_day(what, value), today + timedelta(days=days)
    if end <= today:
        raise ConfigurationError(
            f"{what} must be a certificate that expires after today, {today}, got one that expires on {end}; get a new "
            "certificate and seal it"
        )
    if due < end and (asked or due <= end - NOTICE):
        return due
    if asked:
        raise ConfigurationError(
            f"{what} expires on {end} and must be due before that, got {due} with a rotation of {days} days; give at "
            "most "
            f"{(end - today).days - 1} with --rotate-days, or omit it for two weeks before the certificate expires"
        )
    return max(today, end - NOTICE)

"""The headers by which a browser protects its user, as one value."""

from dataclasses import replace
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.response_transformation import ResponseTransformer
from kubestock.values.value import Value

_A_YEAR = 31536000
_OURS = ("Strict-Transport-Security:", "X-Content-Type-Options:")


class SecurityHeaders(Value):
    """Security headers on every answer, errors included; make it a global plugin with `to_plugin`.

    Strict-Transport-Security, X-Content-Type-Options and an X-Frame-Options of DENY replace what the service sends:
    the first is about the whole host, and nothing is stricter than the others. Any other header that the service sends
    itself stays, except those that name its software, which go.

    Args:
        hsts_max_age: seconds for which a browser uses HTTPS alone. Defaults to a year; None leaves it to the service.
        hsts_include_subdomains: hold for every subdomain too. Defaults to True.
        hsts_preload: ask for the list that browsers ship; needs a year and the subdomains. Defaults to False.
        content_security_policy: Defaults to same-origin sources without frames; None leaves it to the service.
        frame_options: DENY, or SAMEORIGIN, beside which a DENY of the service stays. Defaults to DENY.

    See https://owasp.org/www-project-secure-headers/
    """

    hsts_max_age: int | None = _A_YEAR
    hsts_include_subdomains: bool = True
    hsts_preload: bool = False
    content_security_policy: str | None = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'"
    frame_options: Literal["DENY", "SAMEORIGIN"] = "DENY"
    referrer_policy: str = "strict-origin-when-cross-origin"
    permissions_policy: str | None = "camera=(), geolocation=(), microphone=()"

    def check(self) -> None:
        """Refuse texts that break a header, and a preload that browsers would not take."""
        for value in (self.content_security_policy, self.referrer_policy, self.permissions_policy):
            if value is not None:
                http.header_value("a security header", value)
        if self.hsts_max_age is not None and self.hsts_max_age < 0:
            raise ConfigurationError(f"hsts_max_age must be at least 0 seconds, got {self.hsts_max_age}")
        if self.hsts_preload and ((self.hsts_max_age or 0) < _A_YEAR or not self.hsts_include_subdomains):
            raise ConfigurationError("hsts_preload needs hsts_max_age of 31536000 or more, and subdomains included")

    def to_plugin(self, *, merge_with: ResponseTransformer | None = None) -> ResponseTransformer:
        """Return the plugin that sets the headers.

        Args:
            merge_with: what else a narrower scope changes on an answer: its plugin takes the place of a wider one. A
                header that it adds or replaces itself stays. Defaults to nothing.
        """
        other = merge_with or ResponseTransformer()
        given = {each.partition(":")[0].lower() for each in (*other.add.headers, *other.replace.headers)}
        values = {
            "Strict-Transport-Security": self._hsts(),
            "Content-Security-Policy": self.content_security_policy,
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": self.frame_options,
            "Referrer-Policy": self.referrer_policy,
            "Permissions-Policy": self.permissions_policy,
        }
        entries = [
            f"{name}:{value}" for name, value in values.items() if value is not None and name.lower() not in given
        ]
        winning = [each for each in entries if each.startswith(_OURS) or each == "X-Frame-Options:DENY"]
        return replace(
            other,
            remove=replace(other.remove, headers=(*other.remove.headers, "Server", "X-Powered-By")),
            replace=replace(other.replace, headers=(*other.replace.headers, *winning)),
            add=replace(other.add, headers=(*other.add.headers, *entries)),
        )

    def _hsts(self) -> str | None:
        if self.hsts_max_age is None:
            return None
        subdomains = "; includeSubDomains" if self.hsts_include_subdomains else ""
        return f"max-age={self.hsts_max_age}{subdomains}{'; preload' if self.hsts_preload else ''}"

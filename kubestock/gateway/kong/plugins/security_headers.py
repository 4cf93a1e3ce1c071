"""The response headers with which a browser protects its user, as one value."""

from dataclasses import replace
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.plugins.response_transformation import ResponseTransformer
from kubestock.values.value import Value

_YEAR_SECONDS = 31536000
_REPLACING = ("Strict-Transport-Security:", "X-Content-Type-Options:")


class SecurityHeaders(Value):
    """Adds security headers to every response, including errors. `to_plugin` returns the global plugin.

    Strict-Transport-Security, X-Content-Type-Options, and X-Frame-Options DENY replace the headers of the service,
    which cannot be stricter. Other headers of the service stay, except Server and X-Powered-By, which are removed.

    Args:
        hsts_max_age: how long a browser uses only HTTPS for the host, in seconds. Defaults to one year; None does not
            add the header.
        hsts_include_subdomains: include all subdomains. Defaults to True.
        hsts_preload: allow browsers to include the host in their preload list. Requires a year and the subdomains.
            Defaults to False.
        content_security_policy: Defaults to sources of the same origin, without frames; None does not add the header.
        frame_options: DENY or SAMEORIGIN. With SAMEORIGIN, a DENY of the service stays. Defaults to DENY.
        referrer_policy: Defaults to strict-origin-when-cross-origin.
        permissions_policy: Defaults to no camera, geolocation and microphone; None does not add the header.

    Raises:
        ConfigurationError: if a value is not a valid header value, the age is negative, or browsers would not accept
            the preload.

    See https://owasp.org/www-project-secure-headers/
    """

    hsts_max_age: int | None = _YEAR_SECONDS
    hsts_include_subdomains: bool = True
    hsts_preload: bool = False
    content_security_policy: str | None = "default-src 'self'; frame-ancestors 'none'; base-uri 'self'"
    frame_options: Literal["DENY", "SAMEORIGIN"] = "DENY"
    referrer_policy: str = "strict-origin-when-cross-origin"
    permissions_policy: str | None = "camera=(), geolocation=(), microphone=()"

    def check(self) -> None:
        """Check that the values are valid, and that browsers would accept the preload."""
        for value in (self.content_security_policy, self.referrer_policy, self.permissions_policy):
            if value is not None:
                http.header_value("a security header", value)
        if self.hsts_max_age is not None and self.hsts_max_age < 0:
            raise ConfigurationError(f"hsts_max_age must be at least 0 seconds, got {self.hsts_max_age}")
        if self.hsts_preload and ((self.hsts_max_age or 0) < _YEAR_SECONDS or not self.hsts_include_subdomains):
            raise ConfigurationError(
                "hsts_preload must be given with hsts_max_age of at least 31536000 and hsts_include_subdomains=True"
            )

    def to_plugin(self, *, merge_with: ResponseTransformer | None = None) -> ResponseTransformer:
        """Return the plugin that adds the headers.

        Args:
            merge_with: other changes to responses, for a plugin on a route or service, which overrides the global one.
                Headers that it adds or replaces keep its values. Defaults to none.
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
        winning = [each for each in entries if each.startswith(_REPLACING) or each == "X-Frame-Options:DENY"]
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

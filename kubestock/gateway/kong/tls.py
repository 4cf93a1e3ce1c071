"""Where TLS ends: at Kong, with a certificate from a Secret, or at a load balancer in front of it."""

from typing import Literal

from kubestock.values.references import SecretRef
from kubestock.values.value import Value

TLS_KEYS = ("tls.crt", "tls.key")


class TlsAtGateway(Value):
    """Kong serves HTTPS with the certificate of a Secret of type kubernetes.io/tls.

    Kong reads the certificate when it starts: a renewed one is served after the next rollout. A sealed
    certificate carries a checksum, so its renewal is a rollout; one of cert-manager needs `kubectl rollout
    restart` within its renewal window.

    Args:
        secret: with tls.crt and tls.key: `SealedSecret.ref`, or `Certificate.ref`.
        policy: the ciphers of Mozilla's guide. `modern` is TLS 1.3 alone, `intermediate` also 1.2.

    Raises:
        ConfigurationError: if the Secret is known not to have one of the two keys.

    See https://wiki.mozilla.org/Security/Server_Side_TLS
    """

    secret: SecretRef
    policy: Literal["modern", "intermediate"] = "intermediate"

    def check(self) -> None:
        for key in TLS_KEYS:
            _ = self.secret[key]


class TlsAtLoadBalancer(Value, kw_only=False):
    """TLS ends at a load balancer, which says in X-Forwarded-Proto how the client came.

    Kong believes that header from trusted proxies alone, so the gateway needs `ClientAddress`. The balancer has to
    set X-Forwarded-Proto itself, and to set or drop X-Forwarded-Host: a redirect to https goes where that says.
    """

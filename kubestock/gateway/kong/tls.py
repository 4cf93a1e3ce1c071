"""Where TLS is terminated: at Kong, with a certificate from a Secret, or at a load balancer in front of Kong."""

from typing import Literal

from kubestock.values.references import SecretRef
from kubestock.values.value import Value

TLS_KEYS = ("tls.crt", "tls.key")


class TlsAtGateway(Value):
    """Terminates TLS at Kong, with the certificate in a Secret of type kubernetes.io/tls.

    Kong reads the certificate when it starts, so a renewed certificate is used only after a rollout. The reference to a
    SealedSecret carries a checksum, so a renewed sealed certificate causes a rollout. After cert-manager has renewed a
    certificate, run `kubectl rollout restart` before the old one expires.

    Args:
        secret: the Secret with the keys tls.crt and tls.key, such as `SealedSecret.ref` or `Certificate.ref`.
        policy: the cipher suite of Mozilla's guide: `modern` allows only TLS 1.3, `intermediate` also TLS 1.2. Defaults
            to intermediate.

    Raises:
        ConfigurationError: if the keys of the Secret are known and one of the two is missing.

    See https://wiki.mozilla.org/Security/Server_Side_TLS
    """

    secret: SecretRef
    policy: Literal["modern", "intermediate"] = "intermediate"

    def check(self) -> None:
        for key in TLS_KEYS:
            _ = self.secret[key]


class TlsAtLoadBalancer(Value, kw_only=False):
    """Terminates TLS at a load balancer, which forwards plain HTTP to Kong and sets X-Forwarded-Proto.

    Kong trusts that header only from trusted proxies, so the runtime needs a `ClientAddress`. The load balancer must
    set X-Forwarded-Proto itself; it must not pass on the value that a client sent.
    """

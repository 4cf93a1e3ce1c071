"""Where TLS ends: at Kong, with a certificate from a Secret, or at a load balancer in front of it."""

from collections.abc import Sequence
from typing import Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.references import SecretRef
from kubestock.values.value import Value, checked

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


class TlsInFront(Value, kw_only=False):
    """TLS ends at a load balancer, which says in X-Forwarded-Proto how the client came.

    Kong believes that header from trusted proxies alone, so the gateway needs `ClientAddress`. The balancer has to
    set X-Forwarded-Proto itself, and to set or drop X-Forwarded-Host: a redirect to https goes where that says.
    """


class Certificate(Group):
    """A cert-manager Certificate, whose Secret holds tls.crt and tls.key; a new key at each renewal.

    Args:
        scope: the chart.
        id: of the construct.
        name: of the Certificate and of its Secret.
        hosts: the names that it is valid for; at least one.
        issuer: the name of the issuer.
        labels: whose it is.
        issuer_kind: Defaults to ClusterIssuer.

    Raises:
        ConfigurationError: if there is no host, or one that is no host name.

    See https://cert-manager.io/docs/usage/certificate/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        hosts: Sequence[str],
        issuer: str,
        labels: Labels,
        issuer_kind: Literal["Issuer", "ClusterIssuer"] = "ClusterIssuer",
    ) -> None:
        if not hosts:
            raise ConfigurationError(f"hosts of certificate {name!r} must name at least one host")
        for each in hosts:
            names.host_name("each of hosts", each)
        super().__init__(scope, id)
        self.ref = SecretRef(name=name, keys=TLS_KEYS)
        spec = {
            "secretName": name,
            "dnsNames": list(hosts),
            "issuerRef": {"name": names.dns_subdomain("issuer", issuer), "kind": issuer_kind},
            "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
            "usages": ["digital signature", "server auth"],
        }
        manifest = {
            "apiVersion": "cert-manager.io/v1",
            "kind": "Certificate",
            "metadata": {"name": name, "labels": labels.metadata},
            "spec": spec,
        }
        self.object = KubeObject(self, "Certificate", manifest=manifest)

"""A certificate of cert-manager, and the Secret that holds it."""

from collections.abc import Sequence
from typing import Literal

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.objects import KubeObject
from kubestock.kube.tree import Group
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.references import SecretRef
from kubestock.values.value import checked


class Certificate(Group):
    """Requests a TLS certificate from cert-manager, which renews it: a Certificate with a Secret of the same name.

    The Secret has the keys tls.crt and tls.key. Each renewal creates a new private key.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        name: the name of the Certificate and of its Secret.
        hosts: the host names for which the certificate is valid; at least one.
        issuer: the name of the issuer, which signs the certificate.
        labels: the labels of the owner.
        issuer_kind: the kind of the issuer: Issuer, in the same namespace, or ClusterIssuer. Defaults to ClusterIssuer.

    Raises:
        ConfigurationError: if there is no host, or a host name is invalid.

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
        self.ref = SecretRef(name=name, keys=("tls.crt", "tls.key"))
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

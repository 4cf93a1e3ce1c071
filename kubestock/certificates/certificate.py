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
    """A cert-manager Certificate, whose Secret holds tls.crt and tls.key; a new key at each renewal.

    Args:
        scope: the chart.
        id: of the construct.
        name: of the Certificate and of its Secret.
        hosts: the names that it is valid for; at least one.
        issuer: the name of the issuer.
        labels: of the owner.
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

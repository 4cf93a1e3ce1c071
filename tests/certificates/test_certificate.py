import cdk8s
import pytest
from support import find
from workload.samples import PLATFORM

from kubestock.certificates import Certificate
from kubestock.errors import ConfigurationError


def certificate(chart: cdk8s.Chart, *hosts: str) -> Certificate:
    labels = PLATFORM.labels("shop-tls")
    return Certificate(chart, "certificate", name="shop-tls", hosts=hosts, issuer="letsencrypt", labels=labels)


def test_its_secret_holds_a_certificate_of_the_hosts_and_a_key_that_changes_at_each_renewal(chart: cdk8s.Chart) -> None:
    made = certificate(chart, "shop.example.com")
    spec = find(chart, "Certificate", "shop-tls")["spec"]

    assert (spec["secretName"], spec["dnsNames"]) == (made.ref.name, ["shop.example.com"])
    assert spec["issuerRef"] == {"name": "letsencrypt", "kind": "ClusterIssuer"}
    assert spec["privateKey"]["rotationPolicy"] == "Always"
    assert [made.ref[key].key for key in ("tls.crt", "tls.key")] == ["tls.crt", "tls.key"]


def test_refuses_a_certificate_of_no_host_and_of_an_invalid_one(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="hosts of certificate 'shop-tls' must name at least one host"):
        certificate(chart)
    with pytest.raises(ConfigurationError, match="each of hosts"):
        certificate(chart, "https://shop.example.com")

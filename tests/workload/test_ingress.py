"""Clients outside the cluster reach workloads through an ingress controller, which the policies allow."""

from typing import Any

import cdk8s
import pytest
from support import find
from workload.samples import PLATFORM, container, microservice

from kubestock import App, ConfigurationError, IpBlocks, Microservice, Pods, Port
from kubestock.certificates import Certificate
from kubestock.values import Off
from kubestock.workload import Ingress, IngressPath, IngressRule, IngressTls

CONTROLLER = Pods(namespace="ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"})


def ingress(chart: cdk8s.Chart, rules: list[IngressRule], **arguments: Any) -> Ingress:
    given = {"labels": PLATFORM.labels("shop"), "ingress_class_name": "nginx", "controller": CONTROLLER, **arguments}
    return Ingress(chart, "ingress", rules=rules, **given)


def rule(to: Microservice, host: str | None = "shop.example.com", **path: Any) -> IngressRule:
    return IngressRule(host=host, paths=(IngressPath(to=to, **path),))


def test_an_ingress_leads_to_the_service_and_the_policy_allows_the_controller(chart: cdk8s.Chart) -> None:
    web = microservice(chart, "web", main=container(ports=(Port(8080, service_port=80),)))
    tls = [IngressTls("shop-tls", hosts=("shop.example.com",))]
    ingress(chart, [rule(web, path="/app")], tls=tls, annotations={"nginx.ingress.kubernetes.io/limit-rps": "5"})
    made = find(chart, "Ingress", "shop")

    assert made["spec"] == {
        "ingressClassName": "nginx",
        "rules": [
            {
                "host": "shop.example.com",
                "http": {
                    "paths": [
                        {
                            "path": "/app",
                            "pathType": "Prefix",
                            "backend": {"service": {"name": "web", "port": {"number": 80}}},
                        }
                    ]
                },
            }
        ],
        "tls": [{"hosts": ["shop.example.com"], "secretName": "shop-tls"}],
    }
    assert made["metadata"]["annotations"] == {"nginx.ingress.kubernetes.io/limit-rps": "5"}
    (opened,) = find(chart, "NetworkPolicy", "web")["spec"]["ingress"]
    assert opened["ports"] == [{"port": 8080, "protocol": "TCP"}]
    assert opened["from"][0]["podSelector"]["matchLabels"] == CONTROLLER.labels


def test_a_load_balancer_that_connects_to_pods_is_allowed_by_address(chart: cdk8s.Chart) -> None:
    ingress(chart, [rule(microservice(chart))], controller=IpBlocks(ranges=("10.0.0.0/16",)), ingress_class_name="alb")

    (opened,) = find(chart, "NetworkPolicy", "orders")["spec"]["ingress"]
    assert opened["from"] == [{"ipBlock": {"cidr": "10.0.0.0/16"}}]


def test_the_policy_can_stay_unchanged_with_a_reason(chart: cdk8s.Chart) -> None:
    ingress(chart, [rule(microservice(chart))], controller=Off("it comes through the mesh"))

    assert "ingress" not in find(chart, "NetworkPolicy", "orders")["spec"]
    annotations = find(chart, "Ingress", "shop")["metadata"]["annotations"]
    assert annotations == {"kubestock/relaxed-no-controller": "it comes through the mesh"}


def test_a_certificate_names_the_secret_that_it_creates(chart: cdk8s.Chart) -> None:
    host = "shop.example.com"
    certificate = Certificate(
        chart, "certificate", name="shop-tls", hosts=[host], issuer="letsencrypt", labels=PLATFORM.labels("shop-tls")
    )
    ingress(chart, [rule(microservice(chart))], tls=[IngressTls(certificate, hosts=(host,))])

    assert find(chart, "Ingress", "shop")["spec"]["tls"] == [{"hosts": [host], "secretName": "shop-tls"}]


def test_hosts_can_be_wildcards_or_any(chart: cdk8s.Chart) -> None:
    web = microservice(chart)
    ingress(chart, [rule(web, host="*.example.com"), rule(web, host=None)])

    assert [each.get("host") for each in find(chart, "Ingress", "shop")["spec"]["rules"]] == ["*.example.com", None]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"path": "app"}, "path of an Ingress must begin with '/'"),
        ({"path": "/a//b"}, "path of an Ingress must not contain '//'"),
        ({"path": "/a/..", "path_type": "Exact"}, "path of an Ingress must not contain"),
        ({"host": "10.0.0.1"}, "got the IP address '10.0.0.1'"),
        ({"host": "*"}, "host of an Ingress"),
        ({"port": "grpc"}, "must have port 'grpc', got http"),
    ],
)
def test_refuses_a_rule_that_leads_nowhere(chart: cdk8s.Chart, wrong: dict[str, Any], message: str) -> None:
    web = microservice(chart)

    with pytest.raises(ConfigurationError, match=message):
        ingress(chart, [rule(web, **wrong)])
    assert "ingress" not in find(chart, "NetworkPolicy", "orders")["spec"]


def test_refuses_two_rules_of_one_host_and_two_equal_paths(chart: cdk8s.Chart) -> None:
    web = microservice(chart)

    with pytest.raises(ConfigurationError, match=r"host 'shop\.example\.com' of Ingress 'shop' must have one rule"):
        ingress(chart, [rule(web), rule(web)])
    with pytest.raises(ConfigurationError, match=r"path '/' of host 'a\.b' must be unique, got it twice"):
        IngressRule(host="a.b", paths=(IngressPath(to=web), IngressPath(to=web)))


def test_refuses_a_workload_of_another_namespace(app: App, chart: cdk8s.Chart) -> None:
    other = microservice(cdk8s.Chart(app, "stock", namespace="stock"), "inventory")

    with pytest.raises(ConfigurationError, match=r"workload in its namespace \('shop'\), got one in 'stock'"):
        ingress(chart, [rule(other)])


def test_refuses_a_certificate_for_a_host_without_a_rule(chart: cdk8s.Chart) -> None:
    tls = [IngressTls("shop-tls", hosts=("other.example.com",))]

    with pytest.raises(ConfigurationError, match="each host in tls of Ingress 'shop' must have a rule"):
        ingress(chart, [rule(microservice(chart))], tls=tls)

"""Rules about isolation by NetworkPolicies, about DNS, and about connections from outside the cluster."""

import pytest
from shop import Manifest, messages_of, pod, shop, the

from kubestock.checks import findings, judge

OPERATOR_LABELS = [
    {"strimzi.io/name": "events-kafka"},
    {"cnpg.io/cluster": "orders"},
    {"acme.cert-manager.io/http01-solver": "true"},
    {"job-name": "migrate"},
]


def policy(name: str, selector: Manifest, **spec: object) -> Manifest:
    identity = {"name": name, "namespace": "shop"}
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": identity,
        "spec": {"podSelector": {"matchLabels": selector}, **spec},
    }


def service(name: str, selector: Manifest, **spec: object) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {"name": name, "namespace": "shop"},
        "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": 3003}], **spec},
    }


def custom(api_version: str, kind: str, name: str, **spec: object) -> Manifest:
    identity = {"name": name, "namespace": "shop"}
    return {"apiVersion": api_version, "kind": kind, "metadata": identity, "spec": spec}


def not_checked(manifests: list[Manifest], rule: str) -> list[str]:
    return [each.message for each in judge(manifests).not_checked if each.rule == rule]


def test_finds_a_policy_that_selects_no_pods() -> None:
    assert messages_of(
        [*shop(), policy("extra", {"app": "ms-order"}, policyTypes=["Ingress"])], "policy-selects-nothing"
    ) == [
        "NetworkPolicy/shop/extra: spec.podSelector {app: ms-order} matches no pods in its namespace, "
        "so it has no effect; use the labels of the pod template"
    ]


@pytest.mark.parametrize("labels", OPERATOR_LABELS)
def test_selectors_of_pods_that_a_controller_creates_are_not_checked(labels: Manifest) -> None:
    chart = [*shop(), policy("extra", labels), service("extra", labels)]

    assert messages_of(chart, "policy-selects-nothing", "service-selector") == []
    assert len(not_checked(chart, "policy-selects-nothing")) == len(not_checked(chart, "service-selector")) == 1


@pytest.mark.parametrize(
    "maker",
    [
        custom("monitoring.coreos.com/v1", "Prometheus", "main"),
        custom("argoproj.io/v1alpha1", "Rollout", "web", template={"metadata": {"labels": {"app": "prometheus"}}}),
        custom(
            "argoproj.io/v1alpha1",
            "Rollout",
            "web",
            strategy={"steps": [{"experiment": {"templates": [{"metadata": {"labels": {"app": "prometheus"}}}]}}]},
        ),
    ],
    ids=["by kind", "by template", "by inner template"],
)
def test_pods_of_custom_resources_are_known_by_their_labels(maker: Manifest) -> None:
    labels = {"app": "prometheus"}

    assert messages_of([*shop(), service("extra", labels), maker], "service-selector") == []
    assert len(messages_of([*shop(), service("extra", labels)], "service-selector")) == 1


def test_the_template_of_a_sealed_secret_is_not_a_pod_template() -> None:
    template = {"metadata": {"labels": {"app": "db"}}}
    sealed = custom("bitnami.com/v1alpha1", "SealedSecret", "db", encryptedData={"a": "AgB"}, template=template)

    assert len(messages_of([*shop(), service("extra", {"app": "db"}), sealed], "service-selector")) == 1


def test_services_without_any_workload_in_the_manifests_are_not_checked() -> None:
    alone = [each for each in shop() if each["kind"] in ("Service", "Namespace")]

    assert messages_of(alone, "service-selector") == []
    assert len(not_checked(alone, "service-selector")) == 2


def test_finds_a_service_in_another_namespace_than_its_pods() -> None:
    chart = [*shop(), {**service("far", {"app": "ms-orders"}), "metadata": {"name": "far", "namespace": "elsewhere"}}]

    assert len(messages_of(chart, "service-selector")) == 1


@pytest.mark.parametrize(
    "spec",
    [
        {"podSelector": {"matchLabels": {"app": "ms-orders"}}, "policyTypes": ["Ingress"]},
        {"podSelector": {"matchExpressions": [{"key": "a", "operator": "DoesNotExist"}]}, "policyTypes": ["Ingress"]},
        {"podSelector": {}, "policyTypes": ["Egress"]},
        {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": [{}]},
    ],
)
def test_warns_if_no_policy_denies_ingress_to_all_pods(spec: Manifest) -> None:
    chart = shop()
    the(chart, "NetworkPolicy", "deny-all").clear()
    the(chart, "NetworkPolicy", "deny-all").update(spec)

    assert messages_of(chart, "no-default-deny") == [
        "Namespace/shop: has pods, but no NetworkPolicy selects all of them and denies ingress; add one with "
        "podSelector: {} and policyTypes: [Ingress], and permit what is needed in others"
    ]


def test_a_namespace_with_policies_of_another_network_plugin_is_not_checked() -> None:
    chart = [each for each in shop() if each["kind"] != "NetworkPolicy"]

    assert len(messages_of(chart, "no-default-deny")) == 1
    assert messages_of([*chart, custom("cilium.io/v2", "CiliumNetworkPolicy", "deny")], "no-default-deny") == []
    assert messages_of([*chart, custom("projectcalico.org/v3", "NetworkPolicy", "deny")], "no-default-deny") == []


def test_warns_if_only_one_pod_is_not_isolated() -> None:
    chart = shop()
    excluded = {"key": "app", "operator": "NotIn", "values": ["reports"]}
    the(chart, "NetworkPolicy", "deny-all")["podSelector"] = {"matchExpressions": [excluded]}
    (found,) = messages_of(chart, "pod-not-isolated")

    assert found.startswith("CronJob/shop/reports: is the only one of 3 workloads in its namespace whose ingress no ")


def dns(*peers: Manifest, ports: list[Manifest] | None = None) -> list[Manifest]:
    chart = shop()
    both = [{"port": 53, "protocol": "UDP"}, {"port": 53}] if ports is None else ports
    rule = {"to": list(peers), "ports": both} if both else {"to": list(peers)}
    the(chart, "NetworkPolicy", "dns")["egress"] = [rule]
    return chart


SYSTEM = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}}}
OPENSHIFT = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}}}
NODE = {"podSelector": {"matchLabels": {"k8s-app": "node-local-dns"}}}


@pytest.mark.parametrize(
    "chart",
    [
        dns({**SYSTEM, **NODE}),
        dns({"ipBlock": {"cidr": "169.254.20.10/32"}}),
        dns({"ipBlock": {"cidr": "10.96.0.10/32"}}),
        dns({"ipBlock": {"cidr": "10.96.0.0/12"}}, ports=[]),
        dns(OPENSHIFT, ports=[{"port": 5353, "protocol": "UDP"}, {"port": 5353}]),
        dns(OPENSHIFT, ports=[{"port": "dns", "protocol": "UDP"}, {"port": "dns-tcp"}]),
        dns({**SYSTEM, "podSelector": {"matchExpressions": [{"key": "k8s-app", "operator": "Exists"}]}}),
        dns({"namespaceSelector": {}}),
    ],
)
def test_dns_can_be_permitted_by_labels_addresses_or_the_node_cache(chart: list[Manifest]) -> None:
    assert messages_of(chart, "dns-blocked") == []


@pytest.mark.parametrize(
    "chart",
    [
        dns({"ipBlock": {"cidr": "203.0.113.0/24"}}, ports=[]),
        dns({"ipBlock": {"cidr": "10.96.0.10/32"}}, ports=[{"port": 443}]),
        dns({**SYSTEM, "podSelector": {"matchLabels": {"k8s-app": "coredns"}}}),
        dns({"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "dns"}}}),
    ],
)
def test_finds_egress_that_permits_no_dns(chart: list[Manifest]) -> None:
    assert messages_of(chart, "dns-blocked")


@pytest.mark.parametrize("kind", ["LoadBalancer", "NodePort"])
def test_finds_a_load_balancer_whose_addresses_are_not_permitted(kind: str) -> None:
    chart = [*shop(), service("public", {"app": "ms-inventory"}, type=kind)]

    assert messages_of(chart, "load-balancer-blocked") == [
        "Service/shop/public: leads to Deployment/shop/ms-inventory on port 3003, but ingress is blocked by "
        "NetworkPolicy deny-all, ms-inventory; permit ingress from the addresses of the clients or the load balancer "
        "on that port"
    ]

    the(chart, "NetworkPolicy", "ms-inventory")["ingress"].append(
        {"from": [{"ipBlock": {"cidr": "10.0.0.0/16"}}], "ports": [{"port": "http"}]}
    )

    assert messages_of(chart, "load-balancer-blocked") == []


def test_the_source_ranges_of_a_load_balancer_must_be_permitted_with_the_local_policy() -> None:
    public = service(
        "public",
        {"app": "ms-inventory"},
        type="LoadBalancer",
        externalTrafficPolicy="Local",
        loadBalancerSourceRanges=["203.0.113.0/24"],
    )
    chart = [*shop(), public]
    rule = {"from": [{"ipBlock": {"cidr": "198.51.100.0/24"}}]}
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"].append(rule)

    assert len(messages_of(chart, "load-balancer-blocked")) == 1

    rule["from"] = [{"ipBlock": {"cidr": "203.0.113.128/25"}}]

    assert messages_of(chart, "load-balancer-blocked") == []


def ingress(class_name: str, **backend: object) -> Manifest:
    chosen = {"name": "ms-inventory", "port": {"number": 80}, **backend}
    spec = {"ingressClassName": class_name, "defaultBackend": {"service": chosen}}
    return custom("networking.k8s.io/v1", "Ingress", "public", **spec)


def test_aws_ingress_needs_an_address_range_and_other_ingress_needs_a_pod_selector() -> None:
    peers = [{"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "ingress"}}}]
    for_pods, for_addresses = shop(), shop()
    the(for_pods, "NetworkPolicy", "ms-inventory")["ingress"].append({"from": peers})
    block = [{"ipBlock": {"cidr": "10.0.0.0/16"}}]
    the(for_addresses, "NetworkPolicy", "ms-inventory")["ingress"].append({"from": block})
    rules = ("load-balancer-blocked", "ingress-blocked")

    assert (
        len(messages_of([*shop(), ingress("alb")], *rules))
        == len(messages_of([*shop(), ingress("nginx")], *rules))
        == 1
    )
    assert len(messages_of([*for_pods, ingress("alb")], *rules)) == 1
    assert messages_of([*for_pods, ingress("nginx")], *rules) == []
    assert messages_of([*for_addresses, ingress("alb")], *rules) == []


def test_an_ingress_controller_in_the_manifests_is_recognized_by_its_image() -> None:
    chart = [*shop(), ingress("nginx")]
    the(chart, "NetworkPolicy", "ms-inventory")["ingress"].append(
        {"from": [{"podSelector": {"matchLabels": {"app": "ms-orders"}}}]}
    )

    assert len(messages_of(chart, "ingress-blocked")) == 1

    pod(chart, "ms-orders")["containers"][0]["image"] = "registry.k8s.io/ingress-nginx/controller:v1.13.0"

    assert messages_of(chart, "ingress-blocked") == []


@pytest.mark.parametrize(
    ("backend", "problems"),
    [
        ({}, 0),
        ({"name": "ms-inventroy"}, 1),
        ({"port": {"number": 8080}}, 1),
        ({"port": {"name": "http"}}, 1),
        ({"port": {"name": "use-annotation"}}, 0),
    ],
)
def test_the_backend_of_an_ingress_must_be_an_existing_service_and_port(backend: Manifest, problems: int) -> None:
    assert len(messages_of([*shop(), ingress("nginx", **backend)], "ingress-backend")) == problems


def test_an_ingress_without_any_service_in_the_manifests_is_not_checked() -> None:
    alone = [ingress("nginx")]

    assert findings(alone) == []
    assert len(not_checked(alone, "ingress-backend")) == 1


def test_objects_without_a_namespace_can_be_in_any_namespace() -> None:
    chart = shop()
    unnamed = service("extra", {"app": "ms-orders"})
    del unnamed["metadata"]["namespace"]

    assert messages_of([*chart, unnamed], "service-selector") == []
    assert len(not_checked([*chart, unnamed], "service-selector")) == 1


def test_a_controller_creates_services_that_are_named_after_its_custom_resource() -> None:
    chart = shop()
    variable = {"name": "KAFKA_BROKERS", "value": "events-kafka-bootstrap:9092"}
    pod(chart, "ms-orders")["containers"][0]["env"] = [variable]

    assert len(messages_of(chart, "call-to-nothing")) == 1
    assert messages_of([*chart, custom("kafka.strimzi.io/v1beta2", "Kafka", "events")], "call-to-nothing") == []
    assert len(messages_of([*chart, custom("bitnami.com/v1alpha1", "SealedSecret", "events")], "call-to-nothing")) == 1


def test_the_certificate_of_an_ingress_is_not_checked_without_any_secret_in_the_manifests() -> None:
    public = ingress("nginx")
    public["spec"]["tls"] = [{"secretName": "public-tls"}]
    alone = [public, *(each for each in shop() if each["kind"] == "Service")]

    assert [each.rule for each in findings(alone)] == []
    assert len(not_checked(alone, "tls-secret")) == 1
    assert [each.rule for each in findings(alone, provided=["Secret/ecr-cred"])] == ["tls-secret"]
    assert findings(alone, provided=["Secret/public-tls"]) == []


def test_an_annotation_of_an_ingress_can_create_its_certificate() -> None:
    public = ingress("nginx")
    public["spec"]["tls"] = [{"secretName": "public-tls"}]

    assert len(messages_of([*shop(), public], "tls-secret")) == 1

    public["metadata"]["annotations"] = {"cert-manager.io/cluster-issuer": "letsencrypt"}

    assert messages_of([*shop(), public], "tls-secret") == []


def test_a_tls_secret_must_have_both_keys() -> None:
    public = ingress("nginx")
    public["spec"]["tls"] = [{"secretName": "ms-orders"}]

    assert messages_of([*shop(), public], "tls-secret") == [
        "Ingress/shop/public: uses the certificate in Secret 'ms-orders', which has the keys DB_PASSWORD, "
        "config.json; use the keys tls.crt and tls.key in the Secret"
    ]


@pytest.mark.parametrize(
    ("target", "environment"),
    [
        (8100, {"ADMIN_PORT": "8100"}),
        (8100, {"LISTEN": "0.0.0.0:8100"}),
        (8100, {"UPSTREAM": "localhost:8100"}),
    ],
)
def test_a_port_number_in_the_settings_of_the_pod_needs_no_declaration(
    target: int, environment: dict[str, str]
) -> None:
    chart = shop()
    the(chart, "Service", "ms-inventory")["ports"][0]["targetPort"] = target

    assert len(messages_of(chart, "undeclared-port")) == 1

    container = pod(chart, "ms-inventory")["containers"][0]
    container["env"] = [{"name": name, "value": value} for name, value in environment.items()]

    assert messages_of(chart, "undeclared-port") == []


def test_pods_without_named_ports_may_listen_at_any_port() -> None:
    chart = shop()
    the(chart, "Service", "ms-inventory")["ports"][0]["targetPort"] = 8100
    container = pod(chart, "ms-inventory")["containers"][0]
    container["ports"] = [{"containerPort": 3003}]

    assert messages_of(chart, "undeclared-port", "service-port") == []

    del container["ports"]

    assert messages_of(chart, "undeclared-port", "service-port", "probe-port") == []


def test_a_port_that_two_probes_use_has_no_finding() -> None:
    chart = shop()
    container = pod(chart, "ms-inventory")["containers"][0]
    container["livenessProbe"] = {"httpGet": {"path": "/healthz", "port": 10254}}

    assert len(messages_of(chart, "undeclared-port")) == 1

    container["readinessProbe"] = {"httpGet": {"path": "/readyz", "port": 10254}}

    assert messages_of(chart, "probe-port", "undeclared-port") == []


def test_an_anti_affinity_with_a_similar_label_is_checked_and_others_are_not() -> None:
    chart = shop()
    affinity = pod(chart, "ms-orders")["affinity"]["podAntiAffinity"]
    term = {"topologyKey": "kubernetes.io/hostname", "labelSelector": {"matchLabels": {"app": "batch"}}}
    affinity["requiredDuringSchedulingIgnoredDuringExecution"] = [term]

    assert messages_of(chart, "anti-affinity-selector") == []

    term["labelSelector"] = {"matchLabels": {"app": "ms-order"}}

    assert len(messages_of(chart, "anti-affinity-selector")) == 1

"""Pods that the manifests do not show, because a controller makes them from another object."""

from collections.abc import Iterator

from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import reference
from kubestock.values import documents
from kubestock.values.documents import Document
from kubestock.values.kinds import POD_TEMPLATES

_OF_AUTHORS = frozenset({"", "app.kubernetes.io", "helm.sh"})
"""The prefixes of labels that authors of manifests set; another prefix is that of a controller, unless pods have it."""

_OF_CONTROLLERS = frozenset({"job-name", "controller-uid", "pod-template-hash", "controller-revision-hash"})

_OF_THE_CLUSTER = "kube-system"

_MAKERS = frozenset(
    {
        "Alertmanager",
        "Cassandra",
        "CassandraDatacenter",
        "ClickHouseInstallation",
        "Cluster",
        "CouchbaseCluster",
        "Elasticsearch",
        "EtcdCluster",
        "Fleet",
        "FlinkDeployment",
        "Gateway",
        "Grafana",
        "HelmRelease",
        "InferenceService",
        "InnoDBCluster",
        "Jaeger",
        "Kafka",
        "KafkaBridge",
        "KafkaConnect",
        "KafkaMirrorMaker2",
        "KafkaNodePool",
        "Keycloak",
        "Kibana",
        "Kiali",
        "Logstash",
        "MariaDB",
        "Memcached",
        "MinIOTenant",
        "MongoDB",
        "MongoDBCommunity",
        "MysqlCluster",
        "NatsCluster",
        "OpenSearchCluster",
        "OpenTelemetryCollector",
        "PerconaServerMongoDB",
        "PerconaXtraDBCluster",
        "PostgresCluster",
        "Prometheus",
        "PrometheusAgent",
        "RabbitmqCluster",
        "RayCluster",
        "RayService",
        "Redis",
        "RedisCluster",
        "RedisFailover",
        "RedisReplication",
        "ScyllaCluster",
        "SolrCloud",
        "SparkApplication",
        "StrimziPodSet",
        "Tempo",
        "TempoStack",
        "Tenant",
        "ThanosRuler",
        "VMAgent",
        "VMAlert",
        "VMAlertmanager",
        "VMCluster",
        "VMSingle",
        "Vault",
        "VirtualMachine",
        "WordpressSite",
        "ZookeeperCluster",
        "postgresql",
    }
)
"""Kinds whose controller makes pods, with the name of the object or of its kind in their labels."""


def pods_elsewhere(inventory: Inventory, namespace: str, selector: object) -> str:
    """Return why a selector that selects no workload may select pods all the same, or nothing if it surely does not."""
    wanted = selectors.requirements(selector)
    for key, _ in wanted:
        if _is_of_controller(key) and key not in inventory.derived(_keys_of_pods):
            return f"a controller sets the label {key}"
    if namespace == _OF_THE_CLUSTER:
        return "the cluster has pods of its own there"
    maker = next(_makers_of(inventory, namespace, selector), None)
    if maker is not None:
        return f"{reference(maker)} makes pods"
    if not inventory.workloads_of(namespace) and not _matches_elsewhere(inventory, selector):
        return "the manifests make no pods in the namespace"
    return ""


def _is_of_controller(key: str) -> bool:
    prefix = key.rpartition("/")[0]
    return prefix not in _OF_AUTHORS or key in _OF_CONTROLLERS


def _keys_of_pods(inventory: Inventory) -> frozenset[str]:
    return frozenset(key for workload in inventory.workloads for key in workload.labels)


def _makers_of(inventory: Inventory, namespace: str, selector: object) -> Iterator[Document]:
    values = {value for _, values in selectors.requirements(selector) for value in values if value is not None}
    for maker, labels, names in inventory.derived(_makers).get(namespace, ()):
        if (labels and selectors.matches(selector, labels)) or not names.isdisjoint(values):
            yield maker


def _makers(inventory: Inventory) -> dict[str, list[tuple[Document, Document, frozenset[str]]]]:
    """Return the custom objects that make pods, with their labels or some values of them."""
    found: dict[str, list[tuple[Document, Document, frozenset[str]]]] = {}
    for document in inventory.objects:
        kind = documents.text(document, "kind")
        if documents.kind(document) in POD_TEMPLATES or not documents.group(document):
            continue
        labels = documents.mapping(document, "spec", "template", "metadata", "labels")
        labels = labels or documents.mapping(document, "spec", "podMetadata", "labels")
        names = frozenset({documents.name(document), kind.lower()} if kind in _MAKERS else ())
        if labels or names:
            found.setdefault(documents.namespace(document), []).append((document, labels, names))
    return found


def _matches_elsewhere(inventory: Inventory, selector: object) -> bool:
    return any(True for each in inventory.derived(_namespaces_of_pods) for _ in inventory.selected(each, selector))


def _namespaces_of_pods(inventory: Inventory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.namespace for each in inventory.workloads))

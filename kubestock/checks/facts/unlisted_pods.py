"""Pods that are not in the manifests because a controller creates them, for example from a custom resource."""

from collections.abc import Iterator, Mapping

from kubestock.checks.facts import selectors
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.finding import reference
from kubestock.values import documents
from kubestock.values.documents import Document

_AUTHOR_LABEL_PREFIXES = frozenset({"", "app.kubernetes.io", "helm.sh"})
"""The prefixes of labels that authors set; a label with another prefix, which no workload has, is a controller's."""

_CONTROLLER_LABELS = frozenset({"job-name", "controller-uid", "pod-template-hash", "controller-revision-hash"})

_OF_THE_CLUSTER = "kube-system"

_KINDS_WITHOUT_PODS = frozenset(
    {
        "AppProject",
        "Application",
        "ApplicationSet",
        "Certificate",
        "ClusterExternalSecret",
        "ExternalSecret",
        "PodMonitor",
        "PrometheusRule",
        "SealedSecret",
        "ServiceMonitor",
    }
)
"""Kinds whose templates are not templates of pods."""

_KINDS_WITH_PODS = frozenset(
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
"""Kinds whose controller creates pods that have the name of the object or of its kind in their labels."""


def why_unlisted_pods_may_match(inventory: Inventory, namespace: str, selector: object) -> str:
    """Return why a selector that matches no workload can match pods in the cluster, or an empty text if it cannot."""
    wanted = selectors.requirements(selector)
    for key, _ in wanted:
        if _is_of_controller(key) and key not in inventory.derived(_keys_of_pods):
            return f"a controller sets the label {key}"
    if namespace == _OF_THE_CLUSTER:
        return "the cluster itself runs pods in that namespace"
    maker = next(_pod_makers_for(inventory, namespace, selector), None)
    if maker is not None:
        return f"the controller of {reference(maker)} creates pods"
    return _of_other_namespaces(inventory, namespace, selector)


def _of_other_namespaces(inventory: Inventory, namespace: str, selector: object) -> str:
    if namespace and any(True for _ in inventory.selected("", selector)):
        return "it matches pods whose manifest has no namespace"
    elsewhere = _matches_elsewhere(inventory, selector)
    if elsewhere and not namespace:
        return "it has no namespace, and it matches pods in one"
    if not elsewhere and not inventory.workloads_of(namespace):
        return "the manifests have no workload in that namespace"
    return ""


def may_make_service(inventory: Inventory, namespace: str, name: str) -> bool:
    """Whether a controller may create a Service with this name: it names its Services after the custom resource."""
    return any(
        each and (name == each or name.startswith(f"{each}-"))
        for _, _, names in inventory.derived(_pod_makers).get(namespace, ())
        for each in names
    ) or name in inventory.derived(_custom_names).get(namespace, ())


def _custom_names(inventory: Inventory) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for document in inventory.objects:
        group = documents.group(document)
        of_controller = "." in group and not group.endswith(".k8s.io")
        if of_controller and documents.text(document, "kind") not in _KINDS_WITHOUT_PODS:
            found.setdefault(documents.namespace(document), set()).add(documents.name(document))
    return found


def _is_of_controller(key: str) -> bool:
    prefix = key.rpartition("/")[0]
    return prefix not in _AUTHOR_LABEL_PREFIXES or key in _CONTROLLER_LABELS


def _keys_of_pods(inventory: Inventory) -> frozenset[str]:
    return frozenset(key for workload in inventory.workloads for key in workload.labels)


def _pod_makers_for(inventory: Inventory, namespace: str, selector: object) -> Iterator[Document]:
    values = {value for _, values in selectors.requirements(selector) for value in values if value is not None}
    for maker, templates, names in inventory.derived(_pod_makers).get(namespace, ()):
        if any(selectors.matches(selector, each) for each in templates) or not names.isdisjoint(values):
            yield maker


def _pod_makers(inventory: Inventory) -> dict[str, list[tuple[Document, list[Document], frozenset[str]]]]:
    """Return the custom resources that create pods, each with the labels of its templates and other label values."""
    found: dict[str, list[tuple[Document, list[Document], frozenset[str]]]] = {}
    for document in inventory.objects:
        kind, group = documents.text(document, "kind"), documents.group(document)
        if "." not in group or (group.endswith(".k8s.io") and kind not in _KINDS_WITH_PODS):
            continue
        names = frozenset({documents.name(document), kind.lower()} if kind in _KINDS_WITH_PODS else ())
        templates = [] if kind in _KINDS_WITHOUT_PODS else [*_labels_of_templates(documents.mapping(document, "spec"))]
        if templates or names:
            found.setdefault(documents.namespace(document), []).append((document, templates, names))
    return found


def _labels_of_templates(spec: Document) -> Iterator[Document]:
    """Yield the labels of all metadata in the specification of a custom resource."""
    waiting: list[object] = [spec]
    seen: set[int] = set()
    while waiting:
        holder = waiting.pop()
        if id(holder) in seen:
            continue
        seen.add(id(holder))  # with YAML aliases, a value can contain itself
        if isinstance(holder, list):
            waiting += holder
        elif isinstance(holder, Mapping):
            waiting += holder.values()
            for field in ("metadata", "podMetadata"):
                labels = documents.mapping(holder, field, "labels")
                if labels:
                    yield labels


def _matches_elsewhere(inventory: Inventory, selector: object) -> bool:
    return any(True for each in inventory.derived(_namespaces_of_pods) for _ in inventory.selected(each, selector))


def _namespaces_of_pods(inventory: Inventory) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.namespace for each in inventory.workloads))

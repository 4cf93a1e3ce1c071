"""Checks of every object and every workload of production."""

from dataclasses import replace
from typing import Any

import cdk8s
import pytest
import support
from schemas import validate
from support import Manifest, pick

from kubestock.checks import findings
from kubestock.production import PRODUCTION, ProductionChart
from kubestock.values.quantities import Quantity

BACKENDS = {
    "ms-product": (3002, "product_catalog_db"),
    "ms-inventory": (3003, "inventory_db"),
    "ms-supplier": (3004, "supplier_db"),
    "ms-order-management": (3005, "order_db"),
    "ms-identity": (3006, None),
}
WORKLOADS = [*BACKENDS, "frontend"]
CLUSTER_SCOPED = {"Namespace", "PriorityClass"}


@pytest.fixture(scope="module")
def production() -> list[Manifest]:
    return support.production()


def pod(production: list[Manifest], name: str) -> dict[str, Any]:
    template: dict[str, Any] = pick(production, "Deployment", name)["spec"]["template"]
    return template


def container(production: list[Manifest], name: str) -> dict[str, Any]:
    found: dict[str, Any] = pod(production, name)["spec"]["containers"][0]
    return found


def test_every_object_is_valid_against_the_strict_schema_of_1_27(production: list[Manifest]) -> None:
    for manifest in production:
        validate(manifest)


def test_the_rules_find_nothing(production: list[Manifest]) -> None:
    assert findings(production, provided=PRODUCTION.provided) == []


@pytest.mark.parametrize(("name", "users"), [("aws-pull", 2), ("jwt-signing", 5), ("stripe", 1)])
def test_the_rules_report_a_secret_that_is_not_sealed(production: list[Manifest], name: str, users: int) -> None:
    without = [each for each in production if (each["kind"], each["metadata"]["name"]) != ("SealedSecret", name)]

    found = [finding for finding in findings(without) if finding.rule == "references" and name in finding.message]
    assert len({finding.object for finding in found}) == users


def test_a_pull_secret_that_is_not_created_is_reported_for_every_pod_that_uses_it(production: list[Manifest]) -> None:
    without = [each for each in production if not each["metadata"]["name"].startswith("ecr-cred-")]

    found = [finding for finding in findings(without) if finding.rule == "references" and "ecr-cred" in finding.message]
    assert len({finding.object for finding in found}) == 8


def test_every_object_and_pod_has_the_label_of_its_environment(production: list[Manifest]) -> None:
    for manifest in production:
        assert manifest["metadata"]["labels"]["environment"] == "production"
    for name in WORKLOADS:
        assert pod(production, name)["metadata"]["labels"]["environment"] == "production"


def test_cluster_scoped_objects_have_no_namespace_and_all_others_have_it(production: list[Manifest]) -> None:
    for manifest in production:
        expected = None if manifest["kind"] in CLUSTER_SCOPED else "kubestock-production"
        assert manifest["metadata"].get("namespace") == expected


def test_the_workloads_are_those_of_the_product(production: list[Manifest]) -> None:
    found = [each["metadata"]["name"] for each in production if each["kind"] == "Deployment"]

    assert found == [*WORKLOADS, "kong"]


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_workload_has_each_of_its_objects(production: list[Manifest], name: str) -> None:
    for kind in ("Service", "ServiceAccount", "PodDisruptionBudget", "HorizontalPodAutoscaler", "NetworkPolicy"):
        assert pick(production, kind, name)["metadata"]["labels"]["app"] == name


@pytest.mark.parametrize("name", WORKLOADS)
def test_pod_security_restricted_accepts_every_pod(production: list[Manifest], name: str) -> None:
    spec = pod(production, name)["spec"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] >= 10000
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False
    assert {next(key for key in volume if key != "name") for volume in spec["volumes"]} <= {"emptyDir", "configMap"}
    for each in spec["containers"]:
        assert each["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "privileged": False,
            "readOnlyRootFilesystem": True,
        }


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_rollout_keeps_all_pods_and_can_be_undone(production: list[Manifest], name: str) -> None:
    spec = pick(production, "Deployment", name)["spec"]

    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}
    assert spec["revisionHistoryLimit"] >= 1
    assert spec["progressDeadlineSeconds"] > spec["minReadySeconds"] > 0
    assert "replicas" not in spec


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_workload_runs_at_least_twice_and_scales(production: list[Manifest], name: str) -> None:
    spec = pick(production, "HorizontalPodAutoscaler", name)["spec"]
    targets = {each["resource"]["name"]: each["resource"]["target"]["averageUtilization"] for each in spec["metrics"]}

    assert (spec["minReplicas"], spec["maxReplicas"]) == (2, 6 if name == "frontend" else 8)
    assert targets == {"cpu": 80 if name == "frontend" else 70, "memory": 80}
    assert spec["behavior"]["scaleUp"]["stabilizationWindowSeconds"] == 30
    assert spec["behavior"]["scaleDown"]["stabilizationWindowSeconds"] == 300


@pytest.mark.parametrize("name", WORKLOADS)
def test_every_policy_allows_only_what_it_lists(production: list[Manifest], name: str) -> None:
    spec = pick(production, "NetworkPolicy", name)["spec"]

    assert sorted(spec["policyTypes"]) == ["Egress", "Ingress"]
    for rule, side in [*((rule, "from") for rule in spec["ingress"]), *((rule, "to") for rule in spec["egress"])]:
        assert rule["ports"]
        assert rule[side]
        for peer in rule[side]:
            assert "ipBlock" in peer or "namespaceSelector" in peer


@pytest.mark.parametrize("name", WORKLOADS)
def test_the_gateway_reaches_every_service_with_a_public_path(production: list[Manifest], name: str) -> None:
    ingress = pick(production, "NetworkPolicy", name)["spec"]["ingress"]
    peers = [peer.get("podSelector", {}).get("matchLabels", {}) for rule in ingress for peer in rule["from"]]

    assert "kong" in [labels.get("app") for labels in peers]


@pytest.mark.parametrize("name", WORKLOADS)
def test_requests_and_limits_are_those_of_the_product(production: list[Manifest], name: str) -> None:
    resources = container(production, name)["resources"]
    cpu, memory = (("25m", "100m"), ("64Mi", "128Mi")) if name == "frontend" else (("50m", "200m"), ("128Mi", "256Mi"))

    for side, index in (("requests", 0), ("limits", 1)):
        assert resources[side]["cpu"] == cpu[index]
        assert resources[side]["memory"] == memory[index]
        assert Quantity(resources[side]["ephemeral-storage"]).amount > 0


@pytest.mark.parametrize("name", list(BACKENDS))
def test_every_backend_has_its_port_and_database_in_its_environment(production: list[Manifest], name: str) -> None:
    port, database = BACKENDS[name]
    config = pick(production, "ConfigMap", f"{name}-config")["data"]

    assert (config["HOST"], config["PORT"]) == ("0.0.0.0", str(port))  # noqa: S104  # the address that the pod listens on
    assert config.get("DB_NAME") == database


def test_only_the_service_that_takes_payments_has_the_payment_key(production: list[Manifest]) -> None:
    having = [
        name
        for name in WORKLOADS
        if any(each["name"] == "API_KEY_STRIPE" for each in container(production, name).get("env", []))
    ]

    assert having == ["ms-order-management"]


def test_every_backend_logs_at_the_level_of_the_settings() -> None:
    settings = replace(PRODUCTION, log_level="debug")
    documents = ProductionChart(cdk8s.App(), "production", settings=settings).to_json()

    levels = {name: pick(documents, "ConfigMap", f"{name}-config")["data"]["LOG_LEVEL"] for name in BACKENDS}
    assert levels == dict.fromkeys(BACKENDS, "debug")


@pytest.mark.parametrize("name", list(BACKENDS))
def test_the_grace_period_of_every_backend_exceeds_its_own_timer(production: list[Manifest], name: str) -> None:
    pause = container(production, name)["lifecycle"]["preStop"]["exec"]["command"]

    assert pause == ["sleep", "10"]
    assert pod(production, name)["spec"]["terminationGracePeriodSeconds"] >= 10 + 30


@pytest.mark.parametrize("name", list(BACKENDS))
def test_the_start_of_a_program_that_migrates_is_repeated_within_its_startup_probe(
    production: list[Manifest], name: str
) -> None:
    command: list[str] = container(production, name).get("command", [])
    probe = container(production, name)["startupProbe"]
    if BACKENDS[name][1] is None:
        assert command == []
        return
    attempts, _, pause = (int(each) for each in command[4:7])
    usual_start = 5  # seconds, with 200m of CPU

    assert command[-2:] == ["node", "src/server.js"]
    assert attempts * (usual_start + pause) < probe["failureThreshold"] * probe["periodSeconds"]


def test_the_quota_has_the_number_of_database_connections(production: list[Manifest]) -> None:
    pods = {
        name: pick(production, "HorizontalPodAutoscaler", name)["spec"]["maxReplicas"]
        + pick(production, "Deployment", name)["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
        for name, (_, database) in BACKENDS.items()
        if database is not None
    }
    text = pick(production, "ResourceQuota", "kubestock")["metadata"]["annotations"]["kubestock/database-connections"]

    assert text.startswith(f"at most {20 * sum(pods.values())} connections (")
    assert all(f"{name} {number} pods x 20" in text for name, number in pods.items())


def test_the_identity_service_has_its_provider_in_its_environment(production: list[Manifest]) -> None:
    config = pick(production, "ConfigMap", "ms-identity-config")["data"]

    assert config["ASGARDEO_ISSUER"] == f"{config['ASGARDEO_BASE_URL']}/oauth2/token"
    assert config["ASGARDEO_JWKS_URL"] == f"{config['ASGARDEO_BASE_URL']}/oauth2/jwks"


def test_no_secret_value_is_in_any_object(production: list[Manifest]) -> None:
    assert not [each for each in production if each["kind"] == "Secret"]
    for name in WORKLOADS:
        for each in container(production, name).get("env", []):
            assert "value" not in each or each["value"].startswith("http://")


def test_the_frontend_listens_on_a_port_without_a_privilege(production: list[Manifest]) -> None:
    service = pick(production, "Service", "frontend")["spec"]["ports"][0]

    assert container(production, "frontend")["ports"][0]["containerPort"] == 8080
    assert (service["port"], service["targetPort"]) == (80, "http")


def test_the_workloads_are_exempted_from_three_checks_and_the_pull_secret_from_two_more(
    production: list[Manifest],
) -> None:
    skipped = [
        (manifest["metadata"]["name"], *value.split("=", 1))
        for manifest in production
        for key, value in manifest["metadata"].get("annotations", {}).items()
        if key.startswith("checkov.io/skip")
    ]
    of_pull_secret = {check for name, check, _ in skipped if name.startswith("ecr-cred-")}
    of_others = {check for name, check, _ in skipped if not name.startswith("ecr-cred-")}

    assert of_others == {"CKV_K8S_35", "CKV_K8S_40", "CKV_K8S_43"}
    assert of_pull_secret == {"CKV_K8S_15", "CKV_K8S_35", "CKV_K8S_38", "CKV_K8S_43"}
    assert all(reason for _, _, reason in skipped)


def test_no_security_default_is_relaxed(production: list[Manifest]) -> None:
    relaxed = [
        key
        for name in WORKLOADS
        for key in pick(production, "Deployment", name)["metadata"].get("annotations", {})
        if key.startswith("kubestock/relaxed-")
    ]

    assert relaxed == []


def test_every_secret_key_that_a_workload_reads_is_sealed(production: list[Manifest]) -> None:
    sealed = {
        (each["metadata"]["name"], key)
        for each in production
        if each["kind"] == "SealedSecret"
        for key in each["spec"]["encryptedData"]
    }
    read = {
        (ref["name"], ref["key"])
        for name in WORKLOADS
        for variable in container(production, name).get("env", [])
        if (ref := variable.get("valueFrom", {}).get("secretKeyRef"))
    }

    assert len(read) == 3 * 4 + 1 + 1 + 2
    assert read <= sealed


def test_a_new_ciphertext_rolls_the_pods_that_use_it_and_no_others(production: list[Manifest]) -> None:
    stripe = PRODUCTION.secrets["stripe"]
    value = stripe.values["API_KEY_STRIPE"]
    resealed = replace(value, ciphertext=PRODUCTION.secrets["jwt-signing"].values["JWT_SECRET"].ciphertext)
    store = PRODUCTION.secrets.with_secret(replace(stripe, values={"API_KEY_STRIPE": resealed}))

    def annotations(documents: list[Manifest]) -> dict[str, str]:
        return {
            name: pod(documents, name)["metadata"].get("annotations", {}).get("checksum/secrets") for name in WORKLOADS
        }

    resealed_chart = ProductionChart(cdk8s.App(), "production", settings=replace(PRODUCTION, secrets=store))
    before, after = annotations(production), annotations(resealed_chart.to_json())
    assert {name for name in WORKLOADS if before[name] != after[name]} == {"ms-order-management"}


def test_flags_are_in_a_config_map_that_every_backend_reads() -> None:
    settings = replace(PRODUCTION, flags={"FLAG_NEW_CHECKOUT": "on"})
    documents = ProductionChart(cdk8s.App(), "production", settings=settings).to_json()

    assert pick(documents, "ConfigMap", "feature-flags")["data"] == {"FLAG_NEW_CHECKOUT": "on"}
    for name in BACKENDS:
        assert {"configMapRef": {"name": "feature-flags"}} in container(documents, name)["envFrom"]


def test_credentials_of_a_cache_reach_the_service_that_the_settings_name() -> None:
    settings = replace(PRODUCTION, extra_secrets={"ms-product": ("cache",)}, provided=("Secret/cache",))
    documents = ProductionChart(cdk8s.App(), "production", settings=settings).to_json()

    readers = [name for name in BACKENDS if {"secretRef": {"name": "cache"}} in container(documents, name)["envFrom"]]
    assert readers == ["ms-product"]

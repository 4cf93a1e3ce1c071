"""The same objects, written by hand with the typed bindings of cdk8s-plus-27."""

import cdk8s
from cdk8s_plus_27 import k8s
from constructs import Construct

_SHARED = {
    "app.kubernetes.io/component": "service",
    "app.kubernetes.io/managed-by": "cdk8s",
    "app.kubernetes.io/part-of": "fleet",
    "environment": "production",
}
_NAMESPACE = {"kubernetes.io/metadata.name": "fleet"}
_PORT = 8080


def fleet(services: int, outdir: str) -> cdk8s.App:
    """Return an app of that many services, each of which calls the next one."""
    app = cdk8s.App(outdir=outdir)
    chart = cdk8s.Chart(app, "fleet", namespace="fleet")
    for number in range(services):
        caller, name, callee = (f"service-{(number + step) % services:04}" for step in (-1, 0, 1))
        _service(Construct(chart, name), name, caller, callee)
    return app


def _service(scope: Construct, name: str, caller: str, callee: str) -> None:
    metadata = k8s.ObjectMeta(name=name, labels=_labels(name))
    selector = k8s.LabelSelector(match_labels=_selector(name))
    config = k8s.ObjectMeta(name=f"{name}-config", labels=_labels(name))
    k8s.KubeConfigMap(scope, "Config", metadata=config, data={"MODE": "fast"})
    k8s.KubeServiceAccount(scope, "ServiceAccount", metadata=metadata, automount_service_account_token=False)
    k8s.KubeDeployment(
        scope,
        "Deployment",
        metadata=k8s.ObjectMeta(name=name, labels=_released(name)),
        spec=k8s.DeploymentSpec(
            min_ready_seconds=10,
            progress_deadline_seconds=600,
            revision_history_limit=10,
            selector=selector,
            strategy=k8s.DeploymentStrategy(
                type="RollingUpdate",
                rolling_update=k8s.RollingUpdateDeployment(max_surge=_number(1), max_unavailable=_number(0)),
            ),
            template=_template(name, callee, selector),
        ),
    )
    port = k8s.ServicePort(name="http", port=_PORT, protocol="TCP", target_port=_text("http"))
    spec = k8s.ServiceSpec(ports=[port], selector=_selector(name), type="ClusterIP")
    k8s.KubeService(scope, "Service", metadata=metadata, spec=spec)
    budget = k8s.PodDisruptionBudgetSpec(
        max_unavailable=_number(1), selector=selector, unhealthy_pod_eviction_policy="AlwaysAllow"
    )
    k8s.KubePodDisruptionBudget(scope, "PodDisruptionBudget", metadata=metadata, spec=budget)
    k8s.KubeHorizontalPodAutoscalerV2(scope, "HorizontalPodAutoscaler", metadata=metadata, spec=_scaling(name))
    k8s.KubeNetworkPolicy(scope, "NetworkPolicy", metadata=metadata, spec=_policy(selector, caller, callee))


def _template(name: str, callee: str, selector: k8s.LabelSelector) -> k8s.PodTemplateSpec:
    term = k8s.PodAffinityTerm(label_selector=selector, topology_key="kubernetes.io/hostname")
    apart = k8s.PodAntiAffinity(
        preferred_during_scheduling_ignored_during_execution=[
            k8s.WeightedPodAffinityTerm(pod_affinity_term=term, weight=100)
        ]
    )
    spread = [
        k8s.TopologySpreadConstraint(
            label_selector=selector,
            match_label_keys=["pod-template-hash"],
            max_skew=1,
            topology_key=key,
            when_unsatisfiable="ScheduleAnyway",
        )
        for key in ("topology.kubernetes.io/zone", "kubernetes.io/hostname")
    ]
    checksum = {"checksum/config": "50d1d55201ce6123bd661857c52af39420343a0daaffe181cee53d3020698225"}
    return k8s.PodTemplateSpec(
        metadata=k8s.ObjectMeta(annotations=checksum, labels=_released(name)),
        spec=k8s.PodSpec(
            affinity=k8s.Affinity(pod_anti_affinity=apart),
            automount_service_account_token=False,
            containers=[_container(name, callee)],
            enable_service_links=False,
            security_context=k8s.PodSecurityContext(
                fs_group=10001,
                fs_group_change_policy="OnRootMismatch",
                run_as_group=10001,
                run_as_non_root=True,
                run_as_user=10001,
                seccomp_profile=k8s.SeccompProfile(type="RuntimeDefault"),
            ),
            service_account_name=name,
            termination_grace_period_seconds=30,
            topology_spread_constraints=spread,
            volumes=[
                k8s.Volume(name="tmp", empty_dir=k8s.EmptyDirVolumeSource(size_limit=k8s.Quantity.from_string("64Mi")))
            ],
        ),
    )


def _container(name: str, callee: str) -> k8s.Container:
    return k8s.Container(
        name=name,
        env=[
            k8s.EnvVar(name="LOG_LEVEL", value="info"),
            k8s.EnvVar(name="PEER_URL", value=f"http://{callee}:{_PORT}"),
        ],
        env_from=[k8s.EnvFromSource(config_map_ref=k8s.ConfigMapEnvSource(name=f"{name}-config"))],
        image=f"ghcr.io/acme/{name}:1.0.0",
        image_pull_policy="Always",
        lifecycle=k8s.Lifecycle(
            pre_stop=k8s.LifecycleHandler(exec=k8s.ExecAction(command=["sleep", "10"])),
        ),
        liveness_probe=_probe(6, 10, 5),
        readiness_probe=_probe(3, 5, 2),
        startup_probe=_probe(10, 3, 2),
        ports=[k8s.ContainerPort(name="http", container_port=_PORT, protocol="TCP")],
        resources=k8s.ResourceRequirements(
            limits=_amounts("500m", "256Mi", "256Mi"), requests=_amounts("100m", "128Mi", "64Mi")
        ),
        security_context=k8s.SecurityContext(
            allow_privilege_escalation=False,
            capabilities=k8s.Capabilities(drop=["ALL"]),
            privileged=False,
            read_only_root_filesystem=True,
        ),
        volume_mounts=[k8s.VolumeMount(name="tmp", mount_path="/tmp")],  # noqa: S108  # a path of the container
    )


def _probe(failures: int, period: int, timeout: int) -> k8s.Probe:
    return k8s.Probe(
        failure_threshold=failures,
        http_get=k8s.HttpGetAction(path="/healthz", port=_text("http")),
        period_seconds=period,
        success_threshold=1,
        timeout_seconds=timeout,
    )


def _amounts(cpu: str, memory: str, storage: str) -> dict[str, k8s.Quantity]:
    amounts = {"cpu": cpu, "memory": memory, "ephemeral-storage": storage}
    return {resource: k8s.Quantity.from_string(each) for resource, each in amounts.items()}


def _scaling(name: str) -> k8s.HorizontalPodAutoscalerSpecV2:
    target = k8s.MetricTargetV2(type="Utilization", average_utilization=70)
    cpu = k8s.ResourceMetricSourceV2(name="cpu", target=target)
    return k8s.HorizontalPodAutoscalerSpecV2(
        behavior=k8s.HorizontalPodAutoscalerBehaviorV2(
            scale_down=_steps(60, 1, 25, window=300), scale_up=_steps(30, 2, 100, window=30)
        ),
        max_replicas=6,
        metrics=[k8s.MetricSpecV2(resource=cpu, type="Resource")],
        min_replicas=2,
        scale_target_ref=k8s.CrossVersionObjectReferenceV2(name=name, api_version="apps/v1", kind="Deployment"),
    )


def _steps(period: int, pods: int, percent: int, *, window: int) -> k8s.HpaScalingRulesV2:
    values = {"Pods": pods, "Percent": percent}
    policies = [k8s.HpaScalingPolicyV2(period_seconds=period, type=kind, value=each) for kind, each in values.items()]
    return k8s.HpaScalingRulesV2(policies=policies, select_policy="Max", stabilization_window_seconds=window)


def _policy(selector: k8s.LabelSelector, caller: str, callee: str) -> k8s.NetworkPolicySpec:
    resolver = k8s.NetworkPolicyPeer(
        namespace_selector=k8s.LabelSelector(match_labels={"kubernetes.io/metadata.name": "kube-system"}),
        pod_selector=k8s.LabelSelector(match_labels={"k8s-app": "kube-dns"}),
    )
    questions = [k8s.NetworkPolicyPort(port=_number(53), protocol=each) for each in ("UDP", "TCP")]
    port = k8s.NetworkPolicyPort(port=_number(_PORT), protocol="TCP")
    return k8s.NetworkPolicySpec(
        egress=[
            k8s.NetworkPolicyEgressRule(ports=questions, to=[resolver]),
            k8s.NetworkPolicyEgressRule(ports=[port], to=[_peer(callee)]),
        ],
        ingress=[k8s.NetworkPolicyIngressRule(from_=[_peer(caller)], ports=[port])],
        pod_selector=selector,
        policy_types=["Ingress", "Egress"],
    )


def _peer(name: str) -> k8s.NetworkPolicyPeer:
    return k8s.NetworkPolicyPeer(
        namespace_selector=k8s.LabelSelector(match_labels=_NAMESPACE),
        pod_selector=k8s.LabelSelector(match_labels=_selector(name)),
    )


def _number(value: int) -> k8s.IntOrString:
    return k8s.IntOrString.from_number(value)


def _text(value: str) -> k8s.IntOrString:
    return k8s.IntOrString.from_string(value)


def _selector(name: str) -> dict[str, str]:
    return {"app": name, "app.kubernetes.io/instance": name, "app.kubernetes.io/name": name}


def _labels(name: str) -> dict[str, str]:
    return {**_selector(name), **_SHARED}


def _released(name: str) -> dict[str, str]:
    return {**_labels(name), "app.kubernetes.io/version": "1.0.0"}

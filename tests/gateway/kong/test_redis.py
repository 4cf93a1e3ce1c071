"""Limits over all pods of the gateway, counted in a Redis of the product, as in the guide."""

import cdk8s
from kong_gateways import HOST, PLATFORM, TLS, backend, credentials
from support import find

from kubestock.gateway.kong.backends import Egress
from kubestock.gateway.kong.gateway import KongGateway
from kubestock.gateway.kong.plugins.rate_limiting import RateLimiting, Redis
from kubestock.secrets.sealedsecret import SealedSecret
from kubestock.workload.container import Container
from kubestock.workload.image import ContainerImage
from kubestock.workload.pod import Pod
from kubestock.workload.ports import Port
from kubestock.workload.probes import Probe, Probes, TcpSocket
from kubestock.workload.resources import ContainerResources
from kubestock.workload.security import PodSecurity
from kubestock.workload.statefulset import StatefulSet

IMAGE = ContainerImage("docker.io/library/redis", tag="7.4.2")
START = 'exec redis-server --save "" --appendonly no --maxmemory 64mb --requirepass "$PASSWORD"'


def redis(chart: cdk8s.Chart, keys: SealedSecret) -> StatefulSet:
    container = Container(
        image=IMAGE,
        resources=ContainerResources.of(cpu=("50m", "250m"), memory=("64Mi", "128Mi")),
        ports=(Port(6379, name="redis"),),
        command=("sh", "-c", START),
        env={"PASSWORD": keys["redis"]},
        probes=Probes(
            readiness=Probe(action=TcpSocket(port="redis"), period_seconds=5),
            liveness=Probe(action=TcpSocket(port="redis"), failure_threshold=6),
        ),
    )
    pod = Pod(
        security=PodSecurity(run_as_user=999, reasons={"run_as_user": "the files of Redis' image belong to user 999"}),
        exemptions={
            "CKV_K8S_35": "Redis reads its password from its command line, which a variable fills in",
            "CKV_K8S_40": "the files of Redis' image belong to user 999",
            "CKV_K8S_43": "the image is named by its release",
        },
    )
    return StatefulSet(chart, "redis", name="redis", platform=PLATFORM, container=container, pod=pod, component="cache")


def gateway(chart: cdk8s.Chart, *, with_egress: bool = True) -> KongGateway:
    keys = credentials(chart, "redis")
    counts = redis(chart, keys)
    host = f"redis.{counts.pods.namespace}.svc"
    made = KongGateway(
        chart,
        "gateway",
        hosts=[HOST],
        platform=PLATFORM,
        tls=TLS,
        credentials=keys,
        egress=[Egress(host=host, peer=counts.pods, port=6379)] if with_egress else [],
    )
    counts.allow_from(made.pods)
    limit = RateLimiting(minute=60, limit_by="ip", policy="redis", redis=Redis(host=host, password=keys["redis"]))
    made.route("/api/orders", to=backend(chart), plugins=[limit])
    return made


def ports(chart: cdk8s.Chart, name: str, direction: str, peer: str) -> list[int]:
    """Return the ports in the rules of a policy for the pods of a workload."""
    rules = find(chart, "NetworkPolicy", name)["spec"][direction]
    side = "to" if direction == "egress" else "from"
    return [
        port["port"]
        for rule in rules
        if any(peer in each.get("podSelector", {}).get("matchLabels", {}).values() for each in rule.get(side, []))
        for port in rule["ports"]
    ]


def test_both_network_policies_allow_the_connection(chart: cdk8s.Chart) -> None:
    gateway(chart)

    assert 6379 in ports(chart, "kong", "egress", "redis")
    assert ports(chart, "redis", "ingress", "kong") == [6379]


def test_the_password_is_sealed_for_the_gateway_and_for_redis(chart: cdk8s.Chart) -> None:
    made = gateway(chart)
    (container,) = find(chart, "StatefulSet", "redis")["spec"]["template"]["spec"]["containers"]
    (password,) = [each for each in container["env"] if each["name"] == "PASSWORD"]

    assert password["valueFrom"]["secretKeyRef"]["key"] == "redis"
    assert 'password: {{ index . "redis" | toJson }}' in made.config.template()


def test_finds_a_redis_that_the_network_policy_blocks(chart: cdk8s.Chart) -> None:
    (problem,) = gateway(chart, with_egress=False).problems()

    assert "connects to 'redis.shop.svc'" in problem

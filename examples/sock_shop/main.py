"""Sock Shop: eight services that speak HTTP, four databases of two kinds, a queue with its exporter, and sessions."""

from collections.abc import Mapping

from kubestock import (
    App,
    Autoscaler,
    Chart,
    Container,
    ContainerImage,
    ContainerResources,
    Guardrails,
    Microservice,
    Platform,
    Pods,
    Port,
    Probes,
    Replicas,
)
from kubestock.namespace import LargestRollout, NamespaceQuota
from kubestock.values import SecretKey, SecretRef
from kubestock.workload import (
    ContainerSecurity,
    EmptyDir,
    Ingress,
    IngressPath,
    IngressRule,
    IngressTls,
    Pod,
    PodSecurity,
    Probe,
    Rollout,
    Scheduling,
    StatefulSet,
    Storage,
    TcpSocket,
    VolumeClaimTemplate,
    VolumeMount,
)

NAMESPACE = "sock-shop"
HOST = "socks.example.com"
MONITORING = Pods(namespace="monitoring", labels={"app.kubernetes.io/name": "prometheus"})
PLATFORM = Platform(part_of="sock-shop", environment="demo", scraper=MONITORING)

LINUX = Scheduling(node_selector={"kubernetes.io/os": "linux"})
ON_PORT_80 = Pod(scheduling=LINUX, security=PodSecurity(sysctls={"net.ipv4.ip_unprivileged_port_start": "80"}))
DATABASE = Pod(scheduling=LINUX, security=PodSecurity(run_as_user=999))
MAY_BIND = ContainerSecurity(
    added_capabilities=("NET_BIND_SERVICE",),
    reasons={"added_capabilities": "the file of the program has it, and is not executed where it cannot be had"},
)
JAVA_OPTS = "-Xms64m -Xmx128m -XX:+UseG1GC -Djava.security.egd=file:/dev/urandom -Dspring.zipkin.enabled=false"

GO = ContainerResources.of(cpu=("100m", "200m"), memory=("100Mi", "200Mi"))
JAVA = ContainerResources.of(cpu=("100m", "500m"), memory=("300Mi", "500Mi"))
NODE = ContainerResources.of(cpu=("100m", "300m"), memory=("300Mi", "1000Mi"))
STORE = ContainerResources.of(cpu=("100m", "500m"), memory=("256Mi", "512Mi"))
SESSIONS = ContainerResources.of(cpu=("100m", "300m"), memory=("50Mi", "300Mi"))
EXPORTER = ContainerResources.of(cpu=("50m", "100m"), memory=("32Mi", "64Mi"))


def image(name: str, tag: str) -> ContainerImage:
    return ContainerImage(f"docker.io/weaveworksdemos/{name}", tag=tag)


def listening(start_seconds: int) -> Probes:
    """Ask a program whose health is not served over HTTP whether it takes connections."""
    return Probes(
        readiness=Probe(action=TcpSocket(), period_seconds=5, timeout_seconds=2),
        liveness=Probe(action=TcpSocket(), timeout_seconds=5, failure_threshold=6),
        startup=Probe(action=TcpSocket(), period_seconds=5, timeout_seconds=2, failure_threshold=start_seconds // 5),
    )


class SockShop(Chart):
    """The fourteen workloads of the demonstration, in a namespace of their own."""

    def __init__(self, app: App) -> None:
        provided = [f"Secret/{NAMESPACE}-tls", "Secret/catalogue-db"]
        super().__init__(app, NAMESPACE, namespace=NAMESPACE, provided=provided)
        labels = PLATFORM.labels(NAMESPACE)
        Guardrails(self, "guardrails", labels=labels, viewers=("socks:developers",))
        NamespaceQuota(self, "quota", quota=LargestRollout(), labels=labels)
        self.front_end = self._front_end()
        self._connect_shop()
        self._ingress()

    def _connect_shop(self) -> None:
        """Say who calls whom: most programs know the names of their callees, so few variables are set."""
        catalogue, payment = self._go("catalogue", "0.3.5"), self._go("payment", "0.4.3")
        user = self._go("user", "0.4.7")
        carts, orders = self._java("carts", "0.4.8"), self._java("orders", "0.4.7")
        shipping, queue_master = self._java("shipping", "0.4.8"), self._java("queue-master", "0.3.1")

        for callee in (catalogue, carts, orders, user, self._session_db()):
            self.front_end.calls(callee)
        for callee in (carts, user, payment, shipping):
            orders.calls(callee)
        catalogue.calls(self._catalogue_db())
        carts.calls(self._mongo("carts-db"))
        orders.calls(self._mongo("orders-db"))
        user.calls(self._mongo("user-db", image("user-db", "0.4.0")), variables={"MONGO_HOST": "{host}:{port}"})
        rabbitmq = self._rabbitmq()
        for caller in (shipping, queue_master):
            caller.calls(rabbitmq, port="amqp")

    def _front_end(self) -> Microservice:
        container = Container(
            image=image("front-end", "0.3.12"),
            resources=NODE,
            ports=(Port(8079, service_port=80, metrics_path="/metrics"),),
            env={"SESSION_REDIS": "true"},
            probes=Probes.http("/", startup_seconds=30),
        )
        scaling = Autoscaler(min_replicas=2, max_replicas=6)
        pod = Pod(scheduling=LINUX)
        return Microservice(
            self, "front-end", name="front-end", platform=PLATFORM, container=container, pod=pod, scaling=scaling
        )

    def _go(self, name: str, tag: str) -> Microservice:
        return self._on_port_80(name, image(name, tag), GO, Probes.http("/health", startup_seconds=20))

    def _java(self, name: str, tag: str) -> Microservice:
        return self._on_port_80(name, image(name, tag), JAVA, listening(300), env={"JAVA_OPTS": JAVA_OPTS})

    def _on_port_80(
        self,
        name: str,
        of: ContainerImage,
        resources: ContainerResources,
        probes: Probes,
        env: Mapping[str, str] | None = None,
    ) -> Microservice:
        """Add a service whose image listens on port 80 and is not root."""
        container = Container(
            image=of,
            resources=resources,
            ports=(Port(80, metrics_path="/metrics"),),
            env=env or {},
            probes=probes,
            security=MAY_BIND,
        )
        return Microservice(self, name, name=name, platform=PLATFORM, container=container, pod=ON_PORT_80)

    def _mongo(self, name: str, of: ContainerImage | None = None) -> StatefulSet:
        return self._store(
            name,
            of or ContainerImage("docker.io/library/mongo", tag="4.4.29"),
            Port(27017, name="mongo", app_protocol="mongo"),
            path="/data/db",
            args=("mongod",),
        )

    def _catalogue_db(self) -> StatefulSet:
        """Add MySQL, which fills an empty claim from its image and opens a socket in a folder of its own."""
        secret = SecretRef(name="catalogue-db", keys=("root-password",))
        return self._store(
            "catalogue-db",
            image("catalogue-db", "0.3.0"),
            Port(3306, name="mysql", app_protocol="mysql"),
            path="/var/lib/mysql",
            env={"MYSQL_ROOT_PASSWORD": secret["root-password"], "MYSQL_DATABASE": "socksdb"},
            mounts=(VolumeMount(volume=EmptyDir(name="socket"), path="/var/run/mysqld"),),
        )

    def _store(
        self,
        name: str,
        of: ContainerImage,
        port: Port,
        *,
        path: str,
        args: tuple[str, ...] | None = None,
        env: Mapping[str, str | SecretKey] | None = None,
        mounts: tuple[VolumeMount, ...] = (),
    ) -> StatefulSet:
        """Add a database whose data is a folder of its claim: the root of a new disk is not empty."""
        data = VolumeClaimTemplate(name="data", storage=Storage(size="5Gi"))
        container = Container(
            image=of,
            resources=STORE,
            args=args,
            ports=(port,),
            env=env or {},
            probes=listening(180),
            mounts=(VolumeMount(volume=data, path=path, sub_path="data"), *mounts),
        )
        return StatefulSet(
            self, name, name=name, platform=PLATFORM, container=container, pod=DATABASE, component="database"
        )

    def _rabbitmq(self) -> StatefulSet:
        """Add the queue, and in its pod the exporter of its metrics, which reads it over localhost."""
        data = VolumeClaimTemplate(name="data", storage=Storage(size="2Gi"))
        container = Container(
            image=ContainerImage("docker.io/library/rabbitmq", tag="3.13.7-management"),
            resources=STORE,
            ports=(Port(5672, name="amqp", app_protocol="amqp"), Port(15672, name="management")),
            probes=listening(180),
            mounts=(VolumeMount(volume=data, path="/var/lib/rabbitmq"),),
        )
        exporter = Container(
            name="exporter",
            image=ContainerImage("docker.io/kbudde/rabbitmq-exporter", tag="1.0.0"),
            resources=EXPORTER,
            ports=(Port(9090, name="exporter", metrics_path="/metrics"),),
            env={"PUBLISH_PORT": "9090", "RABBIT_URL": "http://127.0.0.1:15672"},
        )
        pod = Pod(sidecars=(exporter,), scheduling=DATABASE.scheduling, security=DATABASE.security)
        return StatefulSet(
            self, "rabbitmq", name="rabbitmq", platform=PLATFORM, container=container, pod=pod, component="queue"
        )

    def _session_db(self) -> Microservice:
        """Add the sessions: two pods would each know half of them, so the old one stops before the new one starts."""
        container = Container(
            image=ContainerImage("docker.io/library/redis", tag="7.4.2-alpine"),
            resources=SESSIONS,
            ports=(Port(6379, name="redis", app_protocol="redis"),),
            probes=listening(30),
            mounts=(VolumeMount(volume=EmptyDir(name="data"), path="/data"),),
        )
        return Microservice(
            self,
            "session-db",
            name="session-db",
            platform=PLATFORM,
            container=container,
            pod=DATABASE,
            component="database",
            scaling=Replicas(1),
            rollout=Rollout.recreate(),
        )

    def _ingress(self) -> None:
        Ingress(
            self,
            "ingress",
            labels=PLATFORM.labels(NAMESPACE),
            ingress_class_name="nginx",
            controller=Pods(namespace="ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"}),
            rules=[IngressRule(host=HOST, paths=(IngressPath(to=self.front_end),))],
            tls=[IngressTls(f"{NAMESPACE}-tls", hosts=(HOST,))],
        )


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    SockShop(app)
    return app


if __name__ == "__main__":
    build().synth()

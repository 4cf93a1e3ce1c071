"""Online Boutique: nine gRPC services behind a web page, a Redis for the carts, and a program that plays customers."""

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
from kubestock.workload import (
    Grpc,
    HttpGet,
    Ingress,
    IngressPath,
    IngressRule,
    IngressTls,
    Lifecycle,
    Pod,
    PodSecurity,
    Probe,
    StatefulSet,
    Storage,
    TcpSocket,
    VolumeClaimTemplate,
    VolumeMount,
)

NAMESPACE = "online-boutique"
HOST = "boutique.example.com"
REGISTRY = "us-central1-docker.pkg.dev/google-samples/microservices-demo"
RELEASE = "v0.10.2"

PLATFORM = Platform(part_of="online-boutique", environment="demo")
POD = Pod(security=PodSecurity(run_as_user=1000))
QUIET = {"DISABLE_PROFILER": "1"}
NO_SLEEP_IN_IMAGE = Lifecycle(native_sleep=True)

USUAL = ContainerResources.of(cpu=("100m", "200m"), memory=("64Mi", "128Mi"))
CART = ContainerResources.of(cpu=("200m", "300m"), memory=("64Mi", "128Mi"))
PYTHON = ContainerResources.of(cpu=("100m", "200m"), memory=("220Mi", "450Mi"))
JAVA = ContainerResources.of(cpu=("200m", "300m"), memory=("180Mi", "300Mi"))
CUSTOMERS = ContainerResources.of(cpu=("300m", "500m"), memory=("256Mi", "512Mi"))
REDIS = ContainerResources.of(cpu=("70m", "125m"), memory=("200Mi", "256Mi"))
WAITING = ContainerResources.of(cpu=("10m", "50m"), memory=("16Mi", "32Mi"))


class OnlineBoutique(Chart):
    """The twelve workloads of the demonstration, in a namespace of their own."""

    def __init__(self, app: App) -> None:
        # The web page must be told of an assistant, and calls it only where it is turned on.
        provided = [f"Secret/{NAMESPACE}-tls", "Service/shoppingassistantservice"]
        super().__init__(app, NAMESPACE, namespace=NAMESPACE, provided=provided)
        labels = PLATFORM.labels(NAMESPACE)
        Guardrails(self, "guardrails", labels=labels, viewers=("boutique:developers",))
        NamespaceQuota(self, "quota", quota=LargestRollout(), labels=labels)
        self.frontend = self._frontend()
        self._connect_shop()
        self._customers()
        self._ingress()

    def _connect_shop(self) -> None:
        catalogue = self._grpc("productcatalogservice", 3550, env=QUIET, lifecycle=NO_SLEEP_IN_IMAGE)
        currency = self._grpc("currencyservice", 7000, env=QUIET)
        shipping = self._grpc("shippingservice", 50051, env=QUIET, lifecycle=NO_SLEEP_IN_IMAGE)
        cart = self._grpc("cartservice", 7070, resources=CART, start_seconds=60, lifecycle=NO_SLEEP_IN_IMAGE)
        payment = self._grpc("paymentservice", 50051, env=QUIET)
        email = self._grpc("emailservice", 8080, service_port=5000, env=QUIET)
        recommendation = self._grpc("recommendationservice", 8080, resources=PYTHON, env=QUIET)
        ads = self._grpc("adservice", 9555, resources=JAVA, start_seconds=120)
        checkout = self._grpc("checkoutservice", 5050, lifecycle=NO_SLEEP_IN_IMAGE)

        for caller in (self.frontend, checkout, recommendation):
            caller.calls(catalogue, variable="PRODUCT_CATALOG_SERVICE_ADDR")
        for caller in (self.frontend, checkout):
            caller.calls(currency, variable="CURRENCY_SERVICE_ADDR")
            caller.calls(cart, variable="CART_SERVICE_ADDR")
            caller.calls(shipping, variable="SHIPPING_SERVICE_ADDR")
        checkout.calls(payment, variable="PAYMENT_SERVICE_ADDR")
        checkout.calls(email, variable="EMAIL_SERVICE_ADDR")
        self.frontend.calls(recommendation, variable="RECOMMENDATION_SERVICE_ADDR")
        self.frontend.calls(checkout, variable="CHECKOUT_SERVICE_ADDR")
        self.frontend.calls(ads, variable="AD_SERVICE_ADDR")
        cart.calls(self._redis(), variables={"REDIS_ADDR": "{host}:{port}"})

    def _grpc(
        self,
        name: str,
        port: int,
        *,
        service_port: int | None = None,
        env: Mapping[str, str] | None = None,
        resources: ContainerResources = USUAL,
        start_seconds: int = 30,
        lifecycle: Lifecycle | None = None,
    ) -> Microservice:
        """Add a service that speaks gRPC, and answers its health protocol."""
        container = Container(
            image=ContainerImage(f"{REGISTRY}/{name}", tag=RELEASE),
            resources=resources,
            ports=(Port(port, name="grpc", service_port=service_port, app_protocol="grpc"),),
            env={"PORT": str(port), **(env or {})},
            probes=Probes(
                readiness=Probe(action=Grpc(), period_seconds=5, timeout_seconds=2),
                liveness=Probe(action=Grpc(), timeout_seconds=5, failure_threshold=6),
                startup=Probe(action=Grpc(), period_seconds=5, timeout_seconds=2, failure_threshold=start_seconds // 5),
            ),
            lifecycle=lifecycle,
        )
        return self._microservice(name, container)

    def _microservice(self, name: str, container: Container) -> Microservice:
        scaling = Autoscaler(min_replicas=2, max_replicas=4)
        return Microservice(self, name, name=name, platform=PLATFORM, container=container, pod=POD, scaling=scaling)

    def _frontend(self) -> Microservice:
        """Add the web page; its probes bring a session, so that none is made for each of them."""
        readiness, liveness = (
            HttpGet(path="/_healthz", headers={"Cookie": f"shop_session-id=x-{probe}-probe"})
            for probe in ("readiness", "liveness")
        )
        container = Container(
            image=ContainerImage(f"{REGISTRY}/frontend", tag=RELEASE),
            resources=USUAL,
            ports=(Port(8080, service_port=80),),
            env={
                "PORT": "8080",
                "ENABLE_PROFILER": "0",
                "SHOPPING_ASSISTANT_SERVICE_ADDR": "shoppingassistantservice:80",
            },
            probes=Probes(
                readiness=Probe(action=readiness, initial_delay_seconds=10, timeout_seconds=2),
                liveness=Probe(action=liveness, initial_delay_seconds=10, timeout_seconds=5, failure_threshold=6),
            ),
            lifecycle=NO_SLEEP_IN_IMAGE,
        )
        return self._microservice("frontend", container)

    def _redis(self) -> StatefulSet:
        """Add the store of the carts, which are still there after its pod has moved to another node."""
        data = VolumeClaimTemplate(name="redis-data", storage=Storage(size="1Gi"))
        container = Container(
            image=ContainerImage("docker.io/library/redis", tag="7.4.2-alpine"),
            resources=REDIS,
            args=("--appendonly", "yes"),
            ports=(Port(6379, name="tcp-redis", app_protocol="redis"),),
            probes=Probes(
                readiness=Probe(action=TcpSocket(), period_seconds=5),
                liveness=Probe(action=TcpSocket(), timeout_seconds=5, failure_threshold=6),
            ),
            mounts=(VolumeMount(volume=data, path="/data"),),
        )
        return StatefulSet(
            self, "redis-cart", name="redis-cart", platform=PLATFORM, container=container, pod=POD, component="database"
        )

    def _customers(self) -> None:
        """Add the load generator: nothing calls it, so it has no port and no Service."""
        url = self.frontend.url(NAMESPACE)
        waiting = Container(
            name="frontend-check",
            image=ContainerImage("docker.io/library/busybox", tag="1.37.0"),
            resources=WAITING,
            command=("sh", "-c", 'until wget -q -T 2 -O /dev/null "$FRONTEND_URL/_healthz"; do sleep 2; done'),
            env={"FRONTEND_URL": url},
        )
        container = Container(
            image=ContainerImage(f"{REGISTRY}/loadgenerator", tag=RELEASE),
            resources=CUSTOMERS,
            env={"USERS": "10", "RATE": "1"},
            lifecycle=Lifecycle(drain_seconds=0),
        )
        customers = Microservice(
            self,
            "loadgenerator",
            name="loadgenerator",
            platform=PLATFORM,
            container=container,
            pod=Pod(init_containers=(waiting,), security=POD.security),
            component="load-generator",
            scaling=Replicas(1),
        )
        customers.calls(self.frontend, variables={"FRONTEND_ADDR": "{host}:{port}"})

    def _ingress(self) -> None:
        Ingress(
            self,
            "ingress",
            labels=PLATFORM.labels(NAMESPACE),
            ingress_class_name="nginx",
            controller=Pods(namespace="ingress-nginx", labels={"app.kubernetes.io/name": "ingress-nginx"}),
            rules=[IngressRule(host=HOST, paths=(IngressPath(to=self.frontend),))],
            tls=[IngressTls(f"{NAMESPACE}-tls", hosts=(HOST,))],
            annotations={"cert-manager.io/cluster-issuer": "letsencrypt"},
        )


def build(outdir: str | None = None) -> App:
    app = App(outdir=outdir)
    OnlineBoutique(app)
    return app


if __name__ == "__main__":
    build().synth()

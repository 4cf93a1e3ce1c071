"""A product in production: its namespace, services, gateway, monitoring and delivery."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.app import App, Chart
from kubestock.delivery.application import ApplicationSource, Notifications, Retry
from kubestock.delivery.chart import DeliveryChart, DeliverySettings
from kubestock.delivery.order import arrange
from kubestock.delivery.smoke import CURL, SmokeTest
from kubestock.delivery.windows import SyncWindow
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong import PROXY, KongGateway
from kubestock.gateway.kong.backends import Egress, RouteOptions, ServiceOptions
from kubestock.gateway.kong.config.consumers import JwtIssuer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Method
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import INTERNET, IpBlocks, Peer
from kubestock.kube.tree import ours
from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.monitoring.rules import RUNBOOKS, PrometheusRules
from kubestock.monitoring.scraping import Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.quota import LargestRollout, Quota
from kubestock.namespace.resourcequota import NamespaceQuota
from kubestock.product.gateway import ProductGateway
from kubestock.product.gateway_settings import PROTECTED, GatewaySettings, LogEndpoint
from kubestock.product.monitoring import Monitoring, MonitoringSettings
from kubestock.product.route_access import Auth, RouteAccess
from kubestock.product.secrets import ExternalSecrets, add_secrets
from kubestock.product.services import container_of, services_of
from kubestock.secrets.aws import AwsKeys, AwsRole
from kubestock.secrets.ecr import EcrPullSecret
from kubestock.secrets.store import SecretStore, StoredSecret
from kubestock.values.references import SecretRef
from kubestock.values.value import checked
from kubestock.workload.autoscaling import Autoscaler, Scaling
from kubestock.workload.env import EnvFrom, EnvValue
from kubestock.workload.image import ContainerImage
from kubestock.workload.microservice import Microservice
from kubestock.workload.mounts import VolumeMount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.priority import PriorityClass
from kubestock.workload.resources import ContainerResources
from kubestock.workload.rollout import Rollout
from kubestock.workload.service import Service
from kubestock.workload.workload import Workload

ARGO_CD = "argocd"
"""The folder, below the output, for manifests of Argo CD itself: `kubectl apply -f dist/` does not read it."""

TWO_TO_SIX = Autoscaler(min_replicas=2, max_replicas=6)


class Product(Chart):
    """One product in one environment, in a namespace of its own.

    In the cluster appear: a Namespace with Pod Security labels, default-deny network policies, limits and roles; a
    ResourceQuota that is computed from the workloads; a SealedSecret for each secret of the store; and what the methods
    add: services, a gateway with routes and a smoke test, monitors with alerts and a dashboard, and the objects of
    Argo CD. The file lists the objects in the order in which they can be applied; Argo CD applies them in the same
    order, in sync waves.

    Each part can be left out or replaced by the construct that it consists of: `guardrails=False` and your own
    `Guardrails`; no call of `gateway` and your own `KongGateway`.

    Args:
        scope: the app.
        id: the id of the chart, which is also the name of its file.
        environment: the label `environment` of every object and pod, such as production.
        name: the name of the product, the label `app.kubernetes.io/part-of`. Defaults to `id`.
        namespace: the namespace of all objects. Defaults to `<name>-<environment>`.
        images: the image of each service, by the name of the service: `read_images("images.yaml",
            registry="ghcr.io/acme")`. Defaults to none: each service then names its image.
        secrets: sealed values, `read_store("secrets.yaml")`, whose secrets become SealedSecrets; or `ExternalSecrets`,
            for values in an external store. Defaults to none.
        viewers: groups with read access. Defaults to none.
        operators: groups that may also restart, scale and roll back workloads. Defaults to none.
        scraper: the pods of Prometheus, which may reach the ports with metrics. Defaults to none.
        pull_secrets: names of the Secrets that nodes use to pull images. Defaults to none.
        priority: the priority of the pods, in a PriorityClass with the name of the namespace. Defaults to the cluster's
            default.
        guardrails: whether to add the namespace with its policies, limits and roles. Defaults to true.
        quota: the ResourceQuota of the namespace, or None for no quota. Defaults to the largest rollout plus 25 %.
        provided: objects that the cluster has and the product does not create, such as Secret/registry.
        dns: the DNS service of the cluster. Defaults to that of kube-system.
        api_server: the addresses of the API server, for pods that mount an API token. Defaults to unknown.
        api_server_port: the port of the API server itself, not of its Service. Defaults to 6443.
        managed_by: the tool that manages the objects, the label `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        labels: additional labels of every object, such as a team. Defaults to none.

    Raises:
        ConfigurationError: if an argument is invalid. `App.synth` checks what depends on the whole product, before it
            writes a file.

    Example:
        See `examples/web_shop/main.py`.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        environment: str,
        name: str | None = None,
        namespace: str | None = None,
        images: Mapping[str, ContainerImage] | None = None,
        secrets: SecretStore | ExternalSecrets | None = None,
        viewers: Sequence[str] = (),
        operators: Sequence[str] = (),
        scraper: Peer | None = None,
        pull_secrets: Sequence[str] = (),
        priority: int | None = None,
        guardrails: bool = True,
        quota: Quota | LargestRollout | None = LargestRollout(),
        provided: Collection[str] = (),
        dns: ClusterDns = ClusterDns(),
        api_server: Peer | None = None,
        api_server_port: int = 6443,
        managed_by: str = "cdk8s",
        labels: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name or id
        namespace = namespace or f"{self.name}-{environment}"
        super().__init__(scope, id, namespace=namespace, provided=provided)
        self.environment = environment
        self.platform = Platform(
            part_of=self.name,
            environment=environment,
            pull_secrets=tuple(pull_secrets),
            scraper=scraper,
            priority_class_name=None if priority is None else namespace,
            dns=dns,
            api_server=api_server,
            api_server_port=api_server_port,
            managed_by=managed_by,
            extra_labels=labels or {},
        )
        self._images = dict(images or {})
        self._store = secrets
        self._workloads: list[Workload] = []
        self._renewals: list[str] = []
        self._front: ProductGateway | None = None
        self._monitoring: Monitoring | None = None
        self.delivery: DeliveryChart | None = None
        surroundings = self.platform.labels(self.name, component="namespace")
        self.guardrails: Guardrails | None = None
        if guardrails:
            self.guardrails = Guardrails(
                self, "guardrails", labels=surroundings, viewers=viewers, operators=operators, dns=dns
            )
        if priority is not None:
            PriorityClass(
                self,
                "priority",
                labels=self.platform.labels(namespace, component="namespace"),
                value=priority,
                description=f"Pods of {self.name} {environment}",
            )
        self.secrets = {} if secrets is None else add_secrets(self, secrets, self.platform)
        self.quota = None if quota is None else NamespaceQuota(self, "quota", quota=quota, labels=surroundings)
        arrange(self)

    @property
    def workloads(self) -> tuple[Workload, ...]:
        """The workloads that `service` and `add` added, without the gateway."""
        return tuple(self._workloads)

    @property
    def kong(self) -> KongGateway:
        """The gateway.

        Raises:
            ConfigurationError: if the product has no gateway.
        """
        return self._needed_front.kong

    @property
    def smoke_test(self) -> SmokeTest | None:
        """The smoke test after each sync, or None."""
        return None if self._front is None else self._front.smoke_test

    @property
    def alerts(self) -> PrometheusRules:
        """The alerts of the product.

        Raises:
            ConfigurationError: if `monitoring` was not called.
        """
        return self._needed_monitoring.alerts

    @property
    def dashboard(self) -> GrafanaDashboard | None:
        """The dashboard of the product, or None.

        Raises:
            ConfigurationError: if `monitoring` was not called.
        """
        return self._needed_monitoring.dashboard

    @checked
    def service(
        self,
        name: str,
        *,
        resources: ContainerResources,
        port: int | None = None,
        health: str | None = None,
        metrics: str | None = None,
        scaling: Scaling = TWO_TO_SIX,
        image: ContainerImage | None = None,
        env: Mapping[str, EnvValue] | None = None,
        env_from: Sequence[EnvFrom] = (),
        config: Mapping[str, str] | None = None,
        command: Sequence[str] | None = None,
        args: Sequence[str] | None = None,
        mounts: Sequence[VolumeMount] = (),
        startup_seconds: int = 30,
        shutdown_seconds: int | None = None,
        component: str = "service",
        pod: Pod = Pod(),
        rollout: Rollout = Rollout(),
    ) -> Microservice:
        """Add a service: a `Microservice` with a Service, and a headless Service by which a gateway finds its pods.

        Args:
            name: the name of its objects.
            resources: the requests and limits of its container.
            port: the port that it serves HTTP on. Defaults to none: a worker without a Service.
            health: a path that answers 200 when the program is ready, for the probes of its pods and the health checks
                of the gateway. Defaults to none: a pod is ready when it accepts connections.
            metrics: the path of its Prometheus metrics on that port. Defaults to none.
            scaling: the number of pods. Defaults to 2 to 6.
            image: the image that runs. Defaults to the product's image with the name `name`.
            env: environment variables, in order. Defaults to none.
            env_from: ConfigMaps and Secrets whose keys become environment variables. Defaults to none.
            config: environment variables from a ConfigMap `<name>-config`. Defaults to none.
            command: overrides the entrypoint of the image.
            args: overrides the command of the image.
            mounts: volumes of the container. Defaults to a writable /tmp.
            startup_seconds: how long the program usually takes to start. Defaults to 30.
            shutdown_seconds: how long the program takes to exit after SIGTERM. Defaults to what fits in 30 seconds.
            component: the role of the service in the product. Defaults to service.
            pod: settings of the pod around the container.
            rollout: how a rollout replaces pods. Defaults to one pod more and no pod less than the wanted number.

        Raises:
            ConfigurationError: if an argument is invalid, or there is no image for the service.
        """
        if any(each.name == name for each in self._workloads):
            raise ConfigurationError(f"service {name!r} of product {self.name!r} is duplicated; give it another name")
        container = container_of(
            image=image or self._image(name),
            resources=resources,
            port=port,
            health=health,
            metrics=metrics,
            startup_seconds=startup_seconds,
            shutdown_seconds=shutdown_seconds,
            env=env or {},
            env_from=env_from,
            command=command,
            args=args,
            mounts=mounts,
        )
        made = Microservice(
            self,
            name,
            name=name,
            platform=self.platform,
            container=container,
            pod=pod,
            component=component,
            config=config,
            services=services_of(name, port),
            scaling=scaling,
            rollout=rollout,
        )
        self.add(made)
        return made

    @checked
    def add(self, workload: Workload) -> None:
        """Add a workload that was created with `platform=product.platform`, so that the product monitors it.

        It gets a PodMonitor if it has metrics, and the alerts and panels of a service: if the product has a gateway,
        those of a workload with a route, or else those of a workload with a port. Without this call the workload runs,
        but Prometheus does not read its metrics. The alerts on the pods of the namespace cover it either way.

        Args:
            workload: a workload in the namespace of the product.

        Raises:
            ConfigurationError: if the workload is in another namespace, or was added before.
        """
        if workload.namespace != self.namespace:
            raise ConfigurationError(
                f"workload {workload.name!r} must be in namespace {self.namespace!r}, got one in "
                f"{workload.namespace!r}; create it in the product: {type(workload).__name__}(product, …)"
            )
        if workload in self._workloads:
            raise ConfigurationError(f"workload {workload.name!r} must be added once; remove the second add")
        self._workloads.append(workload)
        if self._monitoring is not None:
            self._monitoring.watch(workload)

    @checked
    def secret(self, name: str, *, keys: Sequence[str] = ()) -> SecretRef:
        """Refer to a secret of the store, or to a Secret that the cluster has already.

        The checks refuse a product that uses a secret which is neither in the store nor in `provided`.

        Args:
            name: the name of the Secret.
            keys: the keys of a Secret that is not in the store. Defaults to unknown.
        """
        sealed = self.secrets.get(name)
        return SecretRef(name=name, keys=tuple(keys) or None) if sealed is None else sealed.ref

    @checked
    def ecr_pull_secret(
        self, name: str, *, registries: Sequence[str], credentials: AwsKeys | AwsRole, addresses: IpBlocks = INTERNET
    ) -> EcrPullSecret:
        """Add the Secret that nodes use to pull images from Amazon ECR, renewed every six hours, with an alert.

        Args:
            name: the name of the Secret, which `pull_secrets` of the product must contain.
            registries: the hosts of the registries, all in one region.
            credentials: `AwsKeys` in a Secret, or an `AwsRole` that the ServiceAccounts assume.
            addresses: the addresses of the endpoints of ECR and STS. Defaults to the internet without the private
                ranges.

        Raises:
            ConfigurationError: if no pod uses the Secret, or the product has no `api_server`.
        """
        if name not in self.platform.pull_secrets:
            raise ConfigurationError(
                f"pull_secrets of product {self.name!r} must name {name!r}, or no pod uses it, got "
                f"{', '.join(self.platform.pull_secrets) or 'none'}: Product(…, pull_secrets=[{name!r}])"
            )
        made = EcrPullSecret(
            self,
            f"pull-secret-{name}",
            name=name,
            platform=self.platform,
            registries=registries,
            credentials=credentials,
            addresses=addresses,
        )
        self._renewals.append(made.renewal.name)
        return made

    @checked
    def gateway(
        self,
        *,
        host: str,
        tls: str | TlsAtGateway | TlsAtLoadBalancer = TlsAtLoadBalancer(),
        issuer: JwtIssuer | None = None,
        audiences: Sequence[str] = (),
        callers: Sequence[str] = (),
        credentials: str = "gateway-consumers",
        protected: Sequence[str] = PROTECTED,
        health: str | None = None,
        log: LogEndpoint | None = None,
        max_body: int = 1024 * 1024,
        security_headers: SecurityHeaders = SecurityHeaders(),
        plugins: Sequence[Plugin] = (),
        egress: Sequence[Egress] = (),
        proxy: Service = PROXY,
        runtime: Runtime = Runtime(),
        scaling: Autoscaler = TWO_TO_SIX,
        smoke_test: ContainerImage | None = CURL,
    ) -> KongGateway:
        """Add Kong in front of the product, which serves the routes of `route`, and a smoke test after each sync.

        The arguments are the fields of `GatewaySettings`.

        Raises:
            ConfigurationError: if the product has a gateway already, or an argument is invalid.
        """
        settings = GatewaySettings(
            host=host,
            tls=tls,
            issuer=issuer,
            audiences=tuple(audiences),
            callers=tuple(callers),
            credentials=credentials,
            protected=tuple(protected),
            health=health,
            log=log,
            max_body=max_body,
            security_headers=security_headers,
            plugins=tuple(plugins),
            egress=tuple(egress),
            proxy=proxy,
            runtime=runtime,
            scaling=scaling,
            smoke_test=smoke_test,
        )
        if self._front is not None:
            raise ConfigurationError(f"product {self.name!r} must have one gateway; remove the second call of gateway")
        self._front = ProductGateway(self, settings=settings, platform=self.platform, secret=self.secrets.get)
        if self._monitoring is not None:
            self._monitoring.watch(self._front.kong.workload)
        return self._front.kong

    @checked
    def route(
        self,
        path: str,
        *,
        to: Microservice,
        auth: Auth | None = None,
        callers: Sequence[str] = (),
        public: bool = False,
        methods: Sequence[Method] | None = None,
        limit_per_minute: int | None = None,
        body: JsonBody | Sequence[JsonBody] = (),
        uri: str | None = None,
        smoke_test_path: str | None = None,
        other_paths: Sequence[str] = (),
        exact: bool = False,
        port: str | None = None,
        name: str | None = None,
        plugins: Sequence[Plugin] = (),
        options: RouteOptions = RouteOptions(),
        service_options: ServiceOptions | None = None,
    ) -> Route:
        """Route requests for a path, and for everything below it, to the pods of a service.

        Exactly one of `auth`, `callers` and `public` says who may use the route.

        Args:
            path: begins with a slash and matches whole segments. Kong removes it: the pods receive the rest of the
                path.
            to: the service, which must have a headless Service, as `service` adds it.
            auth: "people": the route requires a token of the gateway's issuer and answers 401 without one.
            callers: names from the gateway's `callers`: the route requires the API key of one of them in the header
                x-api-key.
            public: allows any client, without authentication.
            methods: the allowed methods; OPTIONS is added for preflight requests. Defaults to all.
            limit_per_minute: the requests that one client may send to this route, for each pod of the gateway. A client
                of `callers` is identified by its API key, any other by its address. Defaults to no limit.
            body: JSON Schemas that a request body must match. Defaults to any body within `max_body`.
            uri: the path that the pods receive, instead of the rest of the path. Defaults to none.
            smoke_test_path: a path below `path` for which the service answers a GET with 200, for the smoke test.
                Defaults to `path` itself, if the route requires a credential or the pods receive the path of their
                readiness probe.
            other_paths: additional paths of the route, with as many segments as `path`. Defaults to none.
            exact: whether the route matches the path only, and nothing below it.
            port: the name of the service's port. Defaults to its first port.
            name: the name of the route in metrics and logs. Defaults to the names of the service and the path.
            plugins: additional plugins of this route. Defaults to none.
            options: options that few routes need.
            service_options: how Kong connects to the service; it applies to all routes to this service.

        Raises:
            ConfigurationError: if the product has no gateway, or an argument is invalid. What depends on all routes
                together is checked when the chart is written.
        """
        return self._needed_front.route(
            path,
            to=to,
            admission=RouteAccess(auth=auth, callers=tuple(callers), public=public),
            methods=methods,
            limit_per_minute=limit_per_minute,
            body=body,
            uri=uri,
            smoke_test_path=smoke_test_path,
            other_paths=other_paths,
            exact=exact,
            port=port,
            name=name,
            plugins=plugins,
            options=options,
            service_options=service_options,
        )

    @checked
    def monitoring(  # noqa: D417  # MonitoringSettings describes its fields
        self,
        *,
        runbooks: str = RUNBOOKS,
        availability: float | None = None,
        objective: Objective = Objective(),
        thresholds: Thresholds = Thresholds(),
        metrics: Mapping[str, ProgramMetrics] | None = None,
        extra_alerts: Sequence[AlertGroup] = (),
        scrape: Scrape = Scrape(),
        selected_by: Mapping[str, str] | None = None,
        alert_labels: Mapping[str, str] | None = None,
        dashboard: Sidecar | None = Sidecar(),
        database_connections: int | None = None,
    ) -> None:
        """Monitor the product: a PodMonitor for each workload with metrics, a PrometheusRule, and a Grafana dashboard.

        The arguments are the fields of `MonitoringSettings`, and `availability`.

        Args:
            availability: the percentage of requests that must succeed, such as 99.9; it overrides that of `objective`.
                Defaults to the objective's.

        Raises:
            ConfigurationError: if the product is monitored already, an argument is invalid, or the product has no
                scraper.
        """
        if self._monitoring is not None:
            raise ConfigurationError(
                f"product {self.name!r} must be monitored once; remove the second call of monitoring"
            )
        if self.platform.scraper is None:
            raise ConfigurationError(
                f"scraper of product {self.name!r} must be given, because network policies must allow the pods "
                "that scrape metrics: Product(…, scraper=Pods(namespace='monitoring'))"
            )
        settings = MonitoringSettings(
            runbooks=runbooks,
            objective=objective if availability is None else replace(objective, availability=availability),
            thresholds=thresholds,
            metrics=metrics or {},
            extra_alerts=tuple(extra_alerts),
            scrape=scrape,
            selected_by=selected_by or {},
            alert_labels=alert_labels or {},
            dashboard=dashboard,
            database_connections=database_connections,
        )
        self._monitoring = Monitoring(
            self,
            settings=settings,
            name=self.name,
            namespace=self.namespace,
            platform=self.platform,
            services=self._watched_services,
            gateway=lambda: None if self._front is None else self._front.kong.name,
            certificate=self._certificate,
            renewals=lambda: tuple(self._renewals),
            workloads=(*self._workloads, *([] if self._front is None else [self._front.kong.workload])),
        )

    @checked
    def argo_cd(
        self,
        *,
        repo_url: str,
        path: str = "dist",
        target_revision: str = "main",
        sync_groups: Sequence[str] = (),
        windows: Sequence[SyncWindow] = (),
        namespace: str = "argocd",
        retry: Retry = Retry(),
        notifications: Notifications = Notifications(),
    ) -> DeliveryChart:
        """Add the AppProject and the Application of the product, in the folder argocd below the output of the app.

        Args:
            repo_url: the Git repository to which the manifests are committed.
            path: the folder of the manifests in the repository. Defaults to dist.
            target_revision: branch, tag or commit. Defaults to main.
            sync_groups: groups that may sync and roll back. Defaults to none: the policy of Argo CD applies.
            windows: when a sync is allowed. Defaults to always.
            namespace: the namespace of Argo CD. Defaults to argocd.
            retry: how Argo CD retries a failed sync.
            notifications: the subscriptions to notifications. Defaults to none.

        Raises:
            ConfigurationError: if the product is not in a `kubestock.App`, or `argo_cd` was called before.
        """
        return self.ship(
            DeliverySettings(
                source=ApplicationSource(repo_url=repo_url, path=path, target_revision=target_revision),
                namespace=namespace,
                windows=tuple(windows),
                sync_groups=tuple(sync_groups),
                retry=retry,
                notifications=notifications,
            )
        )

    @checked
    def ship(self, settings: DeliverySettings) -> DeliveryChart:
        """Add the AppProject and the Application from settings, as `argo_cd` does from arguments.

        Raises:
            ConfigurationError: if the product is not in a `kubestock.App`, or is delivered already.
        """
        app = ours(self._owner)
        if not isinstance(app, App):
            raise ConfigurationError(f"argo_cd needs product {self.name!r} to be in an App of kubestock")
        if self.delivery is not None:
            raise ConfigurationError(f"product {self.name!r} must have one Application; remove the second argo_cd")
        self.delivery = DeliveryChart(
            app.folder(ARGO_CD),
            self.chart_id,
            settings=settings,
            name=f"{self.name}-{self.environment}",
            labels=self.platform.labels(self.name, component="delivery"),
            shipped=self,
        )
        return self.delivery

    def complete(self) -> None:
        """Add what depends on all declared routes; `App.synth` calls this method."""
        if self._front is not None:
            self._front.close()

    @property
    def _needed_front(self) -> ProductGateway:
        if self._front is None:
            raise ConfigurationError(f"product {self.name!r} has no gateway; call gateway(host=…) first")
        return self._front

    @property
    def _needed_monitoring(self) -> Monitoring:
        if self._monitoring is None:
            raise ConfigurationError(f"product {self.name!r} is not monitored; call monitoring() first")
        return self._monitoring

    def _image(self, name: str) -> ContainerImage:
        if name not in self._images:
            known = ", ".join(sorted(self._images)) or "none"
            raise ConfigurationError(
                f"images of product {self.name!r} must have one for {name!r}, got {known}; add a line '{name}: <tag>' "
                "to the image file, or give service(…, image=ContainerImage('…', tag='…'))"
            )
        return self._images[name]

    def _watched_services(self) -> Sequence[Workload]:
        if self._front is None:
            return [each for each in self._workloads if each.template.ports()]
        routed = {id(each) for each in self._front.backends}
        return [each for each in self._workloads if id(each) in routed]

    def _certificate(self) -> StoredSecret | None:
        tls = None if self._front is None else self._front.settings.tls
        return self._store.secrets.get(tls) if isinstance(self._store, SecretStore) and isinstance(tls, str) else None

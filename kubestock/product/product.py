"""A product in production: what surrounds its services, the services, and what serves, watches and ships them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.app import App, Chart
from kubestock.delivery.application import Notifications, Retry, Source
from kubestock.delivery.chart import DeliveryChart, DeliverySettings
from kubestock.delivery.order import arrange
from kubestock.delivery.smoke import CURL, SmokeTest
from kubestock.delivery.windows import SyncWindow
from kubestock.errors import ConfigurationError
from kubestock.gateway.kong import PROXY, KongGateway
from kubestock.gateway.kong.backends import Connection, Egress, RouteOptions
from kubestock.gateway.kong.config.consumers import JwtIssuer
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.cross_origin import Method
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.plugins.validation import JsonBody
from kubestock.gateway.kong.runtime import Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsInFront
from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import INTERNET, Cidrs, Peer
from kubestock.kube.tree import ours
from kubestock.monitoring.alert import AlertGroup
from kubestock.monitoring.dashboard.dashboard import GrafanaDashboard, Sidecar
from kubestock.monitoring.programs import ProgramMetrics
from kubestock.monitoring.rules import PrometheusRules
from kubestock.monitoring.scraping import Scrape
from kubestock.monitoring.thresholds import Objective, Thresholds
from kubestock.namespace.guardrails import Guardrails
from kubestock.namespace.quota import LargestRollout, NamespaceQuota, Quota
from kubestock.product.admission import Admission, Auth
from kubestock.product.front import Front
from kubestock.product.front_settings import PROTECTED, FrontSettings, LogEndpoint
from kubestock.product.monitoring import Monitoring, MonitoringSettings
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
from kubestock.workload.mounts import Mount
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod
from kubestock.workload.priority import PriorityClass
from kubestock.workload.resources import ContainerResources
from kubestock.workload.rollout import Rollout
from kubestock.workload.service import Service as KubeService
from kubestock.workload.workload import Workload

ARGO_CD = "argocd"
"""The folder, below the output, of what only Argo CD reads: `kubectl apply -f dist/` passes it over."""

TWO_TO_SIX = Autoscaler(minimum=2, maximum=6)


class Product(Chart):
    """One product in one environment, in a namespace of its own.

    There appear: a Namespace with Pod Security labels, default-deny policies, limits and roles; a quota that is
    computed from the workloads; a SealedSecret for each secret of the store; and what its methods add: services,
    a gateway with routes and a smoke test, monitors with alerts and a dashboard, and what Argo CD reads. The objects
    are in the order in which they can be applied, with the same order in waves for Argo CD.

    Each part can be left out, or replaced by the construct underneath: `guardrails=False` and your own `Guardrails`,
    no call of `gateway` and your own `KongGateway`.

    Args:
        scope: the app.
        id: of the chart, and the name of its file.
        environment: the label `environment` of every object and pod, such as production.
        name: of the product, the label `app.kubernetes.io/part-of`. Defaults to `id`.
        namespace: where everything runs. Defaults to `<name>-<environment>`.
        images: what each service runs, by its name: `read_images("images.yaml", registry="ghcr.io/acme")`. Defaults
            to none: services then name their image themselves.
        secrets: sealed values, `read_store("secrets.yaml")`, of which each secret becomes a SealedSecret; or
            `ExternalSecrets`, whose values another store keeps. Defaults to none.
        viewers: groups that may read. Defaults to none.
        operators: groups that may also restart, scale and roll back. Defaults to none.
        scraper: the pods of Prometheus, which may read the ports with metrics. Defaults to none.
        pull_secrets: names of the Secrets with which nodes pull images. Defaults to none.
        priority: of the pods, in a PriorityClass that is named as the namespace is. Defaults to the cluster's default.
        guardrails: whether the namespace and what surrounds its workloads are made. Defaults to true.
        quota: what the namespace may take, or None for no quota. Defaults to the largest rollout and 25 % more.
        provided: objects that the cluster has and the product does not make, such as Secret/registry.
        dns: the cluster's resolver. Defaults to that of kube-system.
        api_server: where pods that mount an API token reach the API server. Defaults to unknown.
        api_server_port: behind its Service. Defaults to 6443.
        managed_by: what makes the objects, the label `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        labels: further labels of every object, such as a team. Defaults to none.

    Raises:
        ConfigurationError: if an argument is malformed; what only the whole product shows is refused by `App.synth`,
            before anything is written.

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
            priority_class=None if priority is None else namespace,
            dns=dns,
            api_server=api_server,
            api_server_port=api_server_port,
            managed_by=managed_by,
            further_labels=labels or {},
        )
        self._images = dict(images or {})
        self._store = secrets
        self._workloads: list[Workload] = []
        self._renewals: list[str] = []
        self._front: Front | None = None
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
        """The workloads that `service` made and `add` took up; the gateway is not among them."""
        return tuple(self._workloads)

    @property
    def kong(self) -> KongGateway:
        """The gateway.

        Raises:
            ConfigurationError: if the product has none.
        """
        return self._needed_front.kong

    @property
    def smoke_test(self) -> SmokeTest | None:
        """The test after each sync, if there is one."""
        return None if self._front is None else self._front.smoke_test

    @property
    def alerts(self) -> PrometheusRules:
        """The alerts.

        Raises:
            ConfigurationError: if nothing watches the product.
        """
        return self._needed_monitoring.alerts

    @property
    def dashboard(self) -> GrafanaDashboard | None:
        """The dashboard, if there is one.

        Raises:
            ConfigurationError: if nothing watches the product.
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
        mounts: Sequence[Mount] = (),
        startup_seconds: int = 30,
        shutdown_seconds: int | None = None,
        component: str = "service",
        pod: Pod = Pod(),
        rollout: Rollout = Rollout(),
    ) -> Microservice:
        """Add a service: a `Microservice` with a Service, and a headless one through which a gateway knows its pods.

        Args:
            name: of its objects.
            resources: what its container requests, and its limits.
            port: that it listens on, with HTTP. Defaults to none: a worker that is not called.
            health: a path that answers 200 when the program can serve, for its probes and the gateway's. Defaults to
                none: it is ready when it accepts connections.
            metrics: the path of its Prometheus metrics on that port. Defaults to none.
            scaling: how many pods. Defaults to 2 to 6.
            image: what runs. Defaults to that of `name` among the product's images.
            env: variables, in order. Defaults to none.
            env_from: whole ConfigMaps and Secrets as variables. Defaults to none.
            config: variables from a ConfigMap `<name>-config`. Defaults to none.
            command: overrides the image's entrypoint.
            args: overrides the image's command.
            mounts: volumes. Defaults to none but a writable /tmp.
            startup_seconds: how long a usual start takes. Defaults to 30.
            shutdown_seconds: how long the program takes to end after SIGTERM. Defaults to what fits in 30 seconds.
            component: its role in the product. Defaults to service.
            pod: what surrounds the container.
            rollout: how pods are replaced. Defaults to one more and none less than wanted.

        Raises:
            ConfigurationError: if an argument is wrong, or there is no image for it.
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
        """Take up a workload that was made by hand with `platform=product.platform`, so that it is watched.

        Raises:
            ConfigurationError: if it is in another namespace, or has been taken up already.
        """
        if workload.namespace != self.namespace:
            raise ConfigurationError(
                f"workload {workload.name!r} must be in namespace {self.namespace!r}, got one in "
                f"{workload.namespace!r}; make it in the product: {type(workload).__name__}(product, …)"
            )
        if workload in self._workloads:
            raise ConfigurationError(f"workload {workload.name!r} must be added once; remove the second add")
        self._workloads.append(workload)
        if self._monitoring is not None:
            self._monitoring.watch(workload)

    @checked
    def secret(self, name: str, *, keys: Sequence[str] = ()) -> SecretRef:
        """Refer to a secret of the store, or to one of that name that the cluster has from elsewhere.

        The rules refuse to write a product that uses a secret which is neither in the store nor in `provided`.

        Args:
            name: of the Secret.
            keys: that it has, where it is not in the store. Defaults to unknown.
        """
        sealed = self.secrets.get(name)
        return SecretRef(name=name, keys=tuple(keys) or None) if sealed is None else sealed.ref

    @checked
    def ecr_pull_secret(
        self, name: str, *, registries: Sequence[str], credentials: AwsKeys | AwsRole, addresses: Cidrs = INTERNET
    ) -> EcrPullSecret:
        """Add the Secret with which nodes pull images from Amazon ECR, renewed every six hours, with an alert.

        Args:
            name: of the Secret, which `pull_secrets` of the product names.
            registries: their hosts, all in one region.
            credentials: `AwsKeys` in a Secret, or an `AwsRole` that the ServiceAccounts take on.
            addresses: of the endpoints of ECR and STS. Defaults to the internet without the private ranges.

        Raises:
            ConfigurationError: if no pod uses it, or the product does not say where the API server is.
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
        tls: str | TlsAtGateway | TlsInFront = TlsInFront(),
        issuer: JwtIssuer | None = None,
        audiences: Sequence[str] = (),
        callers: Sequence[str] = (),
        credentials: str = "gateway-consumers",
        protected: Sequence[str] = PROTECTED,
        health: str | None = None,
        log: LogEndpoint | None = None,
        largest_body: int = 1024 * 1024,
        security_headers: SecurityHeaders = SecurityHeaders(),
        plugins: Sequence[Plugin] = (),
        egress: Sequence[Egress] = (),
        proxy: KubeService = PROXY,
        runtime: Runtime = Runtime(),
        scaling: Autoscaler = TWO_TO_SIX,
        smoke_test: ContainerImage | None = CURL,
    ) -> KongGateway:
        """Add Kong in front of the product, which serves what `route` names, and a smoke test after each sync.

        The arguments are the fields of `FrontSettings`.

        Raises:
            ConfigurationError: if the product has a gateway, or an argument is wrong.
        """
        settings = FrontSettings(
            host=host,
            tls=tls,
            issuer=issuer,
            audiences=tuple(audiences),
            callers=tuple(callers),
            credentials=credentials,
            protected=tuple(protected),
            health=health,
            log=log,
            largest_body=largest_body,
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
        self._front = Front(self, settings=settings, platform=self.platform, secret=self.secrets.get)
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
        answered: str | None = None,
        other_paths: Sequence[str] = (),
        exact: bool = False,
        port: str | None = None,
        name: str | None = None,
        plugins: Sequence[Plugin] = (),
        options: RouteOptions = RouteOptions(),
        connection: Connection | None = None,
    ) -> Route:
        """Send requests for a path, and everything below it, to the pods of a service.

        Exactly one of `auth`, `callers` and `public` says who may use it.

        Args:
            path: begins with a slash; a segment matches whole. The pods are asked for what follows it.
            to: the service, with a headless Service as `service` makes it.
            auth: "people": a token of the gateway's issuer is required, 401 without one.
            callers: programs, of the gateway's `callers`, whose API key in the header x-api-key is required.
            public: any client, without authentication.
            methods: that are answered; OPTIONS joins them for preflights. Defaults to all.
            limit_per_minute: of one client on this route, in each pod of the gateway; one of `callers` is told by its
                key, any other by its address. Defaults to none.
            body: what requests must send, as JSON Schemas. Defaults to whatever fits in `largest_body`.
            uri: what the pods are asked for, in place of what follows the path. Defaults to none.
            answered: a path below `path` that the service answers a GET of, for the smoke test. Defaults to `path`
                itself, where a credential is required or the pods are asked for the path of their readiness probe.
            other_paths: as deep as `path`, that lead to the same. Defaults to none.
            exact: the path alone, and nothing below it.
            port: the name of the service's port. Defaults to its first one.
            name: of the route, in metrics and logs. Defaults to the service's and the path's.
            plugins: further ones for this route. Defaults to none.
            options: what a route seldom says.
            connection: how Kong connects to the service, for all routes to it.

        Raises:
            ConfigurationError: if the product has no gateway, or an argument is wrong. What only all routes together
                show is refused when the chart is written.
        """
        return self._needed_front.route(
            path,
            to=to,
            admission=Admission(auth=auth, callers=tuple(callers), public=public),
            methods=methods,
            limit_per_minute=limit_per_minute,
            body=body,
            uri=uri,
            answered=answered,
            other_paths=other_paths,
            exact=exact,
            port=port,
            name=name,
            plugins=plugins,
            options=options,
            connection=connection,
        )

    @checked
    def monitoring(
        self,
        *,
        runbooks: str,
        availability: float | None = None,
        objective: Objective = Objective(),
        thresholds: Thresholds = Thresholds(),
        metrics: Mapping[str, ProgramMetrics] | None = None,
        further_alerts: Sequence[AlertGroup] = (),
        scrape: Scrape = Scrape(),
        selected_by: Mapping[str, str] | None = None,
        alert_labels: Mapping[str, str] | None = None,
        dashboard: Sidecar | None = Sidecar(),
        database_connections: int | None = None,
    ) -> None:
        """Watch the product: a PodMonitor for each workload with metrics, a PrometheusRule, and a Grafana dashboard.

        The arguments are the fields of `MonitoringSettings`; `availability` is that of the objective, in percent.

        Raises:
            ConfigurationError: if it is watched already, an argument is wrong, or the product names no scraper.
        """
        if self._monitoring is not None:
            raise ConfigurationError(
                f"product {self.name!r} must be watched once; remove the second call of monitoring"
            )
        if self.platform.scraper is None:
            raise ConfigurationError(
                f"scraper of product {self.name!r} must say which pods read metrics, because each policy names them: "
                "Product(…, scraper=Pods(namespace='monitoring'))"
            )
        settings = MonitoringSettings(
            runbooks=runbooks,
            objective=objective if availability is None else replace(objective, availability=availability),
            thresholds=thresholds,
            metrics=metrics or {},
            further_alerts=tuple(further_alerts),
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
        repository: str,
        path: str = "dist",
        revision: str = "main",
        syncers: Sequence[str] = (),
        windows: Sequence[SyncWindow] = (),
        namespace: str = "argocd",
        retry: Retry = Retry(),
        notifications: Notifications = Notifications(),
    ) -> DeliveryChart:
        """Add the AppProject and the Application of the product, in the folder argocd below the app's output.

        Args:
            repository: of Git, to which the manifests are committed.
            path: of the folder in it. Defaults to dist.
            revision: branch, tag or commit. Defaults to main.
            syncers: groups that may sync and roll back. Defaults to none: those of Argo CD's own policy.
            windows: when a sync is allowed. Defaults to always.
            namespace: where Argo CD is. Defaults to argocd.
            retry: of a sync that failed.
            notifications: Defaults to none.

        Raises:
            ConfigurationError: if the product is in no `kubestock.App`, or this was called before.
        """
        return self.ship(
            DeliverySettings(
                source=Source(repository=repository, path=path, revision=revision),
                namespace=namespace,
                windows=tuple(windows),
                syncers=tuple(syncers),
                retry=retry,
                notifications=notifications,
            )
        )

    @checked
    def ship(self, settings: DeliverySettings) -> DeliveryChart:
        """Do what `argo_cd` does, from settings.

        Raises:
            ConfigurationError: if the product is in no `kubestock.App`, or is shipped already.
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
        """Add what follows from all that is declared; `App.synth` calls it."""
        if self._front is not None:
            self._front.close()

    @property
    def _needed_front(self) -> Front:
        if self._front is None:
            raise ConfigurationError(f"product {self.name!r} has no gateway; call gateway(host=…) first")
        return self._front

    @property
    def _needed_monitoring(self) -> Monitoring:
        if self._monitoring is None:
            raise ConfigurationError(f"product {self.name!r} is not watched; call monitoring(runbooks=…) first")
        return self._monitoring

    def _image(self, name: str) -> ContainerImage:
        if name not in self._images:
            known = ", ".join(sorted(self._images)) or "none"
            raise ConfigurationError(
                f"images of product {self.name!r} must have one for {name!r}, got {known}; add a line '{name}: <tag>' "
                "to the image file, or give service(…, image=ContainerImage('…', '…'))"
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

"""Kong in the cluster: its pods, and the one file that they read."""

from collections.abc import Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.backends import (
    Connection,
    Egress,
    RoutedBackend,
    RouteOptions,
    TemplatedSecret,
    refuse_unreachable,
    route_name,
)
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import GatewayConfig
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.declared import DeclaredRoute, DeclaredRoutes
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.logs import FileLog
from kubestock.gateway.kong.plugins.observability import Prometheus
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.pods import kong_container, kong_pod, mounted, refuse_one_address
from kubestock.gateway.kong.runtime import CONFIG_FILE, Runtime
from kubestock.gateway.kong.tls import TlsAtGateway, TlsInFront
from kubestock.kube.bindings import k8s
from kubestock.kube.callers import caller
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.peers import Cidrs, Peer
from kubestock.kube.rendering import rendered
from kubestock.kube.tree import required_namespace
from kubestock.values.references import ConfigMapRef, SecretRef, checksum
from kubestock.values.value import checked
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.microservice import Microservice
from kubestock.workload.platform import Platform
from kubestock.workload.pod import PodTemplate
from kubestock.workload.service import Service as KubeService

ANYWHERE = Cidrs(ranges=("0.0.0.0/0", "::/0"))
_FEWEST = 2
PROXY = KubeService(type="LoadBalancer", external_traffic_policy="Local")
GLOBAL_PLUGINS: tuple[Plugin, ...] = (SecurityHeaders().to_plugin(), Prometheus(), FileLog(path="/dev/stdout"))


class KongGateway(Microservice):
    """Kong without a database and without an admin API, which serves what `route` names.

    There appear a Deployment with its autoscaler, disruption budget, ServiceAccount and NetworkPolicy, a
    Service for the proxy and one for the status port, and the configuration: a ConfigMap `<name>-config`, or a
    key of the Secret `credentials`. The policy lets clients in to the proxy ports and the scraper to the
    status port; out it opens the services that have a route, name resolution and `egress`.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        hosts: full names that routes answer for, unless they name others.
        platform: what the product's workloads share.
        tls: where TLS ends.
        name: of the objects. Defaults to kong.
        proxy: type, source ranges and annotations of the proxy Service. Defaults to `PROXY`: a LoadBalancer that
            keeps the client's address.
        clients: who may reach the proxy ports, for the network policy. Defaults to everybody.
        runtime: Kong's program.
        consumers: who is known by a credential.
        plugins: for every request. Defaults to `GLOBAL_PLUGINS`: security headers, metrics, and a log to standard
            output. Whatever is given takes their place: `(*GLOBAL_PLUGINS, Cors(…))` adds to them.
        credentials: the sealed Secret that holds the consumers' keys, and becomes the configuration.
        egress: where Kong itself connects to. Defaults to nowhere.
        protected: prefixes, such as /api, below which every route asks who calls or says `public`.
        scaling: Defaults to 2 to 6 pods.

    Raises:
        ConfigurationError: if anything of it could not work, or would fail open.
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        hosts: Sequence[str],
        platform: Platform,
        tls: TlsAtGateway | TlsInFront,
        name: str = "kong",
        proxy: KubeService = PROXY,
        clients: Peer = ANYWHERE,
        runtime: Runtime = Runtime(),
        consumers: Sequence[Consumer] = (),
        plugins: Sequence[Plugin] = GLOBAL_PLUGINS,
        credentials: TemplatedSecret | None = None,
        egress: Sequence[Egress] = (),
        protected: Sequence[str] = (),
        scaling: Autoscaler = Autoscaler(minimum=2, maximum=6),
    ) -> None:
        runtime.refuse_unbelievable(tls)
        refuse_one_address(proxy, runtime)
        if not hosts:
            raise ConfigurationError("hosts must name at least one host that the gateway answers for")
        http.hosts(hosts)
        if scaling.fewest < _FEWEST:
            raise ConfigurationError(f"scaling of {name!r} must keep at least {_FEWEST} pods, got {scaling.fewest}")
        required_namespace(scope, f"KongGateway {name!r}")
        self._hosts, self._consumers, self._plugins = tuple(hosts), tuple(consumers), tuple(plugins)
        self._credentials, self._egress, self._protected = credentials, tuple(egress), tuple(protected)
        self._declared = DeclaredRoutes()
        self._secret = None if credentials is None else credentials.ref.name

        _ = self.config
        container = kong_container(runtime, tls, self._mounted(name))
        offered = tuple(port.name for port in container.ports if port.name != "status")
        super().__init__(
            scope,
            id,
            name=name,
            platform=platform,
            component="gateway",
            container=container,
            pod=kong_pod(runtime.image),
            services=[replace(proxy, ports=offered), KubeService(name=f"{name}-status", ports=("status",))],
            scaling=scaling,
        )
        self.config_object: KubeObject | None = None
        if credentials is None:
            metadata = meta(f"{name}-config", self.labels.metadata)
            head = k8s.KubeConfigMap.manifest(metadata=metadata)
            self.config_object = KubeObject(self, "Config", manifest=head, body=lambda: {"data": self._file()})
        else:
            credentials.render(CONFIG_FILE, self._template)
        for port in offered:
            self.traffic.let_in(clients, self.port(port).number)
        for way in self._egress:
            self.traffic.let_out(way.peer, way.port, way.protocol)

    @checked
    def route(
        self,
        path: str,
        *,
        to: RoutedBackend,
        other_paths: Sequence[str] = (),
        exact: bool = False,
        port: str | None = None,
        name: str | None = None,
        hosts: Sequence[str] | None = None,
        methods: Sequence[str] | None = None,
        plugins: Sequence[Plugin] = (),
        options: RouteOptions = RouteOptions(),
        connection: Connection | None = None,
        public: bool = False,
    ) -> Route:
        """Send requests for a path, and everything below it, to the pods of a workload.

        Both network policies are opened on that port. Where CORS applies, OPTIONS joins `methods`.

        Args:
            path: begins with a slash; a segment matches whole.
            to: the workload; it has a headless Service, through which Kong knows its pods.
            other_paths: as deep as `path`, that lead to the same.
            exact: the path alone, and nothing below it.
            port: the name of the workload's port. Defaults to its first one.
            name: of the route, in metrics and logs. Defaults to the workload's and the path's.
            hosts: Defaults to the gateway's.
            methods: Defaults to all.
            plugins: for this route; they take the place of wider ones of the same name.
            options: what a route seldom says.
            connection: how Kong connects to the workload, for all routes to it. Defaults to `Connection()`.
            public: it allows anonymous access, below a protected prefix or to protected pods.

        Raises:
            ConfigurationError: if an argument is wrong, or the workload has no such port or no headless Service.
                Nothing has changed then. What only all routes together show is refused when the chart is written:
                that Kong could not tell the route from another one, or that it would fail open.
        """
        number, port = to.port(port).number, to.port(port).name
        route = Route(
            name=name or route_name(to.name, path, self._declared.names),
            path=path,
            other_paths=other_paths,
            exact=exact,
            hosts=tuple(hosts or self._hosts),
            methods=methods,
            plugins=plugins,
            public=public,
            **options.fields,
        )
        _ = to.headless_host
        self._declared.add(DeclaredRoute(route=route, backend=to, port=port, connection=connection, place=caller()))
        to.allow_from(self.pods, port=port)
        self.traffic.let_out(to.pods, number)
        return route

    @property
    def config(self) -> GatewayConfig:
        """Everything that Kong serves, with the routes that are declared by now.

        Raises:
            ConfigurationError: if Kong could not tell two routes apart, or something would fail open; it names the
                routes and the lines that declare them.
        """
        return rendered((self, "config"), self._configured)

    def _configured(self) -> GatewayConfig:
        with self._declared.named_in_errors():
            services = self._declared.services(self._plugins)
            config = GatewayConfig(
                services=services, consumers=self._consumers, plugins=self._plugins, protected_prefixes=self._protected
            )
            refuse_unreachable(config.every_plugin, self._egress)
            self._refuse_foreign_keys(config)
        return config

    def _refuse_foreign_keys(self, config: GatewayConfig) -> None:
        keys = config.secret_keys
        if self._secret is None and keys:
            raise ConfigurationError(
                f"credentials must be given: the configuration needs the sealed keys "
                f"{', '.join(sorted({each.key for each in keys}))}; pass the SealedSecret that holds them"
            )
        for each in keys:
            if each.source.name != self._secret:
                raise ConfigurationError(
                    f"key {each.key!r} must be of Secret {self._secret!r}, which becomes the "
                    f"configuration, got one of {each.source.name!r}; seal it there"
                )

    def _template(self) -> str:
        return self.config.template()

    def _file(self) -> dict[str, str]:
        return {CONFIG_FILE: rendered((self, "file"), self.config.render)}

    def _mounted(self, name: str) -> ConfigMapRef | SecretRef:
        """Return what holds the file, without a checksum of what is in it."""
        if self._secret is None:
            return ConfigMapRef(name=f"{name}-config", keys=(CONFIG_FILE,))
        return SecretRef(name=self._secret, keys=(CONFIG_FILE,))

    def _final_template(self) -> PodTemplate:
        source: ConfigMapRef | SecretRef = self._mounted(self.name)
        if self._credentials is None:
            source = replace(source, checksum=checksum(self._file()))
        else:
            source = self._credentials.ref
        return replace(self.template, main=mounted(self.template.main, source))

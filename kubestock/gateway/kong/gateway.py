"""Kong in the cluster: its pods, and the one file that they read."""

from collections.abc import Sequence
from dataclasses import replace

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.analysis.finding import KongFinding, require_no_findings
from kubestock.gateway.kong.backends import (
    Egress,
    RoutedBackend,
    RouteOptions,
    ServiceOptions,
    TemplatedSecret,
    route_name,
)
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.declared import DeclaredRoute
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.logs import FileLog
from kubestock.gateway.kong.plugins.observability import Prometheus
from kubestock.gateway.kong.plugins.security_headers import SecurityHeaders
from kubestock.gateway.kong.pods import SECURE, STATUS, KongPods, check_client_ip_preserved, kong_container, kong_pod
from kubestock.gateway.kong.runtime import CONFIG_FILE, Runtime
from kubestock.gateway.kong.source import Source
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.kube.bindings import k8s
from kubestock.kube.callers import caller
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.peers import IpBlocks, Peer, Pods
from kubestock.kube.tree import Group, chart_of, required_namespace
from kubestock.kube.written import Written
from kubestock.values.value import checked
from kubestock.workload.autoscaling import Autoscaler
from kubestock.workload.platform import Platform
from kubestock.workload.ports import Port
from kubestock.workload.service import Service

ANYWHERE = IpBlocks(ranges=("0.0.0.0/0", "::/0"))
_FEWEST = 2
PROXY = Service(type="LoadBalancer", external_traffic_policy="Local")
GLOBAL_PLUGINS: tuple[Plugin, ...] = (SecurityHeaders().to_plugin(), Prometheus(), FileLog(path="/dev/stdout"))


class KongGateway(Group):
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
        proxy: the Service that clients reach. Defaults to `PROXY`: a LoadBalancer that keeps the client's address.
        clients: who may reach the proxy ports, for the network policy. Defaults to any client.
        runtime: Kong's program.
        consumers: who is known by a credential.
        plugins: for every request. Defaults to `GLOBAL_PLUGINS`: security headers, metrics, and a log to standard
            output. Whatever is given takes their place: `(*GLOBAL_PLUGINS, Cors(…))` adds to them.
        credentials: the sealed Secret that holds the consumers' keys, and becomes the configuration.
        egress: where Kong itself connects to. Defaults to nowhere.
        protected: prefixes, such as /api, below which every route requires authentication or says `public`.
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
        tls: TlsAtGateway | TlsAtLoadBalancer,
        name: str = "kong",
        proxy: Service = PROXY,
        clients: Peer = ANYWHERE,
        runtime: Runtime = Runtime(),
        consumers: Sequence[Consumer] = (),
        plugins: Sequence[Plugin] = GLOBAL_PLUGINS,
        credentials: TemplatedSecret | None = None,
        egress: Sequence[Egress] = (),
        protected: Sequence[str] = (),
        scaling: Autoscaler = Autoscaler(min_replicas=2, max_replicas=6),
    ) -> None:
        runtime.check_forwarded_headers(tls)
        check_client_ip_preserved(proxy, runtime)
        if not hosts:
            raise ConfigurationError("hosts must name at least one host that the gateway answers for")
        http.check_hosts(hosts)
        if scaling.fewest < _FEWEST:
            raise ConfigurationError(f"scaling of {name!r} must keep at least {_FEWEST} pods, got {scaling.fewest}")
        self.name, self.namespace = name, required_namespace(scope, f"KongGateway {name!r}")
        self.hosts, self._proxy_protocol = tuple(hosts), runtime.proxy_protocol
        self._source = Source(
            name=name,
            checked_by_chart=isinstance(chart_of(scope), Written),
            consumers=tuple(consumers),
            plugins=tuple(plugins),
            protected=tuple(protected),
            egress=tuple(egress),
            loaded=runtime.plugins,
            credentials=credentials,
        )
        require_no_findings(self.findings())
        super().__init__(scope, id)
        container = kong_container(runtime, tls, self._source.mounted(), proxy)
        offered = tuple(port.name for port in container.ports if port.name != STATUS)
        self.workload = KongPods(
            self,
            name=name,
            platform=platform,
            container=container,
            pod=kong_pod(runtime.image, proxy),
            services=[replace(proxy, ports=offered), Service(name=f"{name}-status", ports=(STATUS,))],
            scaling=scaling,
            source=self._source.ref,
        )
        self.config_object: KubeObject | None = None
        if credentials is None:
            metadata = meta(f"{name}-config", self.workload.labels.metadata)
            head = k8s.KubeConfigMap.manifest(metadata=metadata)
            self.config_object = KubeObject(self, "Config", manifest=head, body=lambda: {"data": self._source.data()})
        else:
            credentials.render(CONFIG_FILE, self._source.template)
        for port in offered:
            self.workload.traffic.let_in(clients, self.workload.port(port).number)
        for way in egress:
            self.workload.traffic.let_out(way.peer, way.port, way.protocol)

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
        service_options: ServiceOptions | None = None,
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
            plugins: for this route; they override broader ones of the same name.
            options: what a route seldom says.
            service_options: how Kong connects to the workload, for all routes to it. Defaults to `ServiceOptions()`.
            public: it allows anonymous access, below a protected prefix or to protected pods.

        Raises:
            ConfigurationError: if an argument is wrong, or the workload has no such port or no headless Service.
                Nothing has changed then. What only all routes together show is refused when the chart is written.
        """
        number, port = to.port(port).number, to.port(port).name
        route = Route(
            name=name or route_name(to.name, path, self._source.declared.names),
            path=path,
            other_paths=other_paths,
            exact=exact,
            hosts=tuple(hosts or self.hosts),
            methods=methods,
            plugins=plugins,
            public=public,
            **options.fields,
        )
        _ = to.headless_host
        self._source.declared.add(
            DeclaredRoute(route=route, backend=to, port=port, service_options=service_options, place=caller())
        )
        to.allow_from(self.pods, port=port)
        self.workload.traffic.let_out(to.pods, number)
        return route

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes that are declared by now."""
        return self.config.routes

    @property
    def pods(self) -> Pods:
        """Kong's pods as the other end of a connection."""
        return self.workload.pods

    @property
    def secure_port(self) -> Port | None:
        """The port at which TLS ends; None where it ends in front of Kong."""
        return next((each for each in self.workload.template.ports() if each.name == SECURE), None)

    @property
    def proxy_protocol(self) -> bool:
        """Whether the proxy ports expect the PROXY protocol."""
        return self._proxy_protocol

    @property
    def status_port(self) -> Port:
        """The port with Kong's metrics and health."""
        return self.workload.port(STATUS)

    @property
    def config(self) -> Configuration:
        """Everything that Kong serves, with the routes that are declared by now."""
        return self._source.config

    def findings(self) -> list[KongFinding]:
        """Return everything that would not work, or would let requests pass that must not."""
        return self._source.findings()

    def problems(self) -> list[str]:
        """Return one line for each finding; the chart refuses to be written with it."""
        return [f"KongGateway {self.name!r}: {each}" for each in self.findings()]

"""`KongGateway`: the pods of Kong in the cluster, and the one configuration file that they read."""

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
_MIN_PODS = 2
PROXY = Service(type="LoadBalancer", external_traffic_policy="Local")
GLOBAL_PLUGINS: tuple[Plugin, ...] = (SecurityHeaders().to_plugin(), Prometheus(), FileLog(path="/dev/stdout"))


class KongGateway(Group):
    """Runs Kong as the entry point of a product, and serves the routes that `route` declares.

    Kong runs without a database and without an admin API. The chart gets a Deployment with its autoscaler, disruption
    budget, ServiceAccount and NetworkPolicy, a Service for the proxy, a Service for the status port, and the
    configuration: a ConfigMap `<name>-config`, or a key of the Secret `credentials`. The NetworkPolicy allows clients
    to connect to the proxy ports and the scraper to the status port. It allows Kong to connect to the services that
    have a route, to DNS, and to `egress`.

    Args:
        scope: a chart, or a construct in a chart, that has a namespace.
        id: the id of the construct.
        hosts: the full host names of the routes, unless a route names its own.
        platform: the settings that the workloads of the product share.
        tls: where TLS is terminated.
        name: the name of the objects. Defaults to kong.
        proxy: the Service that clients connect to. Defaults to `PROXY`: a LoadBalancer that preserves the client's
            address.
        clients: the peers that may connect to the proxy ports, for the network policy. Defaults to any client.
        runtime: the image and the settings of Kong.
        consumers: the clients that Kong identifies by a credential. Defaults to none.
        plugins: the plugins for every request. Defaults to `GLOBAL_PLUGINS`: security headers, metrics, and a log to
            standard output. A given value replaces the default; `(*GLOBAL_PLUGINS, Cors(…))` adds to it.
        credentials: the sealed Secret with the keys of the consumers; the configuration becomes a key of it. Defaults
            to none: the configuration is a ConfigMap.
        egress: hosts that Kong itself connects to. Defaults to none.
        protected: path prefixes, such as /api, below which every route must require authentication or set
            `public=True`. Defaults to none.
        scaling: Defaults to 2 to 6 pods.

    Raises:
        ConfigurationError: if the configuration would not work, or would allow requests that must be denied.

    See https://developer.konghq.com/gateway/db-less-mode/
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
            raise ConfigurationError("hosts must contain at least one host name, got none")
        http.check_hosts(hosts)
        if scaling.fewest < _MIN_PODS:
            raise ConfigurationError(f"scaling of {name!r} must have at least {_MIN_PODS} pods, got {scaling.fewest}")
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
            self.workload.traffic.admit(clients, self.workload.port(port).number)
        for each in egress:
            self.workload.traffic.permit_egress(each.peer, each.port, each.protocol)

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
        """Route requests for a path, and for all paths below it, to the pods of a workload.

        Kong's file gets the route. The network policies of Kong and of the workload allow connections to that port. If
        a Cors plugin acts on the route, OPTIONS is added to `methods`.

        Args:
            path: the path, which begins with a slash. Only whole segments match. Kong removes it: the pods receive the
                rest of the path, unless `options` has `strip_path=False`.
            to: the workload. It must have a headless Service, through which Kong finds each pod.
            other_paths: more paths of the same route, with as many segments as `path`. Defaults to none.
            exact: match only the path itself, and no path below it. Defaults to False.
            port: the name of the workload's port. Defaults to its first port.
            name: the name of the route in metrics and logs. Defaults to a name made from the workload and the path.
            hosts: the host names of the route. Defaults to the hosts of the gateway.
            methods: the allowed methods. Defaults to all methods.
            plugins: the plugins for this route; they override plugins of the same name on the service or on all
                requests. Defaults to none.
            options: less common settings.
            service_options: how Kong connects to the workload, for all routes to this port. Defaults to
                `ServiceOptions()`.
            public: state that the route allows anonymous access on purpose. Required below a protected prefix, and for
                pods that another route protects. Defaults to False.

        Raises:
            ConfigurationError: if an argument is invalid, or the workload has no such port or no headless Service. The
                gateway is then unchanged. Problems across routes are reported when the chart is written.
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
        self.workload.traffic.permit_egress(to.pods, number)
        return route

    @property
    def routes(self) -> tuple[Route, ...]:
        """The routes that have been declared so far."""
        return self.config.routes

    @property
    def pods(self) -> Pods:
        """Kong's pods, for use as a peer in network policies."""
        return self.workload.pods

    @property
    def secure_port(self) -> Port | None:
        """The port that terminates TLS. None if TLS is terminated in front of Kong."""
        return next((each for each in self.workload.template.ports() if each.name == SECURE), None)

    @property
    def proxy_protocol(self) -> bool:
        """Whether the proxy ports expect the PROXY protocol."""
        return self._proxy_protocol

    @property
    def status_port(self) -> Port:
        """The port that serves Kong's metrics and health."""
        return self.workload.port(STATUS)

    @property
    def config(self) -> Configuration:
        """The complete configuration of Kong, with the routes that have been declared so far."""
        return self._source.config

    def findings(self) -> list[KongFinding]:
        """Return every problem: what does not work in Kong, and what allows requests that must be denied."""
        return self._source.findings()

    def problems(self) -> list[str]:
        """Return one line for each finding. If there is any, the chart is not written and reports them."""
        return [f"KongGateway {self.name!r}: {each}" for each in self.findings()]

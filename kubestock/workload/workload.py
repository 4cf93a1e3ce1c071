"""The base of all kinds of workloads: pod template, ServiceAccount, NetworkPolicy, Services and calls."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s, to_manifest
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.peers import Peer, Pods
from kubestock.kube.scalars import int_or_string
from kubestock.kube.tree import required_namespace
from kubestock.values import names
from kubestock.values.off import Off
from kubestock.values.references import SecretRef
from kubestock.values.value import checked
from kubestock.workload.address import Address, usual_form
from kubestock.workload.callees import ClusterService, ExternalService
from kubestock.workload.calls import Calls, wanted_variables
from kubestock.workload.configmap import ConfigMap
from kubestock.workload.container import Container
from kubestock.workload.env import EnvFrom
from kubestock.workload.lifecycle import serving_for
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.ports import Port
from kubestock.workload.relatedobjects import RelatedObjects
from kubestock.workload.selector import PodSelector
from kubestock.workload.service import Service, offered_ports
from kubestock.workload.traffic import Callee, Traffic, open_api_server, say_why


class Workload(PodSelector):
    """The base of all kinds of workloads. Use a kind: `Microservice`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`.

    It creates the ConfigMap and the ServiceAccount. A kind adds the object that owns the pods, the Services and the
    NetworkPolicy, which permits only DNS, declared calls and the scraper.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct; it does not affect the manifests.
        name: the name of the objects, at most 63 characters, starting with a letter.
        platform: the settings that all workloads of the product share.
        container: the main container.
        pod: the rest of the pod: additional containers, scheduling, security.
        component: the role of the workload in the product.
        config: environment variables, from a ConfigMap `<name>-config`. Defaults to none.
        services: Defaults to one Service with the name of the workload and all ports; without ports, to none.
        labels: additional labels for all its objects. Defaults to those of the platform.
        pod_labels: additional labels for its pods only. Defaults to those of the platform.
        selector: labels that select its pods. Defaults to the labels with its name.
        related_objects: names for the policy, the disruption budget and the autoscaler, and which are left out.

    Raises:
        ConfigurationError: if an argument is invalid, or arguments contradict each other.
    """

    _revision_label: ClassVar[str | None] = None
    """The label whose value differs between the pods of two revisions, if the kind has one."""

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        name: str,
        platform: Platform,
        container: Container,
        pod: Pod,
        component: str,
        config: Mapping[str, str] | None = None,
        services: Sequence[Service] | None = None,
        labels: Mapping[str, str] | None = None,
        pod_labels: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
        related_objects: RelatedObjects = RelatedObjects(),
    ) -> None:
        self.name = names.service_name("name", name)
        self.namespace = required_namespace(scope, f"{type(self).__name__} {name!r}")
        self.labels = platform.labels(
            name,
            component=component,
            version=container.image.version,
            extra=labels,
            extra_pod_labels=pod_labels,
            selector=selector,
        )
        self.related_objects = related_objects
        self._platform = platform
        longest = max((each.deregistration_seconds or 0 for each in services or ()), default=0)
        if longest:
            container = replace(container, lifecycle=serving_for(container.lifecycle, longest))
        template = PodTemplate(
            labels=self.labels, platform=platform, main=container, pod=pod, revision_label=self._revision_label
        )
        self._check_template(template)
        self._offered = offered_ports(name, self._services_over(services, template.ports()), template.ports())
        super().__init__(scope, id)

        self.config_map = self._add_config_map(config)
        if self.config_map is not None:
            source = EnvFrom(source=self.config_map.ref)
            template = replace(template, main=replace(container, env_from=(*container.env_from, source)))
        self.template = template
        self.traffic = Traffic(platform.dns)
        if not isinstance(related_objects.network_policy, Off):
            open_api_server(self.traffic, name, platform, pod)
        self._calls = Calls(name, self.traffic)
        self.network_policy: KubeObject | None = None
        self.services: list[KubeObject] = []
        self._allow_scraper()
        self.service_account = self._add_service_account()

    @property
    def service(self) -> KubeObject:
        """The first Service.

        Raises:
            ConfigurationError: if the workload has none.
        """
        if not self.services:
            raise ConfigurationError(f"{self.name!r} must have a Service, got none; add a port to its container")
        return self.services[0]

    @property
    def pods(self) -> Pods:
        """The pods, as a peer in a NetworkPolicy."""
        return Pods(namespace=self.namespace, labels=self.labels.selector)

    @property
    def scraper(self) -> Peer | None:
        """The peer that may read the ports with metrics, or None."""
        return self._platform.scraper

    @property
    def headless_host(self) -> str:
        """The DNS name that resolves to the addresses of the pods.

        Raises:
            ConfigurationError: if no Service of the workload is headless.
        """
        for service, _ in self._offered:
            if service.headless:
                return f"{service.name or self.name}.{self.namespace}.svc.cluster.local"
        raise ConfigurationError(
            f"{self.name!r} must have a headless Service, got none; add "
            f"Service(name='{self.name}-pods', headless=True) to services"
        )

    def port(self, name: str | None = None) -> Port:
        """Return a port of the pods by name, or the main container's first one.

        Raises:
            ConfigurationError: if there is no such port.
        """
        for port in self.template.ports():
            if name in (None, port.name):
                return port
        return self.template.main.port(name)

    def readiness_path(self, port: str | None = None) -> str | None:
        """Return the path of the readiness probe if it sends HTTP requests to that port, or None."""
        return self.template.main.readiness_path(self.port(port))

    def operating_paths(self, port: str | None = None) -> tuple[str, ...]:
        """Return the paths of a port that serve operations, not clients: those of its metrics and of HTTP probes."""
        return self.template.operating_paths(self.port(port))

    @checked
    def calls(
        self,
        callee: Callee | ClusterService | ExternalService,
        *,
        variable: str | None = None,
        variables: Mapping[str, str] | None = None,
        port: str | None = None,
        credentials: SecretRef | None = None,
    ) -> None:
        """Permit this workload to call another one, and set variables to its address.

        It permits egress from this workload and ingress to the callee, only on that port. A repeated call changes
        nothing.

        Args:
            callee: another workload, in this chart or another one, a ClusterService for something else in the cluster,
                or an ExternalService for something outside the cluster.
            variable: a variable to set to the address: `http://<service>:<port>` for an HTTP port, `<service>:<port>`
                for others. Defaults to none.
            variables: variables to set to the address in a form of your choice with `{host}` and `{port}`, such as
                `{"DB_URL": "postgres://$(DB_USER):$(DB_PASSWORD)@{host}:{port}/orders"}`. The container must have
                the variables that `$(NAME)` refers to. Defaults to none.
            port: the name of the callee's port. Defaults to its first one.
            credentials: a Secret with the credentials for the callee; each of its keys becomes a variable. Defaults to
                none.

        Raises:
            ConfigurationError: if the callee has no such port or no Service, or a variable is already set or refers to
                one that is not set.
        """
        main = self.template.main
        wanted = wanted_variables(variable, variables)
        self._calls.add(
            callee,
            pods=self.pods,
            port=port,
            wanted=wanted,
            env=main.env,
            env_from=main.env_from,
            credentials=credentials,
        )

    @checked
    def allow_from(self, peer: Peer, *, port: str | None = None) -> None:
        """Allow a peer to connect to one port, by default the first one.

        Args:
            peer: pods, such as `Pods(namespace="ingress")`, or addresses, such as `IpBlocks(ranges=("10.0.0.0/16",))`.
            port: the name of the port. Defaults to the first one.

        Raises:
            ConfigurationError: if there is no such port.
        """
        target = self.port(port)
        self.traffic.admit(peer, target.number, target.protocol)

    @checked
    def allow_from_anywhere(self, *, reason: str, port: str | None = None) -> None:
        """Allow any client to connect to one port, also from outside the cluster if a Service exposes the port there.

        Args:
            reason: why, in words; it becomes an annotation of the network policy.
            port: the name of the port. Defaults to the first one.

        Raises:
            ConfigurationError: if there is no such port, no policy, or no reason.
        """
        target = self.port(port)
        say_why(self.name, self.network_policy, "ingress", reason)
        self.traffic.let_anyone_in(target.number, target.protocol)

    @checked
    def calls_anywhere(self, *, reason: str) -> None:
        """Permit egress to any address on any port; the policies of other pods still limit their ingress.

        Args:
            reason: why, in words; it becomes an annotation of the network policy.

        Raises:
            ConfigurationError: if there is no policy, or no reason.
        """
        say_why(self.name, self.network_policy, "egress", reason)
        self.traffic.let_out_anywhere()

    def address(self, caller_namespace: str, port: str | None = None) -> Address:
        """Return the address of a port for a caller in that namespace: that of the first Service with the port."""
        target = self.port(port)
        for service, offered in self._offered:
            if any(each.name == target.name for each in offered):
                elsewhere = "" if caller_namespace == self.namespace else f".{self.namespace}"
                return Address(
                    host=f"{service.name or self.name}{elsewhere}",
                    port=target.service_port_number,
                    usual=usual_form(target.protocol, target.app_protocol),
                )
        raise ConfigurationError(
            f"port {target.name!r} of {self.name!r} must be in one of its Services, got none; add it to services"
        )

    def url(self, caller_namespace: str, port: str | None = None) -> str:
        """Return the address of a port for a caller in that namespace, in the default form of its protocol."""
        return self.address(caller_namespace, port).text()

    def _check_template(self, template: PodTemplate) -> None:
        """Check that this kind of workload can run the pods; kinds override it."""

    def _services_over(self, services: Sequence[Service] | None, _: Sequence[Port]) -> Sequence[Service] | None:
        """Return the given Services, and those that this kind of workload needs itself."""
        return services

    def _allow_scraper(self) -> None:
        for port in self.template.ports():
            if port.metrics_path is not None and self._platform.scraper is not None:
                self.traffic.admit(self._platform.scraper, port.number, port.protocol)

    def _final_template(self) -> PodTemplate:
        """Return the pod template as it is when the chart is written."""
        return self.template

    def _pods(self) -> dict[str, Any]:
        """Return the manifest of the pod template, with the variables of the calls."""
        template = self._final_template()
        if credentials := self._calls.credentials:
            main = replace(template.main, env_from=(*template.main.env_from, *credentials))
            template = replace(template, main=main)
        found: dict[str, Any] = to_manifest(template.to_kube(self._calls.variables))
        return found

    def _object_annotations(self) -> dict[str, str]:
        """Return the annotations of the object that owns the pods."""
        return {**self.template.object_annotations(), **self.related_objects.relaxations}

    def _selector(self) -> k8s.LabelSelector:
        return k8s.LabelSelector(match_labels=self.labels.selector)

    def _add_config_map(self, config: Mapping[str, str] | None) -> ConfigMap | None:
        if not config:
            return None
        return ConfigMap(self, "Config", name=f"{self.name}-config", data=config, labels=self.labels)

    def _add_service_account(self) -> KubeObject | None:
        if self.template.pod.service_account is not None:
            return None
        return KubeObject(self, "ServiceAccount", manifest=self.template.service_account())

    def _add_services(self) -> list[KubeObject]:
        return [self._add_service(service, offered) for service, offered in self._offered]

    def _add_service(self, service: Service, offered: Sequence[Port]) -> KubeObject:
        name = service.name or self.name
        metadata = meta(name, self.labels.metadata, service.annotations)
        spec = service.to_kube(self.labels.selector, offered)
        return KubeObject(self, f"Service-{name}", manifest=k8s.KubeService.manifest(metadata=metadata, spec=spec))

    def _add_disruption_budget(self, pdb_max_unavailable: int | str) -> KubeObject | None:
        name = self.related_objects.disruption_budget
        if isinstance(name, Off):
            return None
        spec = k8s.PodDisruptionBudgetSpec(
            max_unavailable=int_or_string(pdb_max_unavailable),
            selector=self._selector(),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        )
        metadata = meta(name or self.name, self.labels.metadata)
        manifest = k8s.KubePodDisruptionBudget.manifest(metadata=metadata, spec=spec)
        return KubeObject(self, "PodDisruptionBudget", manifest=manifest)

    def _add_network_policy(self) -> KubeObject | None:
        name = self.related_objects.network_policy
        if isinstance(name, Off):
            return None
        head = k8s.KubeNetworkPolicy.manifest(metadata=meta(name or self.name, self.labels.metadata))
        body = lambda: {"spec": self.traffic.policy(self.labels.selector)}  # noqa: E731
        return KubeObject(self, "NetworkPolicy", manifest=head, body=body)

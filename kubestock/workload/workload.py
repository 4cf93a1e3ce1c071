"""What every kind of workload has: a pod template, an account, a policy, and those that it calls and that call it."""

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
from kubestock.workload.derived import Derived
from kubestock.workload.env import EnvFrom
from kubestock.workload.lifecycle import serving_for
from kubestock.workload.platform import Platform
from kubestock.workload.pod import Pod, PodTemplate
from kubestock.workload.ports import Port
from kubestock.workload.selector import PodSelector
from kubestock.workload.service import Service, offered_ports
from kubestock.workload.traffic import Callee, Traffic, open_api_server, say_why


class Workload(PodSelector):
    """The base of all kinds of workloads. Use a kind: `Microservice`, `StatefulSet`, `DaemonSet`, `Job`, `CronJob`.

    It makes the ConfigMap and the ServiceAccount. A kind adds the object that owns the pods, and the Services and the
    NetworkPolicy, which denies everything but name resolution, declared calls and the scraper.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct; no object depends on it.
        name: of the objects: 63 characters at most, a letter first.
        platform: what the product's workloads share.
        container: the program.
        pod: what surrounds it.
        component: the workload's role.
        config: variables from a ConfigMap `<name>-config`. Defaults to none.
        services: Defaults to one of the workload's own name over all ports; a workload without ports has none.
        labels: further labels of all objects, the pods among them. Defaults to none.
        pod_labels: further labels of the pods alone. Defaults to none.
        selector: selects the pods in place of the usual labels. Defaults to those.
        derived: the names of the policy and of the other objects beside it, and which are left out.

    Raises:
        ConfigurationError: if anything of it could not work.
    """

    _revision_label: ClassVar[str | None] = None
    """The label by which the pods of one revision are told from those of another, where the kind has one."""

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
        derived: Derived = Derived(),
    ) -> None:
        self.name = names.service_name("name", name)
        self.namespace = required_namespace(scope, f"{type(self).__name__} {name!r}")
        self.labels = platform.labels(
            name,
            component=component,
            version=container.image.version,
            further=labels,
            further_of_pods=pod_labels,
            selector=selector,
        )
        self.derived = derived
        self._platform = platform
        longest = max((each.withdrawal_seconds or 0 for each in services or ()), default=0)
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
        if not isinstance(derived.network_policy, Off):
            open_api_server(self.traffic, name, platform, pod)
        self._calls = Calls(name, self.traffic)
        self.network_policy: KubeObject | None = None
        self.services: list[KubeObject] = []
        self._let_scraper_in()
        self.service_account = self._add_service_account()

    @property
    def service(self) -> KubeObject:
        """The first Service.

        Raises:
            ConfigurationError: if the workload has none.
        """
        if not self.services:
            raise ConfigurationError(f"{self.name!r} has no Service; give its container a port")
        return self.services[0]

    @property
    def pods(self) -> Pods:
        """The pods as the other end of a connection."""
        return Pods(namespace=self.namespace, labels=self.labels.selector)

    @property
    def scraper(self) -> Peer | None:
        """Who may reach the ports with metrics, or None if nobody may."""
        return self._platform.scraper

    @property
    def headless_host(self) -> str:
        """The name that resolves to the pods themselves.

        Raises:
            ConfigurationError: if no Service of the workload is headless.
        """
        for service, _ in self._offered:
            if service.headless:
                return f"{service.name or self.name}.{self.namespace}.svc.cluster.local"
        raise ConfigurationError(
            f"{self.name!r} has no headless Service; add Service(name='{self.name}-pods', headless=True) to services"
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
        """Return the path at which a port says over HTTP that the program is ready, or None."""
        return self.template.main.readiness_path(self.port(port))

    def operating_paths(self, port: str | None = None) -> tuple[str, ...]:
        """Return the paths of a port at which the program is operated: those of its metrics and of HTTP probes."""
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
        """Permit this workload to call another one, and tell it the address.

        Both ends of the path are opened at once, on that port alone: egress here, ingress there. A call that is
        repeated changes nothing.

        Args:
            callee: another workload, of this chart or another one; what else runs in the cluster; or something
                outside it.
            variable: set to the address in its usual form: `http://<service>:<port>` for a port that speaks HTTP,
                `<service>:<port>` for another one. Defaults to none.
            variables: each set to the address in a form of your choice, with `{host}` and `{port}` in it, such as
                `{"DB_URL": "postgres://$(DB_USER):$(DB_PASSWORD)@{host}:{port}/orders"}`. The container must have
                the variables that `$(NAME)` refers to. Defaults to none.
            port: the name of the callee's port. Defaults to its first one.
            credentials: a Secret with which the callee is reached; each of its keys becomes a variable. Defaults to
                none.

        Raises:
            ConfigurationError: if the callee has no such port or no Service, or a variable is set already, or refers
                to one that is not set.
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
        """Let a peer in on one port, the first one by default.

        Raises:
            ConfigurationError: if there is no such port.
        """
        target = self.port(port)
        self.traffic.let_in(peer, target.number, target.protocol)

    @checked
    def allow_from_anywhere(self, *, reason: str, port: str | None = None) -> None:
        """Let any client in on one port, the first one by default: in the cluster, and outside it where a Service does.

        Args:
            reason: why, in words; it becomes an annotation of the policy.
            port: the name of the port. Defaults to the first one.

        Raises:
            ConfigurationError: if there is no such port, no policy, or no reason.
        """
        target = self.port(port)
        say_why(self.name, self.network_policy, "ingress", reason)
        self.traffic.let_anyone_in(target.number, target.protocol)

    @checked
    def calls_anywhere(self, *, reason: str) -> None:
        """Permit egress to any address on any port; the pods of others still decide who may reach them.

        Args:
            reason: why, in words; it becomes an annotation of the policy.

        Raises:
            ConfigurationError: if there is no policy, or no reason.
        """
        say_why(self.name, self.network_policy, "egress", reason)
        self.traffic.let_out_anywhere()

    def address(self, caller_namespace: str, port: str | None = None) -> Address:
        """Return where a caller in that namespace reaches a port: through the first Service that offers it."""
        target = self.port(port)
        for service, offered in self._offered:
            if any(each.name == target.name for each in offered):
                elsewhere = "" if caller_namespace == self.namespace else f".{self.namespace}"
                return Address(
                    host=f"{service.name or self.name}{elsewhere}",
                    port=target.in_front,
                    usual=usual_form(target.protocol, target.app_protocol),
                )
        raise ConfigurationError(f"no Service of {self.name!r} offers port {target.name!r}; add it to services")

    def url(self, caller_namespace: str, port: str | None = None) -> str:
        """Return the address of a port, for a caller in that namespace, in the usual form of its protocol."""
        return self.address(caller_namespace, port).text()

    def _check_template(self, template: PodTemplate) -> None:
        """Refuse pods that this kind of workload cannot run; a kind says which."""

    def _services_over(self, services: Sequence[Service] | None, _: Sequence[Port]) -> Sequence[Service] | None:
        """Return the Services over the ports of the pods, with those that this kind of workload needs itself."""
        return services

    def _let_scraper_in(self) -> None:
        for port in self.template.ports():
            if port.metrics_path is not None and self._platform.scraper is not None:
                self.traffic.let_in(self._platform.scraper, port.number, port.protocol)

    def _final_template(self) -> PodTemplate:
        """Return the template as it is when the chart is written."""
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
        return {**self.template.object_annotations(), **self.derived.relaxations}

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

    def _add_disruption_budget(self, max_disrupted: int | str) -> KubeObject | None:
        name = self.derived.disruption_budget
        if isinstance(name, Off):
            return None
        spec = k8s.PodDisruptionBudgetSpec(
            max_unavailable=int_or_string(max_disrupted),
            selector=self._selector(),
            unhealthy_pod_eviction_policy="AlwaysAllow",
        )
        metadata = meta(name or self.name, self.labels.metadata)
        manifest = k8s.KubePodDisruptionBudget.manifest(metadata=metadata, spec=spec)
        return KubeObject(self, "PodDisruptionBudget", manifest=manifest)

    def _add_network_policy(self) -> KubeObject | None:
        name = self.derived.network_policy
        if isinstance(name, Off):
            return None
        head = k8s.KubeNetworkPolicy.manifest(metadata=meta(name or self.name, self.labels.metadata))
        body = lambda: {"spec": self.traffic.policy(self.labels.selector)}  # noqa: E731
        return KubeObject(self, "NetworkPolicy", manifest=head, body=body)

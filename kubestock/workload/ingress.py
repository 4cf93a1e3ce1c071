"""Ingresses: access to workloads from outside the cluster, through an ingress controller."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY
from typing import Literal, Protocol

from constructs import Construct

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.objects import KubeObject, meta
from kubestock.kube.peers import Peer
from kubestock.kube.tree import Group, required_namespace
from kubestock.values import names
from kubestock.values.labels import Labels, annotation_map
from kubestock.values.off import RELAXED_PREFIX, Off
from kubestock.values.references import SecretRef
from kubestock.values.value import Value, checked
from kubestock.workload.traffic import Callee

PathType = Literal["Prefix", "Exact", "ImplementationSpecific"]
_NOT_IN_A_PATH = re.compile(r"//|/\.\.?(/|$)|%2f|%5c", re.IGNORECASE)
_ADDRESS = re.compile(r"[0-9]+(\.[0-9]+){3}")


class Certified(Protocol):
    """Anything that writes a certificate to a Secret, such as a `Certificate`."""

    @property
    def ref(self) -> SecretRef:
        """The Secret with the certificate."""


class IngressPath(Value):
    """Routes the requests for a path to a workload.

    Args:
        to: the workload, in the namespace of the Ingress.
        path: the path, which begins with a slash. Defaults to /.
        path_type: Prefix matches by path elements, Exact matches the whole path; for ImplementationSpecific, the
            controller decides. Defaults to Prefix.
        port: the name of the workload's port. Defaults to its first one.

    Raises:
        ConfigurationError: if the API server would reject the path.
    """

    to: Callee
    path: str = "/"
    path_type: PathType = "Prefix"
    port: str | None = None

    def check(self) -> None:
        if not self.path.startswith("/"):
            raise ConfigurationError(f"path of an Ingress must begin with '/', got {self.path!r}")
        if self.path_type != "ImplementationSpecific" and _NOT_IN_A_PATH.search(self.path):
            raise ConfigurationError(
                f"path of an Ingress must not contain '//', '/./', '/../', '%2f' or '%5c', got {self.path!r}; write "
                "the normalized path"
            )


class IngressRule(Value):
    """Routes the requests for one host by their paths.

    Args:
        host: a host name such as shop.example.com; *.example.com matches one additional label. None matches any host.
        paths: at least one path.

    Raises:
        ConfigurationError: if the host is malformed or an IP address, there is no path, or a path is duplicated.
    """

    host: str | None
    paths: tuple[IngressPath, ...]

    def check(self) -> None:
        if self.host is not None:
            _check_host(self.host)
        if not self.paths:
            raise ConfigurationError(f"host {self.host!r} must have at least one path, got none; add one to paths")
        known = [(each.path, each.path_type) for each in self.paths]
        for each in known:
            if known.count(each) > 1:
                raise ConfigurationError(
                    f"path {each[0]!r} of host {self.host!r} must be unique, got it twice; remove one"
                )


class IngressTls(Value, kw_only=False):
    """Serves hosts over TLS with a certificate.

    Args:
        secret: the name of a Secret of type kubernetes.io/tls, or the certificate object that creates one.
        hosts: the hosts of the certificate; each of them must have a rule.

    Raises:
        ConfigurationError: if a name is malformed, or there is no host.
    """

    secret: str | Certified
    _: KW_ONLY
    hosts: tuple[str, ...]

    def check(self) -> None:
        names.object_name("secret", self.secret_name)
        if not self.hosts:
            raise ConfigurationError("IngressTls must have at least one of hosts, got none")
        for host in self.hosts:
            _check_host(host)

    @property
    def secret_name(self) -> str:
        """The name of the Secret."""
        return self.secret if isinstance(self.secret, str) else self.secret.ref.name


class Ingress(Group):
    """Exposes workloads to clients outside the cluster: an Ingress.

    The network policies of its workloads allow the controller to connect to the ports that the Ingress uses.

    Args:
        scope: the parent construct, within a chart that has a namespace.
        id: the id of the construct.
        labels: the labels of the object.
        ingress_class_name: the name of the IngressClass, such as nginx.
        controller: the pods of the controller, such as `Pods(namespace="ingress-nginx", labels={…})`, or addresses
            if a cloud load balancer connects to the pods directly. `Off(reason)` does not change the policies.
        rules: the paths of each host.
        name: the name of the object. Defaults to the name in `labels`.
        tls: certificates. Defaults to none: plain HTTP.
        annotations: annotations for the controller. Defaults to none.

    Raises:
        ConfigurationError: if a workload is in another namespace or does not have the port, two rules have the same
            host, or a certificate is for a host without a rule.

    See https://kubernetes.io/docs/concepts/services-networking/ingress/
    """

    @checked
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        labels: Labels,
        ingress_class_name: str,
        controller: Peer | Off,
        rules: Sequence[IngressRule],
        name: str | None = None,
        tls: Sequence[IngressTls] = (),
        annotations: Mapping[str, str] | None = None,
    ) -> None:
        self.name = labels.object_name("name of an Ingress", name)
        names.object_name("ingress_class_name", ingress_class_name)
        self._namespace = required_namespace(scope, f"Ingress {self.name!r}")
        self._check_rules(rules, tls)
        spec = k8s.IngressSpec(
            ingress_class_name=ingress_class_name,
            rules=[self._rule(each) for each in rules],
            tls=[k8s.IngressTls(hosts=list(each.hosts), secret_name=each.secret_name) for each in tls] or None,
        )
        reason = {f"{RELAXED_PREFIX}no-controller": controller.reason} if isinstance(controller, Off) else {}
        metadata = meta(self.name, labels.metadata, {**annotation_map("annotations", annotations or {}), **reason})
        super().__init__(scope, id)
        self.object = KubeObject(self, "Ingress", manifest=k8s.KubeIngress.manifest(metadata=metadata, spec=spec))
        if not isinstance(controller, Off):
            for path in (path for each in rules for path in each.paths):
                path.to.allow_from(controller, port=path.port)

    def _check_rules(self, rules: Sequence[IngressRule], tls: Sequence[IngressTls]) -> None:
        hosts = [each.host for each in rules]
        if not hosts:
            raise ConfigurationError(f"Ingress {self.name!r} must have at least one rule, got none; add one to rules")
        for host in hosts:
            if hosts.count(host) > 1:
                raise ConfigurationError(
                    f"host {host!r} of Ingress {self.name!r} must have one rule, got two; merge their paths"
                )
        for host in (host for each in tls for host in each.hosts):
            if host not in hosts and None not in hosts:
                raise ConfigurationError(
                    f"each host in tls of Ingress {self.name!r} must have a rule, got {host!r} without one; add a rule"
                )
        for path in (path for each in rules for path in each.paths):
            if path.to.pods.namespace != self._namespace:
                raise ConfigurationError(
                    f"path {path.path!r} of Ingress {self.name!r} must lead to a workload in its namespace "
                    f"({self._namespace!r}), got one in {path.to.pods.namespace!r}; add an Ingress in that namespace"
                )

    def _rule(self, rule: IngressRule) -> k8s.IngressRule:
        paths = [
            k8s.HttpIngressPath(path=each.path, path_type=each.path_type, backend=self._backend(each))
            for each in rule.paths
        ]
        return k8s.IngressRule(host=rule.host, http=k8s.HttpIngressRuleValue(paths=paths))

    def _backend(self, path: IngressPath) -> k8s.IngressBackend:
        address = path.to.address(self._namespace, path.port)
        port = k8s.ServiceBackendPort(number=address.port)
        return k8s.IngressBackend(service=k8s.IngressServiceBackend(name=address.host, port=port))


def _check_host(host: str) -> None:
    if _ADDRESS.fullmatch(host):
        raise ConfigurationError(
            f"host of an Ingress must be a DNS name, got the IP address {host!r}; use None for any host"
        )
    names.dns_subdomain("host of an Ingress", host.removeprefix("*."))

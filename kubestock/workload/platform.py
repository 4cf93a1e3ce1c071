"""Settings that all workloads of a product share in one environment."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import Peer
from kubestock.values import names
from kubestock.values.labels import MANAGED_BY, Labels
from kubestock.values.value import Value


class Platform(Value):
    """Holds the settings that all workloads of a product share: names, labels, DNS, API server, scraper.

    Args:
        part_of: the name of the product, in the label `app.kubernetes.io/part-of` of every object.
        environment: the environment, in the label `environment` of every object and pod. Nothing else depends on it.
        pull_secrets: the names of the Secrets with which nodes pull images. Defaults to none.
        scraper: the pods or addresses that may read the ports with metrics. Defaults to none.
        priority_class_name: the PriorityClass of pods that do not name one. Defaults to the cluster's default.
        dns: the DNS server of the cluster, which all policies allow. Defaults to the one in kube-system;
            `NODE_LOCAL_DNS` and `OPENSHIFT_DNS` are alternatives.
        api_server: the addresses at which pods that mount an API token reach the API server. A NetworkPolicy cannot
            select the Service `kubernetes`: give the addresses of its endpoints. Defaults to unknown.
        api_server_port: the port of these endpoints. Defaults to 6443; some clouds use 443.
        managed_by: the tool that manages the objects, in the label `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        extra_labels: labels to add to every object, such as a team or a cost centre. Defaults to none.
        extra_pod_labels: labels to add to every pod, such as one that a service mesh reads. Defaults to none.

    Raises:
        ConfigurationError: if a label is malformed or set by another argument, or a name is malformed.
    """

    part_of: str
    environment: str
    pull_secrets: tuple[str, ...] = ()
    scraper: Peer | None = None
    priority_class_name: str | None = None
    dns: ClusterDns = ClusterDns()
    api_server: Peer | None = None
    api_server_port: int = 6443
    managed_by: str = MANAGED_BY
    extra_labels: Mapping[str, str] = field(default_factory=dict)
    extra_pod_labels: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        self.labels("platform")
        names.port_number("api_server_port", self.api_server_port)
        for secret in self.pull_secrets:
            names.object_name("pull secret", secret)
            if self.pull_secrets.count(secret) > 1:
                raise ConfigurationError(
                    f"pull secret {secret!r} must be unique in pull_secrets; remove the duplicates"
                )
        if self.priority_class_name is not None:
            names.object_name("priority_class_name", self.priority_class_name)

    def labels(
        self,
        name: str,
        *,
        component: str = "service",
        version: str | None = None,
        extra: Mapping[str, str] | None = None,
        extra_pod_labels: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
    ) -> Labels:
        """Return the labels of an object that belongs to this product and environment.

        Args:
            name: the name of the object.
            component: its role in the product. Defaults to service.
            version: the version that runs. Defaults to none.
            extra: labels to add to those of the platform, which they override. Defaults to none.
            extra_pod_labels: labels to add to those of the platform on its pods. Defaults to none.
            selector: the labels that select its pods. Defaults to the labels with its name.
        """
        return Labels(
            name=name,
            part_of=self.part_of,
            environment=self.environment,
            component=component,
            version=version,
            managed_by=self.managed_by,
            extra={**self.extra_labels, **(extra or {})},
            extra_pod_labels={**self.extra_pod_labels, **(extra_pod_labels or {})},
            own_selector=selector,
        )

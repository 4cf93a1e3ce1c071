"""What is the same for every workload of a product in one environment."""

from collections.abc import Mapping
from dataclasses import field

from kubestock.errors import ConfigurationError
from kubestock.kube.dns import ClusterDns
from kubestock.kube.peers import Peer
from kubestock.values import names
from kubestock.values.labels import MANAGED_BY, Labels
from kubestock.values.value import Value


class Platform(Value):
    """The surroundings that all workloads of a product share.

    Args:
        part_of: the product; every object carries it as `app.kubernetes.io/part-of`.
        environment: every object and pod carries it as `environment`. Nothing else depends on it.
        pull_secrets: names of the Secrets with which nodes pull images. Defaults to none.
        scraper: who may read the ports that serve metrics. Defaults to nobody.
        priority_class: of the pods that name no other. Defaults to the cluster's own default.
        dns: the cluster's resolver, which all policies open. Defaults to that of kube-system; `NODE_LOCAL_DNS` and
            `OPENSHIFT_DNS` are others.
        api_server: where pods that mount an API token reach the API server. A network policy cannot name the Service
            `kubernetes`: give the addresses behind it. Defaults to unknown.
        api_server_port: behind the Service. Defaults to 6443; some clouds have 443.
        managed_by: what makes the objects, as `app.kubernetes.io/managed-by`. Defaults to cdk8s.
        further_labels: of every object, such as a team or a cost centre. Defaults to none.
        further_pod_labels: of every pod, such as one that a mesh reads. Defaults to none.

    Raises:
        ConfigurationError: if a label is malformed or one that another argument sets, or a name is malformed.
    """

    part_of: str
    environment: str
    pull_secrets: tuple[str, ...] = ()
    scraper: Peer | None = None
    priority_class: str | None = None
    dns: ClusterDns = ClusterDns()
    api_server: Peer | None = None
    api_server_port: int = 6443
    managed_by: str = MANAGED_BY
    further_labels: Mapping[str, str] = field(default_factory=dict)
    further_pod_labels: Mapping[str, str] = field(default_factory=dict)

    def check(self) -> None:
        self.labels("platform")
        names.port_number("api_server_port", self.api_server_port)
        for secret in self.pull_secrets:
            names.object_name("pull secret", secret)
            if self.pull_secrets.count(secret) > 1:
                raise ConfigurationError(f"pull secret {secret!r} must be named once; remove the others")
        if self.priority_class is not None:
            names.object_name("priority_class", self.priority_class)

    def labels(
        self,
        name: str,
        *,
        component: str = "service",
        version: str | None = None,
        further: Mapping[str, str] | None = None,
        further_of_pods: Mapping[str, str] | None = None,
        selector: Mapping[str, str] | None = None,
    ) -> Labels:
        """Return the labels of something that belongs to this product and environment.

        Args:
            name: of the thing.
            component: its role in the product. Defaults to service.
            version: what is running. Defaults to none.
            further: labels of its objects beside those of the platform, which they override. Defaults to none.
            further_of_pods: labels of its pods beside those of the platform. Defaults to none.
            selector: what selects its pods. Defaults to the labels of its name.
        """
        return Labels(
            name=name,
            part_of=self.part_of,
            environment=self.environment,
            component=component,
            version=version,
            managed_by=self.managed_by,
            further={**self.further_labels, **(further or {})},
            further_of_pods={**self.further_pod_labels, **(further_of_pods or {})},
            own_selector=selector,
        )

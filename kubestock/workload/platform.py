"""What is the same for every workload of a product in one environment."""

from kubestock.errors import ConfigurationError
from kubestock.kube.peers import Peer
from kubestock.values import names
from kubestock.values.labels import Labels
from kubestock.values.value import Value


class Platform(Value):
    """The surroundings that all workloads of a product share.

    Args:
        part_of: the product; every object carries it as `app.kubernetes.io/part-of`.
        environment: every object and pod carries it as `environment`. Nothing else depends on it.
        pull_secrets: names of the Secrets with which nodes pull images. Defaults to none.
        scraper: who may read the ports that serve metrics. Defaults to nobody.
        priority_class: of the pods that name no other. Defaults to the cluster's own default.
    """

    part_of: str
    environment: str
    pull_secrets: tuple[str, ...] = ()
    scraper: Peer | None = None
    priority_class: str | None = None

    def check(self) -> None:
        self.labels("platform")
        for secret in self.pull_secrets:
            names.object_name("pull secret", secret)
            if self.pull_secrets.count(secret) > 1:
                raise ConfigurationError(f"pull secret {secret!r} must be named once; remove the others")
        if self.priority_class is not None:
            names.object_name("priority_class", self.priority_class)

    def labels(self, name: str, *, component: str = "service", version: str | None = None) -> Labels:
        """Return the labels of something that belongs to this product and environment."""
        return Labels(
            name=name,
            part_of=self.part_of,
            environment=self.environment,
            component=component,
            version=version,
        )

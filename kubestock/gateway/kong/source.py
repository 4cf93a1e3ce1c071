"""The file that Kong reads. It is rendered when the chart is written, into a ConfigMap or a sealed Secret."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from kubestock.gateway.kong.analysis.finding import KongFinding, require_no_findings
from kubestock.gateway.kong.analysis.view import GatewayContext
from kubestock.gateway.kong.backends import Egress, TemplatedSecret
from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.file import Configuration
from kubestock.gateway.kong.declared import DeclaredRoutes
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.runtime import CONFIG_FILE
from kubestock.kube.rendering import rendered
from kubestock.values.references import ConfigMapRef, SecretRef, checksum


@dataclass(frozen=True, kw_only=True, eq=False)
class Source:
    """The configuration of a gateway, as declared so far, and the object that holds its file.

    Args:
        name: the name of the gateway.
        checked_by_chart: whether the chart reports the findings before it is written. If not, rendering the file raises
            them.
        consumers: the consumers of the gateway.
        plugins: the global plugins.
        protected: path prefixes that require authentication.
        egress: the hosts that the network policy allows Kong to connect to.
        loaded: plugins that Kong loads in addition to the bundled ones.
        credentials: the sealed Secret that the file is rendered into, or None for a ConfigMap.
        declared: the routes.
    """

    name: str
    checked_by_chart: bool
    consumers: Sequence[Consumer]
    plugins: Sequence[Plugin]
    protected: Sequence[str]
    egress: Sequence[Egress]
    loaded: Sequence[str]
    credentials: TemplatedSecret | None
    declared: DeclaredRoutes = field(default_factory=DeclaredRoutes)

    @property
    def config(self) -> Configuration:
        """The complete configuration, with the routes that have been declared so far."""
        return rendered((self, "config"), self._configured)

    def findings(self) -> list[KongFinding]:
        """Return every problem: what does not work in Kong, and what allows requests that must be denied."""
        return rendered((self, "findings"), lambda: self.config.findings(self._context()))

    def data(self) -> dict[str, str]:
        """Return the data of the ConfigMap."""
        return {CONFIG_FILE: rendered((self, "data"), self._text)}

    def template(self) -> str:
        """Return the template of the sealed Secret."""
        return rendered((self, "template"), lambda: self._checked().template())

    def mounted(self) -> ConfigMapRef | SecretRef:
        """Return a reference to the object that holds the file, without a checksum of its content."""
        if self.credentials is None:
            return ConfigMapRef(name=f"{self.name}-config", keys=(CONFIG_FILE,))
        return SecretRef(name=self.credentials.ref.name, keys=(CONFIG_FILE,))

    def ref(self) -> ConfigMapRef | SecretRef:
        """Return a reference to the object that holds the file, with a checksum.

        The checksum restarts the pods after a change of the file.
        """
        if self.credentials is not None:
            return self.credentials.ref
        return replace(self.mounted(), checksum=checksum(self.data()))

    def _text(self) -> str:
        config = self._checked()
        return config.template() if config.secret_keys else config.render()

    def _checked(self) -> Configuration:
        if not self.checked_by_chart:
            require_no_findings(self.findings())
        return self.config

    def _configured(self) -> Configuration:
        return Configuration(
            services=self.declared.services(self.plugins),
            consumers=self.consumers,
            plugins=self.plugins,
            protected_prefixes=self.protected,
        )

    def _context(self) -> GatewayContext:
        return GatewayContext(
            egress=frozenset((each.host, each.protocol) for each in self.egress),
            loaded=frozenset(self.loaded),
            sources=frozenset() if self.credentials is None else frozenset([self.credentials.ref.name]),
            places=self.declared.places,
        )

"""Who the users are: a service in front of the identity provider."""

from dataclasses import dataclass

from constructs import Construct

from kubestock.services.backend import Backend, Shared
from kubestock.services.size import BACKEND_SIZE, Size
from kubestock.values import names
from kubestock.values.references import SecretRef
from kubestock.values.types import typed
from kubestock.workload.image import ContainerImage
from kubestock.workload.traffic import ExternalService

CLIENT = ("ASGARDEO_M2M_CLIENT_ID", "ASGARDEO_M2M_CLIENT_SECRET")


@typed
@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityProvider:
    """An organization at Asgardeo.

    Args:
        organization: as it stands in the provider's addresses.
        host: Defaults to api.asgardeo.io.
    """

    organization: str
    host: str = "api.asgardeo.io"

    def __post_init__(self) -> None:
        names.dns_label("organization", self.organization)
        names.host_name("host", self.host)

    @property
    def base_url(self) -> str:
        """Where all addresses of the organization begin."""
        return f"https://{self.host}/t/{self.organization}"

    @property
    def issuer(self) -> str:
        """What the tokens say in `iss`; also where tokens are asked for."""
        return f"{self.base_url}/oauth2/token"

    def config(self) -> dict[str, str]:
        """Return the variables that tell a program where the provider is."""
        return {
            "ASGARDEO_ORG": self.organization,
            "ASGARDEO_BASE_URL": self.base_url,
            "ASGARDEO_TOKEN_URL": self.issuer,
            "ASGARDEO_SCIM2_URL": f"{self.base_url}/scim2",
            "ASGARDEO_JWKS_URL": f"{self.base_url}/oauth2/jwks",
            "ASGARDEO_ISSUER": self.issuer,
        }


class IdentityService(Backend):
    """ms-identity: users, groups and their rights, kept by the identity provider.

    Args:
        scope: within a chart that has a namespace.
        id: of the construct.
        image: what runs.
        shared: what every backend gets.
        provider: where users are kept; reached on 443.
        client: a Secret with ASGARDEO_M2M_CLIENT_ID and ASGARDEO_M2M_CLIENT_SECRET.
        size: of its pods, and how many.
        secrets: whole secrets as variables of its own. Defaults to none.
    """

    NAME = "ms-identity"
    PORT = 3006
    STARTUP_SECONDS = 10

    @typed
    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        image: ContainerImage,
        shared: Shared,
        provider: IdentityProvider,
        client: SecretRef,
        size: Size = BACKEND_SIZE,
        secrets: tuple[SecretRef, ...] = (),
    ) -> None:
        env = {key: client[key] for key in CLIENT}
        config = provider.config()
        super().__init__(scope, id, image=image, shared=shared, size=size, env=env, config=config, secrets=secrets)
        self.calls(ExternalService(host=provider.host))

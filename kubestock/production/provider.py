"""The identity provider, which stores the users."""

import re

from kubestock.errors import ConfigurationError
from kubestock.values import names
from kubestock.values.value import Value

_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Groups(Value):
    """The groups at the provider that are KubeStock's roles, each by the id that the provider gave it.

    Without the id of a group, ms-identity answers 500 and adds no user to it.

    Args:
        admin: the group of administrators.
        supplier: the group of suppliers.
        warehouse_staff: the group of users who manage the stock.
    """

    admin: str
    supplier: str
    warehouse_staff: str

    def check(self) -> None:
        ids = {"admin": self.admin, "supplier": self.supplier, "warehouse_staff": self.warehouse_staff}
        for role, id_ in ids.items():
            provider_id(f"the group id of {role}", id_)
        if len(set(ids.values())) < len(ids):
            raise ConfigurationError(
                f"the group ids must differ, got {', '.join(ids.values())}: users of one role would have the rights of "
                "another role"
            )

    def config(self) -> dict[str, str]:
        """Return the environment variables with the ids of the groups."""
        return {
            "ASGARDEO_GROUP_ID_ADMIN": self.admin,
            "ASGARDEO_GROUP_ID_SUPPLIER": self.supplier,
            "ASGARDEO_GROUP_ID_WAREHOUSE_STAFF": self.warehouse_staff,
        }


class IdentityProvider(Value):
    """An organization at Asgardeo.

    Args:
        organization: the name of the organization in the provider's URLs.
        groups: the groups that are KubeStock's roles.
        page_client_id: the client id of the single-page application that is registered for the page. It is not a
            secret.
        host: the host of the provider. Defaults to api.asgardeo.io.
    """

    organization: str
    groups: Groups
    page_client_id: str
    host: str = "api.asgardeo.io"

    def check(self) -> None:
        names.dns_label("organization", self.organization)
        names.host_name("host", self.host)
        provider_id("page_client_id", self.page_client_id)

    @property
    def base_url(self) -> str:
        """The prefix of all URLs of the organization."""
        return f"https://{self.host}/t/{self.organization}"

    @property
    def issuer(self) -> str:
        """The claim `iss` of the tokens, which is also the URL of the token endpoint."""
        return f"{self.base_url}/oauth2/token"

    def config(self) -> dict[str, str]:
        """Return the environment variables with the location of the provider."""
        return {
            "ASGARDEO_ORG": self.organization,
            "ASGARDEO_BASE_URL": self.base_url,
            "ASGARDEO_TOKEN_URL": self.issuer,
            "ASGARDEO_SCIM2_URL": f"{self.base_url}/scim2",
            "ASGARDEO_JWKS_URL": f"{self.base_url}/oauth2/jwks",
            "ASGARDEO_ISSUER": self.issuer,
            **self.groups.config(),
        }

    def page_config(self) -> dict[str, str]:
        """Return the values that the page reads from its /config.js."""
        return {
            "VITE_ASGARDEO_CLIENT_ID": self.page_client_id,
            "VITE_ASGARDEO_ORG_NAME": self.organization,
            "VITE_ASGARDEO_BASE_URL": self.base_url,
        }


def provider_id(what: str, value: str) -> str:
    """Return `value` if it is a valid id of the provider.

    Raises:
        ConfigurationError: if it has other characters than letters, digits, hyphens and underscores.
    """
    if not _ID.fullmatch(value):
        raise ConfigurationError(
            f"{what} must be 1 to 64 letters, digits, '-' and '_', as the provider's console shows it, got {value!r}"
        )
    return value

"""The proxies in front of Kong, and how they pass on the address of the client."""

from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.values.value import Value

_MIN_PREFIX_LENGTH = {4: 8, 6: 16}  # of a trusted network, by IP version: a larger network has many owners


class ClientAddress(Value):
    """Tells Kong which proxies stand in front of it, and how they pass on the address of the client.

    Without it, Kong takes the peer of each connection for the client. Behind a load balancer all clients then share one
    address, and one client that exceeds a limit blocks all clients.

    Kong trusts forwarded headers only from these proxies: for the address of the client, and for X-Forwarded-Proto and
    X-Forwarded-Port. X-Forwarded-Host is removed from every request, because load balancers pass on the value of the
    client and Kong would redirect to it.

    Services get the address of the client in X-Real-IP and X-Forwarded-For. Both contain only this address; values that
    a client or a proxy wrote are removed. With `proxy_protocol` the load balancer does not read requests, so all
    forwarded headers come from the client and are removed.

    Args:
        trusted_proxies: the addresses or networks (CIDRs) of the proxies. No other host may use these addresses.
        header: where the proxies write the client's address. `proxy_protocol` makes Kong expect the PROXY protocol on
            its ports. Defaults to X-Forwarded-For.
        recursive: skip all trusted proxies in the header, from the last entry back to the first one that is not
            trusted. Defaults to True.
        reencrypts: whether the proxies terminate the client's TLS and open a TLS connection of their own to Kong. A
            proxy that passes TLS through cannot write a header, so with `TlsAtGateway` a header would be the client's
            own unless this is True. Defaults to False.

    Raises:
        ConfigurationError: if there is no proxy, or a network is larger than /8 (IPv6: /16), because any client in it
            could choose its own address.

    See https://nginx.org/en/docs/http/ngx_http_realip_module.html
    """

    trusted_proxies: tuple[str, ...]
    header: Literal["X-Forwarded-For", "X-Real-IP", "proxy_protocol"] = "X-Forwarded-For"
    recursive: bool = True
    reencrypts: bool = False

    def check(self) -> None:
        if not self.trusted_proxies:
            raise ConfigurationError(
                "trusted_proxies must contain the networks of the load balancer, such as 10.0.0.0/16, got none"
            )
        for each in self.trusted_proxies:
            network = http.unmapped(http.network("trusted_proxies", each))
            if network.prefixlen < _MIN_PREFIX_LENGTH[network.version]:
                raise ConfigurationError(
                    f"trusted_proxies must not contain a network as large as {each}: any client in it could "
                    "choose its own address; give only the networks of the load balancer"
                )

    @property
    def uses_header(self) -> bool:
        """Whether the proxies pass on the address in a header of the request."""
        return self.header != "proxy_protocol"

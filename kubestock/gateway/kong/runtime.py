"""How Kong runs: its image, its size, and the `KONG_*` variables behind typed fields."""

import re
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.lua.compiler import SANDBOX_MODULES
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.values.numbers import whole
from kubestock.values.value import Value
from kubestock.workload.image import ContainerImage
from kubestock.workload.resources import ContainerResources

PREFIX = "/kong/prefix"
CONFIG = "/kong/config"
CERTIFICATES = "/kong/tls"
CONFIG_FILE = "kong.yml"
HTTP_PORT, HTTPS_PORT, STATUS_PORT = 8000, 8443, 8100

_PLUGIN = re.compile("[a-z0-9][a-z0-9_.-]*")
_SIZE = re.compile(r"[1-9][0-9]{0,6}k|[1-9][0-9]{0,3}m")
_OPEN_SOURCE = re.compile(r"3\.9\.[0-9]+(?:-[a-z0-9.-]+)?")
_LISTEN = "reuseport backlog=16384"
_LEAST_PREFIX = {4: 8, 6: 16}  # of a trusted network, by the version of IP: what is larger belongs to many
_LARGEST_HEADER = 128


class ClientAddress(Value):
    """Who stands between the client and Kong, and how they pass the client's address on.

    Without it every client behind a balancer has the balancer's address, and one client's flood limits everybody. The
    header is believed from these proxies alone, for whom Kong takes the client, and for how the client came
    (X-Forwarded-Proto, -Port). Kong would redirect to X-Forwarded-Host, which balancers pass on: it is removed.

    Services find the client in X-Real-IP and in X-Forwarded-For, which then hold this one address: whatever a client or
    a proxy wrote is removed. With `proxy_protocol` the balancer reads no requests: forwarded headers are removed.

    Args:
        trusted_proxies: addresses or networks of the proxies, and of nobody else.
        header: where the address stands. `proxy_protocol` makes Kong expect that protocol on its ports.
        recursive: go back through the header over every trusted proxy. Defaults to True.
        reencrypts: whether the proxies end the client's TLS and open their own to Kong. Only who reads a request
            can write a header into it: with `TlsAtGateway` and a proxy that passes TLS on, the header would be the
            client's own. Defaults to False.

    Raises:
        ConfigurationError: without a proxy, or with a network above /8 (IPv6: /16), in which any client could
            choose its address.
    """

    trusted_proxies: tuple[str, ...]
    header: Literal["X-Forwarded-For", "X-Real-IP", "proxy_protocol"] = "X-Forwarded-For"
    recursive: bool = True
    reencrypts: bool = False

    def check(self) -> None:
        if not self.trusted_proxies:
            raise ConfigurationError("trusted_proxies must name the networks of the load balancer, such as 10.0.0.0/16")
        for each in self.trusted_proxies:
            network = http.unmapped(http.network("trusted_proxies", each))
            if network.prefixlen < _LEAST_PREFIX[network.version]:
                raise ConfigurationError(
                    f"trusted_proxies must not hold a network as large as {each}: any client in it could name itself "
                    "whatever address it likes; give the load balancer's own networks"
                )

    @property
    def by_header(self) -> bool:
        """Whether the proxies say it in a header of the request."""
        return self.header != "proxy_protocol"


class FloodLimit(Value):
    """nginx's own limit for each address, before Kong looks at a request; above it 429.

    It holds what no plugin counts: requests that authentication refuses, and paths without a route. Set it
    above what plugins allow, so that honest clients meet only theirs.

    Args:
        per_second: sustained requests of one address, in each pod.
        burst: requests above that which are served at once, 1 at least. Defaults to 100.
        zone_megabytes: memory for addresses, about 8000 to the megabyte. Defaults to 10.
    """

    per_second: int = 50
    burst: int = 100
    zone_megabytes: int = 10

    def check(self) -> None:
        whole("per_second", self.per_second, minimum=1)
        whole("burst", self.burst, minimum=1)  # nginx does not start with 0
        whole("zone_megabytes", self.zone_megabytes, minimum=1)

    def environment(self) -> dict[str, str]:
        """Return the directives of nginx."""
        zone = f"$binary_remote_addr zone=flood:{self.zone_megabytes}m rate={self.per_second}r/s"
        return {
            "KONG_NGINX_HTTP_LIMIT_REQ_ZONE": zone,
            "KONG_NGINX_PROXY_LIMIT_REQ": f"zone=flood burst={self.burst} nodelay",
            "KONG_NGINX_PROXY_LIMIT_REQ_STATUS": "429",
            # Each refusal would be a line of the error log, with the query string and what is confidential in it.
            "KONG_NGINX_PROXY_LIMIT_REQ_LOG_LEVEL": "info",
        }


class Runtime(Value):
    """Kong's program: image, resources, and what it asks of nginx.

    Args:
        image: open-source Kong ends at 3.9; later images are Enterprise. Defaults to 3.9.3.
        resources: Defaults to 250m to 1 CPU and 512Mi to 1Gi.
        worker_processes: of nginx; without a number it would start one for each core of the node. Defaults to 2.
        client_address: Defaults to none: the peer of the connection is the client.
        flood_limit: Defaults to 50 requests a second for each address; None leaves floods to plugins.
        max_body: the largest body of any request, as nginx writes it: up to 9999m. Defaults to 10m.
        header_kilobytes: the largest header of a request, in KiB, such as a cookie; a longer one is answered 400.
            Defaults to nginx's 8. Programs have a limit, too: that of Node.js is 16 for all headers of a request.
        upstream_idle_seconds: how long Kong keeps an idle connection to a pod. Keep it below the program's own limit:
            a POST on a connection just closed gets 502. Defaults to 3, as Node.js closes after 5.
        log_level: of Kong's error log. Defaults to notice.
        plugins: of your own that the image has, for `CustomPlugin(traits=…)`. Defaults to none.

    Raises:
        ConfigurationError: for an image that is no release of the open-source 3.9 line, or a malformed size.
    """

    image: ContainerImage = ContainerImage("docker.io/library/kong", tag="3.9.3")
    resources: ContainerResources = ContainerResources(
        cpu_request="250m",
        cpu_limit="1",
        memory_request="512Mi",
        memory_limit="1Gi",
        ephemeral_storage_request="256Mi",
        ephemeral_storage_limit="1Gi",
    )
    worker_processes: int = 2
    client_address: ClientAddress | None = None
    flood_limit: FloodLimit | None = FloodLimit()
    max_body: str = "10m"
    header_kilobytes: int = 8
    upstream_idle_seconds: int = 3
    log_level: Literal["debug", "info", "notice", "warn", "error"] = "notice"
    plugins: tuple[str, ...] = ()

    def check(self) -> None:
        if not _OPEN_SOURCE.fullmatch(self.image.tag) or self.image.repository.endswith("/kong-gateway"):
            raise ConfigurationError(
                "image of Kong must be a release of the open-source line 3.9, got "
                f"{self.image.repository}:{self.image.tag}: later ones and those of four numbers are Enterprise, and "
                "3.9 alone is whatever was released last; use kong:3.9.3"
            )
        whole("worker_processes", self.worker_processes, minimum=1)
        whole("upstream_idle_seconds", self.upstream_idle_seconds, minimum=1)
        whole("header_kilobytes", self.header_kilobytes, minimum=1, maximum=_LARGEST_HEADER)
        if wrong := [each for each in self.plugins if not _PLUGIN.fullmatch(each)]:
            raise ConfigurationError(f"each of plugins must be a name such as my-plugin, got {wrong[0]!r}")
        if not _SIZE.fullmatch(self.max_body):
            raise ConfigurationError(f"max_body must be a size such as 512k or 10m, got {self.max_body!r}")

    def check_forwarded_headers(self, tls: TlsAtGateway | TlsAtLoadBalancer) -> None:
        """Refuse TLS in front of Kong without a proxy whose word Kong takes, and behind one that cannot give it.

        Raises:
            ConfigurationError: with `TlsAtLoadBalancer` and no `client_address`, or one that brings no header; with
                `TlsAtGateway` and a header, unless the proxies re-encrypt.
        """
        if isinstance(tls, TlsAtGateway):
            if self.client_address and self.client_address.by_header and not self.client_address.reencrypts:
                raise ConfigurationError(
                    f"header must not be {self.client_address.header!r} with TlsAtGateway: a proxy that passes TLS on "
                    "cannot write it, so a client could name itself whatever address it likes; use 'proxy_protocol', "
                    "no client_address and external_traffic_policy='Local', or say reencrypts=True of a balancer "
                    "that ends TLS and opens its own"
                )
            return
        if self.client_address is None:
            raise ConfigurationError(
                "client_address must be given with TlsAtLoadBalancer(): Kong trusts X-Forwarded-Proto from trusted "
                "proxies only, and would redirect every request again and again"
            )
        if not self.client_address.by_header:
            raise ConfigurationError(
                "header must not be 'proxy_protocol' with TlsAtLoadBalancer(): that protocol does not say that the "
                "client used https, so Kong would redirect every request; use X-Forwarded-For, or TlsAtGateway"
            )

    def environment(self, tls: TlsAtGateway | TlsAtLoadBalancer) -> dict[str, str]:
        """Return every `KONG_*` variable, sorted by what it is about."""
        return {
            "KONG_DATABASE": "off",
            "KONG_DECLARATIVE_CONFIG": f"{CONFIG}/{CONFIG_FILE}",
            "KONG_PREFIX": PREFIX,
            "KONG_ADMIN_LISTEN": "off",
            "KONG_ADMIN_GUI_LISTEN": "off",
            "KONG_STATUS_LISTEN": f"0.0.0.0:{STATUS_PORT}",
            **self._listeners(tls),
            **self._trust(),
            **(self.flood_limit.environment() if self.flood_limit else {}),
            **({"KONG_PLUGINS": ",".join(("bundled", *self.plugins))} if self.plugins else {}),
            "KONG_HEADERS": "off",
            "KONG_ERROR_DEFAULT_TYPE": "application/json",
            "KONG_NGINX_PROXY_ERROR_PAGE": "429 /kong_error_handler",
            "KONG_ANONYMOUS_REPORTS": "off",
            "KONG_UNTRUSTED_LUA": "sandbox",
            "KONG_UNTRUSTED_LUA_SANDBOX_REQUIRES": ",".join(SANDBOX_MODULES),
            # SRV records of a headless Service would replace the target's port by whichever port comes first.
            "KONG_DNS_ORDER": "LAST,A,CNAME",
            # Kong asks for the name of a Service that had no pods after 30 s, and must not remember it for as long.
            "KONG_DNS_NOT_FOUND_TTL": "1",
            "KONG_DNS_STALE_TTL": "20",
            "KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT": str(self.upstream_idle_seconds),
            "KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE": self.max_body,
            "KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS": f"4 {self.header_kilobytes}k",
            "KONG_NGINX_WORKER_PROCESSES": str(self.worker_processes),
            "KONG_LOG_LEVEL": self.log_level,
            # nginx would write query strings, and tokens in them, in clear: the logs of plugins leave them out.
            "KONG_PROXY_ACCESS_LOG": "off",
            "KONG_PROXY_ERROR_LOG": "/dev/stderr",
            "KONG_STATUS_ACCESS_LOG": "off",
            "KONG_STATUS_ERROR_LOG": "/dev/stderr",
        }

    @property
    def proxy_protocol(self) -> bool:
        """Whether the ports expect the PROXY protocol."""
        return self.client_address is not None and not self.client_address.by_header

    def _listeners(self, tls: TlsAtGateway | TlsAtLoadBalancer) -> dict[str, str]:
        options = f"{_LISTEN} proxy_protocol" if self.proxy_protocol else _LISTEN
        plain = f"0.0.0.0:{HTTP_PORT} {options}"
        if isinstance(tls, TlsAtLoadBalancer):
            return {"KONG_PROXY_LISTEN": plain, "KONG_PORT_MAPS": f"80:{HTTP_PORT}"}
        return {
            "KONG_PROXY_LISTEN": f"{plain}, 0.0.0.0:{HTTPS_PORT} http2 ssl {options}",
            "KONG_PORT_MAPS": f"80:{HTTP_PORT},443:{HTTPS_PORT}",
            "KONG_SSL_CERT": f"{CERTIFICATES}/tls.crt",
            "KONG_SSL_CERT_KEY": f"{CERTIFICATES}/tls.key",
            "KONG_SSL_CIPHER_SUITE": tls.policy,
        }

    def _trust(self) -> dict[str, str]:
        address = self.client_address
        if address is None:
            return {}
        return {
            "KONG_TRUSTED_IPS": ",".join(address.trusted_proxies),
            "KONG_REAL_IP_HEADER": address.header,
            "KONG_REAL_IP_RECURSIVE": "on" if address.recursive else "off",
        }

"""How Kong runs: its image, its resources, and typed fields for the `KONG_*` environment variables."""

import re
from typing import Literal

from kubestock.errors import ConfigurationError
from kubestock.gateway.kong.client_address import ClientAddress
from kubestock.gateway.kong.lua.compiler import SANDBOX_MODULES
from kubestock.gateway.kong.plugins import known
from kubestock.gateway.kong.plugins.definitions import check_plugin_name
from kubestock.gateway.kong.tls import TlsAtGateway, TlsAtLoadBalancer
from kubestock.values.numbers import whole
from kubestock.values.value import Value, require_unique
from kubestock.workload.image import ContainerImage
from kubestock.workload.resources import ContainerResources

PREFIX = "/kong/prefix"
CONFIG = "/kong/config"
CERTIFICATES = "/kong/tls"
CONFIG_FILE = "kong.yml"
HTTP_PORT, HTTPS_PORT, STATUS_PORT = 8000, 8443, 8100

_WORDS = ("bundled", "off")  # they have a meaning of their own in KONG_PLUGINS
_SIZE = re.compile(r"[1-9][0-9]{0,6}k|[1-9][0-9]{0,3}m")
_OPEN_SOURCE = re.compile(r"3\.9\.[0-9]+(?:-[a-z0-9.-]+)?")
_LISTEN = "reuseport backlog=16384"
_MAX_HEADER_KILOBYTES = 128


class FloodLimit(Value):
    """Limits the requests of each client address in nginx, before any plugin runs. Requests above the limit get 429.

    It also counts requests that no plugin counts: those that fail authentication, and those for paths without a route.
    Set it above the limits of the plugins, so that normal clients only meet those.

    Args:
        per_second: sustained requests of one address, in each pod. Defaults to 50.
        burst: additional requests that are served at once, at least 1. Defaults to 100.
        zone_megabytes: memory for addresses; one megabyte holds about 8000. Defaults to 10.

    Raises:
        ConfigurationError: if a number is less than 1.

    See https://nginx.org/en/docs/http/ngx_http_limit_req_module.html
    """

    per_second: int = 50
    burst: int = 100
    zone_megabytes: int = 10

    def check(self) -> None:
        whole("per_second", self.per_second, minimum=1)
        whole("burst", self.burst, minimum=1)  # nginx does not start with 0
        whole("zone_megabytes", self.zone_megabytes, minimum=1)

    def environment(self) -> dict[str, str]:
        """Return the environment variables for the nginx directives."""
        zone = f"$binary_remote_addr zone=flood:{self.zone_megabytes}m rate={self.per_second}r/s"
        return {
            "KONG_NGINX_HTTP_LIMIT_REQ_ZONE": zone,
            "KONG_NGINX_PROXY_LIMIT_REQ": f"zone=flood burst={self.burst} nodelay",
            "KONG_NGINX_PROXY_LIMIT_REQ_STATUS": "429",
            # At the default level, each rejected request is logged with its query string, which may be confidential.
            "KONG_NGINX_PROXY_LIMIT_REQ_LOG_LEVEL": "info",
        }


class Runtime(Value):
    """Configures the Kong program: its image, its resources, and its nginx settings.

    The container of the gateway's Deployment gets this image, and a `KONG_*` environment variable for each setting.

    Args:
        image: an image of open-source Kong 3.9, the last open-source release line. Defaults to 3.9.3.
        resources: Defaults to 250m to 1 CPU, 512Mi to 1Gi memory, and 256Mi to 1Gi ephemeral storage.
        worker_processes: the number of nginx workers. Defaults to 2; nginx itself would start one for each core of the
            node.
        client_address: the proxies in front of Kong. Defaults to none: the peer of a connection is the client.
        flood_limit: Defaults to 50 requests per second for each address. None removes the limit.
        max_body: the largest request body, in nginx syntax such as 512k or 10m, at most 9999m. Defaults to 10m.
        header_kilobytes: the largest request header, in KiB; a request with a longer one, such as a long cookie, gets
            400. Defaults to nginx's 8. The service has a limit, too: Node.js accepts 16 KiB for all headers of a
            request.
        upstream_idle_seconds: how long Kong keeps an idle connection to a pod. It must be shorter than the idle timeout
            of the service: a POST on a connection that was just closed gets 502. Defaults to 3, because Node.js closes
            idle connections after 5 s.
        log_level: the level of Kong's error log. Defaults to notice.
        plugins: names of custom plugins in the image that Kong loads, for `CustomPlugin(traits=…)` and your own plugin
            classes. Defaults to none.

    Raises:
        ConfigurationError: if the image is not a release of open-source Kong 3.9, a number is out of range, or a size
            or a plugin name is invalid, duplicated, or that of a plugin that Kong loads by default.

    See https://developer.konghq.com/gateway/configuration/
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
                f"{self.image.repository}:{self.image.tag}; use kong:3.9.3 (later versions, and versions of "
                "four numbers, are Enterprise; the tag 3.9 alone changes with each release)"
            )
        whole("worker_processes", self.worker_processes, minimum=1)
        whole("upstream_idle_seconds", self.upstream_idle_seconds, minimum=1)
        whole("header_kilobytes", self.header_kilobytes, minimum=1, maximum=_MAX_HEADER_KILOBYTES)
        self._check_plugins()
        if not _SIZE.fullmatch(self.max_body):
            raise ConfigurationError(f"max_body must be a size such as 512k or 10m, got {self.max_body!r}")

    def _check_plugins(self) -> None:
        require_unique("of plugins", self.plugins)
        for each in self.plugins:
            check_plugin_name("each of plugins", each)
            if each in _WORDS or each in known.bundled():
                raise ConfigurationError(
                    f"plugins must not contain {each!r}, because Kong loads the bundled plugins by default; leave "
                    "it out"
                )

    def check_forwarded_headers(self, tls: TlsAtGateway | TlsAtLoadBalancer) -> None:
        """Check that the proxies tell Kong the protocol and address of the client, and that a client cannot forge them.

        Raises:
            ConfigurationError: with `TlsAtLoadBalancer`, if `client_address` is missing or does not use a header; with
                `TlsAtGateway`, if `client_address` uses a header and the proxies do not re-encrypt.
        """
        if isinstance(tls, TlsAtGateway):
            if self.client_address and self.client_address.uses_header and not self.client_address.reencrypts:
                raise ConfigurationError(
                    f"header must not be {self.client_address.header!r} with TlsAtGateway: a proxy that "
                    "passes TLS through cannot write it, so a client could choose its own address; use "
                    "'proxy_protocol', or external_traffic_policy='Local' without client_address, or "
                    "reencrypts=True if the load balancer terminates TLS and opens a TLS connection of its "
                    "own"
                )
            return
        if self.client_address is None:
            raise ConfigurationError(
                "client_address must be given with TlsAtLoadBalancer(): Kong trusts X-Forwarded-Proto only "
                "from trusted proxies, and would redirect every request to https again and again"
            )
        if not self.client_address.uses_header:
            raise ConfigurationError(
                "header must not be 'proxy_protocol' with TlsAtLoadBalancer(): the PROXY protocol does not "
                "say whether the client used https, so Kong would redirect every request; use "
                "X-Forwarded-For, or TlsAtGateway"
            )

    def environment(self, tls: TlsAtGateway | TlsAtLoadBalancer) -> dict[str, str]:
        """Return every `KONG_*` environment variable, grouped by topic."""
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
            # The SRV records of a headless Service would replace the target's port by the first port of the Service.
            "KONG_DNS_ORDER": "LAST,A,CNAME",
            # Kong resolves the name of a Service without pods again after 30 s, and must not cache the failure longer.
            "KONG_DNS_NOT_FOUND_TTL": "1",
            "KONG_DNS_STALE_TTL": "20",
            "KONG_UPSTREAM_KEEPALIVE_IDLE_TIMEOUT": str(self.upstream_idle_seconds),
            "KONG_NGINX_HTTP_CLIENT_MAX_BODY_SIZE": self.max_body,
            "KONG_NGINX_PROXY_LARGE_CLIENT_HEADER_BUFFERS": f"4 {self.header_kilobytes}k",
            "KONG_NGINX_WORKER_PROCESSES": str(self.worker_processes),
            "KONG_LOG_LEVEL": self.log_level,
            # The access log of nginx contains query strings with tokens in plain text. The logs of plugins do not.
            "KONG_PROXY_ACCESS_LOG": "off",
            "KONG_PROXY_ERROR_LOG": "/dev/stderr",
            "KONG_STATUS_ACCESS_LOG": "off",
            "KONG_STATUS_ERROR_LOG": "/dev/stderr",
        }

    @property
    def proxy_protocol(self) -> bool:
        """Whether the ports expect the PROXY protocol."""
        return self.client_address is not None and not self.client_address.uses_header

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

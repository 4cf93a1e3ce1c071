"""The request guard: Lua that runs before all plugins. It removes forged headers and blocks paths for operators."""

from collections.abc import Sequence

from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.prepended_lua import ServicesAndPlugins, prepend_lua
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.observability import CorrelationId

_MAX_IDENTIFIER_LENGTH = 128
IDENTITY_HEADERS = (
    "X-Anonymous-Consumer",
    "X-Authenticated-Groups",
    "X-Authenticated-Scope",
    "X-Authenticated-UserId",
    "X-Consumer-Custom-ID",
    "X-Consumer-Groups",
    "X-Consumer-ID",
    "X-Consumer-Username",
    "X-Credential-Identifier",
    "X-Credential-Username",
)
"""The headers in which Kong tells a service who the client is, after authentication."""

_IDENTIFIERS = """\
for _, name in ipairs({{ {names} }}) do
  local value = kong.request.get_header(name)
  if value and (#value > {longest} or value:find("[^%w._:/+=@-]")) then
    ngx.req.clear_header(name)
  end
end
"""
# If correlation-id did not run in the access phase, as on a redirect, it echoes the identifier of the request.

_FORWARDED = """\
local host = kong.request.get_header("Host")
local plain = host and host:lower():gsub("%.(:?%d*)$", "%1")
if plain ~= host then
  ngx.req.set_header("Host", plain)
end
ngx.req.clear_header("X-Forwarded-Host")
if (ngx.var.proxy_protocol_addr or "") ~= "" then
  for _, name in ipairs({ "For", "Proto", "Port", "Path", "Prefix" }) do
    ngx.req.clear_header("X-Forwarded-" .. name)
  end
  ngx.req.clear_header("X-Real-IP")
  ngx.req.clear_header("Forwarded")
end
ngx.ctx.cached_request_headers = nil
"""
# Kong's router compares hosts literally, but `SHOP.example.com` and `shop.example.com.` are the same host.
# Kong redirects to the X-Forwarded-Host of a trusted proxy, and load balancers pass on the value of the client. A load
# balancer that uses the PROXY protocol does not read requests, so all these headers come from the client. Kong has
# cached the headers before this Lua runs; clearing the cache makes it read them again.

_RETRY = """\
if kong.response.get_status() == 429 and not kong.response.get_header("Retry-After") then
  kong.response.set_header("Retry-After", "1")
end
"""
# The rate limit of nginx counts by the second, but its response has no Retry-After.

_LUA = """\
local identity = {identity}
local closed = {closed}
local open = {open}
local function asked()
  local path, decoded = nil, ngx.var.upstream_uri:match("^[^?]*")
  repeat
    path, decoded = decoded, ngx.unescape_uri(decoded)
  until decoded == path
  local kept = {{}}
  for segment in path:match("^[^?#]*"):gsub("\\\\", "/"):gsub(";[^/]*", ""):lower():gmatch("[^/]+") do
    if segment == ".." then
      table.remove(kept)
    elseif segment ~= "." then
      kept[#kept + 1] = segment
    end
  end
  return "/" .. table.concat(kept, "/")
end
return function()
  ngx.var.upstream_x_forwarded_for = ngx.var.remote_addr
  for name in pairs(identity) do
    kong.service.request.clear_header(name)
  end
  for name in pairs(kong.request.get_headers(1000)) do
    if identity[name:lower():gsub("_", "-")] then
      kong.service.request.clear_header(name)
    end
  end
  local service, route = kong.router.get_service(), kong.router.get_route()
  local paths = service and closed[service.name]
  if paths and not open[route.name] and paths[asked()] then
    return kong.response.exit(404, {{ message = "Not found" }})
  end
end
"""
# Kong itself would append the address of the proxy to the X-Forwarded-For of the client; nginx knows the real client.
# Some programs read X_Consumer_ID as X-Consumer-ID. The path is normalized in the most lenient way in which a program
# may read it: decoded, in lower case, without empty segments, and without parameters after a semicolon.


def with_request_guard(services: Sequence[KongService], global_plugins: Sequence[Plugin]) -> ServicesAndPlugins:
    """Return the services and the global plugins with a PreFunction that runs before all other plugins.

    On each request it:

    - removes `IDENTITY_HEADERS`, so that a client cannot forge them on a public route;
    - answers 404 if the path that the pods would get is one of `KongService.blocked_paths`;
    - sets X-Forwarded-For to the address of the client, without anything that a client or a proxy wrote;
    - changes the host to lower case and removes a dot at its end, before Kong looks for a route;
    - removes a request identifier (`CorrelationId`) that is longer than 128 characters or contains unusual characters;
      Kong then generates a new one;
    - removes X-Forwarded-Host, because Kong would redirect to it, and all forwarded headers if the load balancer uses
      the PROXY protocol.

    It adds Retry-After to a 429 of nginx. The Lua of other PreFunctions runs after it. A PreFunction with `protocols`
    is a finding, because the guard would not run for the other protocols.
    """
    identifiers = _identifiers(services, global_plugins)
    sources = {
        "rewrite": identifiers + _FORWARDED,
        "access": _source(services),
        "header_filter": identifiers + _RETRY,
    }
    return prepend_lua(PreFunction, sources, services, global_plugins)


def opens_blocked_path(service: KongService, route: Route) -> bool:
    """Whether the route matches only blocked paths of the service, and so makes them available on purpose."""
    paths = {request_paths.normalized_segments(each) for each in route.paths}
    return (
        route.exact
        and not route.strip_path
        and paths <= {request_paths.normalized_segments(each) for each in service.blocked_paths}
    )


def _identifiers(services: Sequence[KongService], global_plugins: Sequence[Plugin]) -> str:
    routes = [route for service in services for route in service.routes]
    scopes = [global_plugins, *(each.plugins for each in services), *(each.plugins for each in routes)]
    made = [each for scope in scopes for each in scope if isinstance(each, CorrelationId) and each.enabled]
    names = sorted({each.header_name.lower() for each in made})
    listed = ", ".join(compiler.literal(each) for each in names)
    return _IDENTIFIERS.format(names=listed, longest=_MAX_IDENTIFIER_LENGTH) if names else ""


def _source(services: Sequence[KongService]) -> str:
    blocked = [
        f"[{compiler.literal(each.name)}] = {_set(_normalized(each.blocked_paths))}"
        for each in services
        if each.blocked_paths
    ]
    opening_routes = [
        route.name for service in services for route in service.routes if opens_blocked_path(service, route)
    ]
    return _LUA.format(
        identity=_table([_entry(each.lower()) for each in IDENTITY_HEADERS]),
        closed=_table(blocked),
        open=_table([_entry(each) for each in opening_routes]),
    )


def _normalized(paths: Sequence[str]) -> list[str]:
    return sorted({"/" + "/".join(request_paths.normalized_segments(each)) for each in paths})


def _table(entries: Sequence[str]) -> str:
    return "{\n" + "".join(f"  {each},\n" for each in entries) + "}" if entries else "{}"


def _set(names: Sequence[str]) -> str:
    return "{ " + ", ".join(_entry(each) for each in names) + " }"


def _entry(name: str) -> str:
    return f"[{compiler.literal(name)}] = true"

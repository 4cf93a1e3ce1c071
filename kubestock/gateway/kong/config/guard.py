"""What Kong does first: it removes headers by which a client could say who it is, and closes operating paths."""

from collections.abc import Sequence

from kubestock.gateway.kong.config import request_paths
from kubestock.gateway.kong.config.prepended_lua import ServicesAndPlugins, prepend_lua
from kubestock.gateway.kong.config.routes import Route
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PreFunction
from kubestock.gateway.kong.plugins.observability import CorrelationId

_LONGEST_IDENTIFIER = 128
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
"""Headers in which Kong tells a service who calls, once authentication has found out."""

_IDENTIFIERS = """\
for _, name in ipairs({{ {names} }}) do
  local value = kong.request.get_header(name)
  if value and (#value > {longest} or value:find("[^%w._:/+=@-]")) then
    ngx.req.clear_header(name)
  end
end
"""
# Kong's correlation-id echoes whatever a request holds where it has made no identifier, as on a redirect.

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
# Kong compares hosts letter by letter; `SHOP.example.com` and `shop.example.com.` are the same host.
# Kong redirects to the X-Forwarded-Host that a trusted proxy passes on, and balancers pass on what a client wrote. One
# that speaks the PROXY protocol reads no request, so that all of these headers are the client's. Kong has read the
# headers once by then, and reads them again if it does not remember them.

_RETRY = """\
if kong.response.get_status() == 429 and not kong.response.get_header("Retry-After") then
  kong.response.set_header("Retry-After", "1")
end
"""
# nginx counts by the second, and does not say so.

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
# Kong would pass on the X-Forwarded-For of a client, and add the proxy that is connected to it; nginx knows the client.
# Some programs take X_Consumer_ID for X-Consumer-ID. A path is read as the least strict program reads it: decoded, in
# one case, without empty segments and without parameters after a semicolon.


def with_request_guard(services: Sequence[KongService], global_plugins: Sequence[Plugin]) -> ServicesAndPlugins:
    """Return the services and the plugins of every request, with a PreFunction that runs before all others.

    It removes `IDENTITY_HEADERS` from each request, so that none that a client wrote reaches a service by a public
    route, and answers 404 to a request that would ask the pods for one of `KongService.blocked_paths`.

    It tells services in X-Forwarded-For who the client is, and nothing that a client or a proxy wrote.

    It writes the host in lower case and without a dot at its end, before Kong looks for a route.

    It removes an identifier of the request (`CorrelationId`) that is long, or holds what no identifier does: Kong makes
    one of its own then. It removes X-Forwarded-Host, to which Kong would redirect, and every forwarded header behind a
    balancer that reads no requests. A 429 of nginx says when to try again.

    The Lua of any other PreFunction runs after it. The rules refuse one that is limited to some protocols: it would not
    run for the others.
    """
    identifiers = _identifiers(services, global_plugins)
    sources = {
        "rewrite": identifiers + _FORWARDED,
        "access": _source(services),
        "header_filter": identifiers + _RETRY,
    }
    return prepend_lua(PreFunction, sources, services, global_plugins)


def opens_blocked_path(service: KongService, route: Route) -> bool:
    """Whether the route is written for one closed path of the service, and for nothing else."""
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
    return _IDENTIFIERS.format(names=listed, longest=_LONGEST_IDENTIFIER) if names else ""


def _source(services: Sequence[KongService]) -> str:
    closed = [
        f"[{compiler.literal(each.name)}] = {_set(_texts(each.blocked_paths))}"
        for each in services
        if each.blocked_paths
    ]
    opening = [route.name for service in services for route in service.routes if opens_blocked_path(service, route)]
    return _LUA.format(
        identity=_table([_entry(each.lower()) for each in IDENTITY_HEADERS]),
        closed=_table(closed),
        open=_table([_entry(each) for each in opening]),
    )


def _texts(paths: Sequence[str]) -> list[str]:
    return sorted({"/" + "/".join(request_paths.normalized_segments(each)) for each in paths})


def _table(entries: Sequence[str]) -> str:
    return "{\n" + "".join(f"  {each},\n" for each in entries) + "}" if entries else "{}"


def _set(names: Sequence[str]) -> str:
    return "{ " + ", ".join(_entry(each) for each in names) + " }"


def _entry(name: str) -> str:
    return f"[{compiler.literal(name)}] = true"

"""What Kong does first: it removes headers by which a client could say who it is, and closes operating paths."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from kubestock.gateway.kong.config import http
from kubestock.gateway.kong.config.routes import Route, Service
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PreFunction

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
# Some programs take X_Consumer_ID for X-Consumer-ID. A path is read as the least strict program reads it: decoded, in
# one case, without empty segments and without parameters after a semicolon.


def guarded(
    services: Sequence[Service], everywhere: Sequence[Plugin]
) -> tuple[tuple[Service, ...], tuple[Plugin, ...]]:
    """Return the services and the plugins of every request, with a PreFunction that runs before all others.

    It removes `IDENTITY_HEADERS` from each request, so that none that a client wrote reaches a service by a public
    route, and answers 404 to a request that would ask the pods for one of `Service.closed`. The Lua of any other
    PreFunction runs after it. The rules refuse one that is limited to some protocols: it would not run for the others.
    """
    source = _source(services)
    kept = [each for each in everywhere if not isinstance(each, PreFunction) or each.enabled]
    own = any(isinstance(each, PreFunction) for each in kept)
    guarding = () if own else (_alone(source),)
    return tuple(_led_service(source, each) for each in services), (*guarding, *_after(source, kept))


def opened(service: Service, route: Route) -> bool:
    """Whether the route is written for one closed path of the service, and for nothing else."""
    stated = {http.segments_read(each) for each in route.paths}
    return route.exact and not route.strip_path and stated <= {http.segments_read(each) for each in service.closed}


@lru_cache(maxsize=16)
def _alone(source: str) -> PreFunction:
    """Return the function of one source, which is compiled once however often the file is rendered."""
    return PreFunction(access=[source])


def _led_service(source: str, service: Service) -> Service:
    plugins = [*service.plugins, *(plugin for route in service.routes for plugin in route.plugins)]
    if not any(isinstance(each, PreFunction) for each in plugins):
        return service
    routes = [replace(each, plugins=_after(source, each.plugins)) for each in service.routes]
    return replace(service, plugins=_after(source, service.plugins), routes=routes)


def _after(source: str, plugins: Sequence[Plugin]) -> tuple[Plugin, ...]:
    return tuple(_led(source, each) if isinstance(each, PreFunction) and each.enabled else each for each in plugins)


def _led(source: str, plugin: PreFunction) -> PreFunction:
    return replace(plugin, access=(source, *plugin.access))


def _source(services: Sequence[Service]) -> str:
    closed = [f"[{compiler.literal(each.name)}] = {_set(_texts(each.closed))}" for each in services if each.closed]
    opening = [route.name for service in services for route in service.routes if opened(service, route)]
    return _LUA.format(
        identity=_table([_entry(each.lower()) for each in IDENTITY_HEADERS]),
        closed=_table(closed),
        open=_table([_entry(each) for each in opening]),
    )


def _texts(paths: Sequence[str]) -> list[str]:
    return sorted({"/" + "/".join(http.segments_read(each)) for each in paths})


def _table(entries: Sequence[str]) -> str:
    return "{\n" + "".join(f"  {each},\n" for each in entries) + "}" if entries else "{}"


def _set(names: Sequence[str]) -> str:
    return "{ " + ", ".join(_entry(each) for each in names) + " }"


def _entry(name: str) -> str:
    return f"[{compiler.literal(name)}] = true"

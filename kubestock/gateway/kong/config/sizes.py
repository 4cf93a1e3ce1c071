"""Limits on the size of bodies, held after every other plugin has taken notice of the request.

Kong's request-size-limiting reads a body that does not say its length, and nginx answers by itself while it reads one
that is malformed, too large for it, or too slow. Plugins of a lower priority then never learn of the request: its
answer has no security headers, no log holds it, and no metric and no rate limit counts it. A body that is read last
changes none of that.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.prepended_lua import prepend_lua
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PostFunction
from kubestock.gateway.kong.plugins.limits import RequestSizeLimiting

_LUA = """\
local every = {every}
local routes = {routes}
local consumers = {consumers}
local function refuse()
  local waits = (kong.request.get_header("Expect") or ""):lower() == "100-continue"
  return kong.response.error(waits and 417 or 413, "Request size limit exceeded")
end
return function()
  local route, consumer = kong.router.get_route(), kong.client.get_consumer()
  local limit = consumer and consumers[consumer.username] or route and routes[route.name] or every
  if not limit then
    return
  end
  local length = tonumber(kong.request.get_header("Content-Length"))
  if length then
    return length > limit.most and refuse() or nil
  elseif limit.length and kong.request.get_header("Transfer-Encoding") ~= "chunked" then
    return kong.response.error(411, "A valid Content-Length header is required")
  end
  local body = kong.request.get_raw_body(limit.most)
  if not body or #body > limit.most then
    return refuse()
  end
end
"""
WithSizeLimits = tuple[tuple[KongService, ...], tuple[Plugin, ...], tuple[Consumer, ...]]


def with_size_limits(
    services: Sequence[KongService], global_plugins: Sequence[Plugin], consumers: Sequence[Consumer]
) -> WithSizeLimits:
    """Return all three with a PostFunction in place of each RequestSizeLimiting, if there are any."""
    routes = {
        route.name: _in_force(route.plugins, service.plugins, global_plugins)
        for service in services
        for route in service.routes
    }
    callers = {each.username: _in_force(each.plugins) for each in consumers}
    if not any((*routes.values(), *callers.values())):
        return tuple(services), tuple(global_plugins), tuple(consumers)
    every = _in_force(global_plugins)
    source = _LUA.format(
        every="nil" if every is None else _limit(every),
        routes=_table((name, limit) for name, limit in routes.items() if limit != every),
        consumers=_table(callers.items()),
    )
    made, plugins = prepend_lua(
        PostFunction, {"access": source}, [_without(each) for each in services], _others(global_plugins)
    )
    return made, plugins, tuple(replace(each, plugins=_others(each.plugins)) for each in consumers)


def _without(service: KongService) -> KongService:
    routes = [replace(each, plugins=_others(each.plugins)) for each in service.routes]
    return replace(service, plugins=_others(service.plugins), routes=routes)


def _others(plugins: Sequence[Plugin]) -> tuple[Plugin, ...]:
    return tuple(each for each in plugins if not isinstance(each, RequestSizeLimiting))


def _in_force(*scopes: Sequence[Plugin]) -> RequestSizeLimiting | None:
    found = (each for each in chain.from_iterable(scopes) if isinstance(each, RequestSizeLimiting) and each.enabled)
    return next(found, None)


def _table(limits: Iterable[tuple[str, RequestSizeLimiting | None]]) -> str:
    lines = [f"  [{compiler.literal(name)}] = {_limit(each)},\n" for name, each in limits if each is not None]
    return "{\n" + "".join(lines) + "}" if lines else "{}"


def _limit(limit: RequestSizeLimiting) -> str:
    return f"{{ most = {limit.bytes}, length = {str(limit.require_content_length).lower()} }}"

"""Limits the size of request bodies after all other plugins have seen the request.

Kong's request-size-limiting reads a body without Content-Length in its access phase. If that body is malformed, too
large for nginx or too slow, nginx answers by itself and plugins of a lower priority do not run: the response has no
security headers, and the request is not logged and not counted by metrics and rate limits. Lua in a PostFunction reads
the body last and avoids this.
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
    """Return services, global plugins and consumers with a PostFunction in place of all RequestSizeLimiting plugins."""
    routes = {
        route.name: _effective_limit(route.plugins, service.plugins, global_plugins)
        for service in services
        for route in service.routes
    }
    consumer_limits = {each.username: _effective_limit(each.plugins) for each in consumers}
    if not any((*routes.values(), *consumer_limits.values())):
        return tuple(services), tuple(global_plugins), tuple(consumers)
    global_limit = _effective_limit(global_plugins)
    source = _LUA.format(
        every="nil" if global_limit is None else _limit(global_limit),
        routes=_table((name, limit) for name, limit in routes.items() if limit != global_limit),
        consumers=_table(consumer_limits.items()),
    )
    limited, plugins = prepend_lua(
        PostFunction,
        {"access": source},
        [_service_without_limits(each) for each in services],
        _without_limits(global_plugins),
    )
    return limited, plugins, tuple(replace(each, plugins=_without_limits(each.plugins)) for each in consumers)


def _service_without_limits(service: KongService) -> KongService:
    routes = [replace(each, plugins=_without_limits(each.plugins)) for each in service.routes]
    return replace(service, plugins=_without_limits(service.plugins), routes=routes)


def _without_limits(plugins: Sequence[Plugin]) -> tuple[Plugin, ...]:
    return tuple(each for each in plugins if not isinstance(each, RequestSizeLimiting))


def _effective_limit(*scopes: Sequence[Plugin]) -> RequestSizeLimiting | None:
    found = (each for each in chain.from_iterable(scopes) if isinstance(each, RequestSizeLimiting) and each.enabled)
    return next(found, None)


def _table(limits: Iterable[tuple[str, RequestSizeLimiting | None]]) -> str:
    lines = [f"  [{compiler.literal(name)}] = {_limit(each)},\n" for name, each in limits if each is not None]
    return "{\n" + "".join(lines) + "}" if lines else "{}"


def _limit(limit: RequestSizeLimiting) -> str:
    return f"{{ most = {limit.bytes}, length = {str(limit.require_content_length).lower()} }}"

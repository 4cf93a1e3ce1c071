"""Checks of tokens that the jwt plugin of open-source Kong does not make: nbf, audience and issuer."""

from collections.abc import Iterable, Sequence
from itertools import chain

from kubestock.gateway.kong.config.consumers import Consumer
from kubestock.gateway.kong.config.prepended_lua import ServicesAndPlugins, prepend_lua
from kubestock.gateway.kong.config.services import KongService
from kubestock.gateway.kong.lua import compiler
from kubestock.gateway.kong.plugins.authentication import Jwt
from kubestock.gateway.kong.plugins.base import Plugin
from kubestock.gateway.kong.plugins.functions import PostFunction

_LUA = """\
local audiences = {audiences}
local issuers = {issuers}
local function claims(token)
  local payload = token:match("^[^.]*%.([^.]*)"):gsub("-", "+"):gsub("_", "/")
  return require("cjson.safe").decode(ngx.decode_base64(payload .. ("="):rep(-#payload % 4)))
end
local function is_for(wanted, audience)
  for _, each in ipairs(type(audience) == "table" and audience or {{ audience }}) do
    if wanted[each] then
      return true
    end
  end
end
local function problem(found)
  local wanted = audiences[kong.router.get_route().name]
  local issuer = issuers[kong.client.get_credential().key]
  if found.nbf ~= nil and not (tonumber(found.nbf) and tonumber(found.nbf) <= ngx.time() + {leeway}) then
    return "The token is not valid yet"
  elseif issuer and found.iss ~= issuer then
    return "The token is of another issuer"
  elseif wanted and not is_for(wanted, found.aud) then
    return "The token is for another audience"
  end
end
return function()
  local token = kong.ctx.shared.authenticated_jwt_token
  local message = token and problem(claims(token))
  if message then
    local headers = {{ ["WWW-Authenticate"] = 'Bearer error="invalid_token"' }}
    return kong.response.exit(401, {{ message = message }}, headers)
  end
end
"""
_LEEWAY_SECONDS = 60


def with_token_checks(
    services: Sequence[KongService], global_plugins: Sequence[Plugin], consumers: Sequence[Consumer]
) -> ServicesAndPlugins:
    """Return the services and the global plugins with a PostFunction that checks tokens.

    Without a Jwt plugin in effect, they are returned unchanged. The PostFunction runs after the jwt plugin has verified
    the signature. It answers 401 if a token is not valid yet (`nbf`), is not for an audience of the route's `Jwt`, or
    has another issuer than the key that its `kid` names.
    """
    routes = {
        route.name: _effective_jwt(route.plugins, service.plugins, global_plugins)
        for service in services
        for route in service.routes
    }
    tokens = {name: jwt for name, jwt in routes.items() if jwt is not None}
    if not tokens:
        return tuple(services), tuple(global_plugins)
    issuers = {each.kid: each.key for consumer in consumers for each in consumer.issuers if each.kid is not None}
    source = _LUA.format(
        audiences=_table((name, _set(jwt.audiences)) for name, jwt in tokens.items() if jwt.audiences),
        issuers=_table((kid, compiler.literal(issuer)) for kid, issuer in issuers.items()),
        leeway=_LEEWAY_SECONDS,
    )
    return prepend_lua(PostFunction, {"access": source}, services, global_plugins)


def _effective_jwt(*scopes: Sequence[Plugin]) -> Jwt | None:
    return next((each for each in chain.from_iterable(scopes) if isinstance(each, Jwt) and each.enabled), None)


def _table(entries: Iterable[tuple[str, str]]) -> str:
    lines = [f"  [{compiler.literal(key)}] = {value},\n" for key, value in entries]
    return "{\n" + "".join(lines) + "}" if lines else "{}"


def _set(names: Sequence[str]) -> str:
    return "{ " + ", ".join(f"[{compiler.literal(each)}] = true" for each in names) + " }"

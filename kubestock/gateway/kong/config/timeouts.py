"""Routes with their own read timeout. In Kong the timeout belongs to the service, so each timeout needs a service."""

from collections.abc import Iterator
from dataclasses import replace

from kubestock.gateway.kong.config.services import KongService


def split_by_timeout(service: KongService) -> Iterator[KongService]:
    """Yield the service with the routes that have no timeout of their own, then one service for each other timeout."""
    yield replace(service, routes=[each for each in service.routes if each.read_timeout is None])
    for timeout in sorted({each.read_timeout for each in service.routes if each.read_timeout is not None}):
        routes = [each for each in service.routes if each.read_timeout == timeout]
        yield replace(service, name=f"{service.name}.{timeout}", read_timeout=timeout, routes=routes)

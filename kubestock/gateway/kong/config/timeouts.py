"""Routes that wait longer for an answer than others to the same pods, which in Kong is a matter of the service."""

from collections.abc import Iterator
from dataclasses import replace

from kubestock.gateway.kong.config.services import KongService


def split_by_timeout(service: KongService) -> Iterator[KongService]:
    """Yield the service without the routes that have a timeout of their own, and one more for each of the timeouts."""
    yield replace(service, routes=[each for each in service.routes if each.read_timeout is None])
    for timeout in sorted({each.read_timeout for each in service.routes if each.read_timeout is not None}):
        routes = [each for each in service.routes if each.read_timeout == timeout]
        yield replace(service, name=f"{service.name}.{timeout}", read_timeout=timeout, routes=routes)

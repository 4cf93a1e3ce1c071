"""The gateway of an environment of KubeStock, from the settings of its edge."""

from collections.abc import Mapping
from dataclasses import replace

from kubestock.gateway.kong import JsonBodies, JwtIssuer, Plugin, RateLimiting, ServiceOptions, TlsAtLoadBalancer
from kubestock.product import Product
from kubestock.production.edge import API, INTERNAL, Edge
from kubestock.workload.image import ContainerImage
from kubestock.workload.microservice import Microservice


def add_gateway(product: Product, *, edge: Edge, issuer: str, smoke_test: ContainerImage | None) -> None:
    """Add Kong, without routes.

    Args:
        product: the product behind the gateway.
        edge: the settings of the gateway.
        issuer: the claim `iss` of the users' tokens.
        smoke_test: the image of the smoke test after each sync, or None for no test.
    """
    product.gateway(
        host=edge.host,
        tls=TlsAtLoadBalancer() if edge.tls_secret is None else edge.tls_secret,
        issuer=JwtIssuer(key=issuer, rsa_public_key=edge.issuer_public_key),
        audiences=edge.audiences,
        callers=edge.callers,
        credentials=edge.credentials,
        protected=(API, INTERNAL),
        health=edge.health,
        log=edge.log,
        max_body=edge.max_body,
        security_headers=edge.security_headers,
        proxy=edge.proxy,
        runtime=edge.runtime,
        scaling=edge.scaling,
        smoke_test=smoke_test,
    )


def add_routes(product: Product, edge: Edge, services: Mapping[str, Microservice], frontend: Microservice) -> None:
    """Route the paths of the edge to the services, and all other paths to the frontend."""
    connections = {each: _connection(edge, each) for each in dict.fromkeys(edge.routed)}
    for public in edge.public:
        product.route(
            public.path,
            to=services[public.service],
            other_paths=public.other_paths,
            methods=["GET"],
            uri=public.uri,
            service_options=connections[public.service],
            public=True,
        )
    for api in edge.api:
        product.route(
            api.path,
            to=services[api.service],
            other_paths=api.other_paths,
            methods=api.methods,
            smoke_test_path=api.smoke_test_path,
            auth="people",
            service_options=connections[api.service],
        )
    for machine in edge.machines:
        product.route(
            machine.path,
            to=services[machine.service],
            methods=machine.methods,
            callers=machine.callers,
            limit_per_minute=edge.requests_per_minute.get(machine.service),
            service_options=connections[machine.service],
        )
    product.route("/", to=frontend, methods=["GET", "HEAD"], public=True)


def _connection(edge: Edge, service: str) -> ServiceOptions:
    """Return the connection settings for every route to a service."""
    limit = edge.requests_per_minute.get(service)
    limits = [RateLimiting(minute=limit, limit_by="ip")] if limit else []
    return ServiceOptions(plugins=[*limits, *_bodies(edge, service)])


def _bodies(edge: Edge, service: str) -> list[Plugin]:
    largest = edge.max_body
    held = [replace(each, max_body=min(each.max_body, largest)) for each in edge.bodies.get(service, ())]
    return [JsonBodies(bodies=held, max_body=largest).to_plugin()] if held else []

"""The entities of Kong's declarative configuration: services, routes, upstreams, health checks and consumers."""

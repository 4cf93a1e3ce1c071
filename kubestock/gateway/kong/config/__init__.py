"""The entities of Kong's declarative configuration: routes, services, upstreams, health checks, consumers, the file."""

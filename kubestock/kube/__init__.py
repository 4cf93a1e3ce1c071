"""A thin layer over the typed bindings of Kubernetes: objects, scalars, peers of network policies."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

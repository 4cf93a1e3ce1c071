"""Kong: routes, upstreams, plugins and consumers as one configuration, and `KongGateway`, which runs Kong with it.

The names below are imported on first use, so code that only reads a Kong file does not start Node.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

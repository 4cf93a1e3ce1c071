"""Kong: routes, upstreams, plugins and consumers in one configuration, and `KongGateway`, which runs it.

The names below are loaded where they are first used: what only reads a file of Kong starts no Node.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

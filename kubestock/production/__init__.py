"""KubeStock itself: its services, the settings of an environment, and the production environment.

`PRODUCTION` reads the image tags, sealed values and keys that are committed next to this code. They are in the
repository, but not in the installed package.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

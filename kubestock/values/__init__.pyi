from .labels import Labels as Labels
from .off import Off as Off
from .quantities import Quantity as Quantity
from .references import ConfigMapKey as ConfigMapKey
from .references import ConfigMapRef as ConfigMapRef
from .references import SecretKey as SecretKey
from .references import SecretRef as SecretRef

__all__: list[str]

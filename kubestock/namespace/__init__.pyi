from .guardrails import Guardrails as Guardrails
from .limits import ContainerLimits as ContainerLimits
from .limits import NamespaceLimits as NamespaceLimits
from .limits import ResourceList as ResourceList
from .namespace import Namespace as Namespace
from .pod_security import NamespaceSecurity as NamespaceSecurity
from .quota import LargestRollout as LargestRollout
from .quota import Quota as Quota
from .resourcequota import NamespaceQuota as NamespaceQuota
from .roles import NamespaceRoles as NamespaceRoles

__all__: list[str]

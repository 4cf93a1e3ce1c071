from case import Case

from cases.application import APPLICATION
from cases.cluster import CLUSTER
from cases.database import DATABASES
from cases.gateway import GATEWAY
from cases.network import NETWORK
from cases.nodes import NODES
from cases.outages import OUTAGES
from cases.pods import PODS
from cases.programs import PROGRAMS
from cases.rollouts import ROLLOUTS
from cases.secrets import SECRETS
from cases.security import SECURITY

CASES: tuple[Case, ...] = (
    *PODS,
    *ROLLOUTS,
    *APPLICATION,
    *SECURITY,
    *PROGRAMS,
    *DATABASES,
    *OUTAGES,
    *NETWORK,
    *NODES,
    *SECRETS,
    *GATEWAY,
    *CLUSTER,
)

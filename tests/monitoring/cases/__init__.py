from case import Case

from cases.application import APPLICATION
from cases.edge import EDGE
from cases.nodes import NODES
from cases.pods import PODS

CASES: tuple[Case, ...] = (*PODS, *APPLICATION, *EDGE, *NODES)

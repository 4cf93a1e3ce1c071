from .app import build_app as build_app
from .chart import ProductionChart as ProductionChart
from .edge import ApiRoute as ApiRoute
from .edge import Edge as Edge
from .edge import MachineRoute as MachineRoute
from .edge import PublicRoute as PublicRoute
from .environment import PRODUCTION as PRODUCTION
from .settings import Settings as Settings

__all__: list[str]

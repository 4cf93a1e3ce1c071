from ._version import __version__ as __version__
from .app.app import App as App
from .app.chart import Chart as Chart
from .errors import ConfigurationError as ConfigurationError
from .kube.peers import INTERNET as INTERNET
from .kube.peers import IpBlocks as IpBlocks
from .kube.peers import Pods as Pods
from .namespace.guardrails import Guardrails as Guardrails
from .product.images import read_images as read_images
from .product.product import Product as Product
from .secrets.storefile import read_store as read_store
from .workload.autoscaling import Autoscaler as Autoscaler
from .workload.autoscaling import Replicas as Replicas
from .workload.callees import Database as Database
from .workload.callees import ExternalService as ExternalService
from .workload.container import Container as Container
from .workload.image import ContainerImage as ContainerImage
from .workload.microservice import Microservice as Microservice
from .workload.platform import Platform as Platform
from .workload.ports import Port as Port
from .workload.probes import Probes as Probes
from .workload.resources import ContainerResources as ContainerResources

__all__: list[str]

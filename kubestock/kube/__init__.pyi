from .dns import NODE_LOCAL_DNS as NODE_LOCAL_DNS
from .dns import OPENSHIFT_DNS as OPENSHIFT_DNS
from .dns import ClusterDns as ClusterDns
from .objects import KubeObject as KubeObject
from .peers import INTERNET as INTERNET
from .peers import IpBlocks as IpBlocks
from .peers import Peer as Peer
from .peers import Pods as Pods

__all__: list[str]

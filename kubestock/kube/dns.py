"""The DNS servers of a cluster, which network policies must allow."""

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.peers import CLUSTER_DNS, IpBlocks, Peer, Pods, ports
from kubestock.values import names
from kubestock.values.value import Value

_DNS_PORT = 53


class ClusterDns(Value):
    """Describes the DNS servers of the cluster, to which every policy that isolates egress permits UDP and TCP.

    Args:
        peers: the DNS servers, as pods or addresses. Defaults to the pods of kube-dns or CoreDNS in kube-system.
        port: the port that these pods listen on, not that of their Service. Defaults to 53.

    Raises:
        ConfigurationError: if there is no peer, or the port is out of range.
    """

    peers: tuple[Peer, ...] = (CLUSTER_DNS,)
    port: int = _DNS_PORT

    def check(self) -> None:
        if not self.peers:
            raise ConfigurationError("peers of ClusterDns must have at least one DNS server, got none")
        names.port_number("port of ClusterDns", self.port)

    def egress(self) -> k8s.NetworkPolicyEgressRule:
        """Return the rule that permits DNS, with TCP for answers over 512 bytes."""
        to = [binding for peer in self.peers for binding in peer.to_kube()]
        return k8s.NetworkPolicyEgressRule(to=to, ports=ports(self.port, "UDP", "TCP"))


NODE_LOCAL_DNS = ClusterDns(peers=(CLUSTER_DNS, IpBlocks(ranges=("169.254.20.10/32",))))
"""NodeLocal DNSCache at its default address, and the DNS servers to which it forwards.

See https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
"""

OPENSHIFT_DNS = ClusterDns(
    peers=(Pods(namespace="openshift-dns", labels={"dns.operator.openshift.io/daemonset-dns": "default"}),), port=5353
)
"""The DNS servers of OpenShift, whose pods listen on 5353; their Service has port 53."""

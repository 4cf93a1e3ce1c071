"""The resolver of a cluster, as network policies must name it."""

from kubestock.errors import ConfigurationError
from kubestock.kube.bindings import k8s
from kubestock.kube.peers import CLUSTER_DNS, Cidrs, Peer, Pods, ports
from kubestock.values import names
from kubestock.values.value import Value

_DNS_PORT = 53


class ClusterDns(Value):
    """Where pods resolve names: every policy that isolates egress opens it, over UDP and TCP.

    Args:
        peers: who answers: pods, or addresses. Defaults to the pods of kube-dns or CoreDNS in kube-system.
        port: where they listen, behind their Service. Defaults to 53.

    Raises:
        ConfigurationError: if no peer is named, or the port is out of range.
    """

    peers: tuple[Peer, ...] = (CLUSTER_DNS,)
    port: int = _DNS_PORT

    def check(self) -> None:
        if not self.peers:
            raise ConfigurationError("peers of ClusterDns must name who resolves names, got none")
        names.port_number("port of ClusterDns", self.port)

    def egress(self) -> k8s.NetworkPolicyEgressRule:
        """Return the rule that lets a pod resolve names: answers over 512 bytes come by TCP."""
        to = [binding for peer in self.peers for binding in peer.to_kube()]
        return k8s.NetworkPolicyEgressRule(to=to, ports=ports(self.port, "UDP", "TCP"))


NODE_LOCAL_DNS = ClusterDns(peers=(CLUSTER_DNS, Cidrs(ranges=("169.254.20.10/32",))))
"""NodeLocal DNSCache at its usual address, and the resolver behind it.

See https://kubernetes.io/docs/tasks/administer-cluster/nodelocaldns/
"""

OPENSHIFT_DNS = ClusterDns(
    peers=(Pods(namespace="openshift-dns", labels={"dns.operator.openshift.io/daemonset-dns": "default"}),), port=5353
)
"""The resolver of OpenShift, whose pods listen on 5353 behind a Service on 53."""

package main

import (
	"net"

	apiservice "k8s.io/kubernetes/pkg/api/service"
	"k8s.io/kubernetes/pkg/apis/core"
)

// allocate does what the API server's allocators do to a Service before it is validated, for a cluster of IPv4.
func allocate(service *core.Service) {
	spec := &service.Spec
	if spec.Type == core.ServiceTypeExternalName {
		return
	}
	if spec.ClusterIP == "" && len(spec.ClusterIPs) == 0 {
		spec.ClusterIP = "10.0.0.1"
	}
	if spec.ClusterIP == "" {
		spec.ClusterIP = spec.ClusterIPs[0]
	}
	if len(spec.ClusterIPs) == 0 {
		spec.ClusterIPs = []string{spec.ClusterIP}
	}
	if spec.IPFamilyPolicy == nil {
		single := core.IPFamilyPolicySingleStack
		spec.IPFamilyPolicy = &single
	}
	if len(spec.IPFamilies) == 0 {
		spec.IPFamilies = []core.IPFamily{familyOf(spec.ClusterIP)}
	}
	if apiservice.NeedsHealthCheck(service) && spec.HealthCheckNodePort == 0 {
		spec.HealthCheckNodePort = 30000
	}
}

func familyOf(text string) core.IPFamily {
	if address := net.ParseIP(text); address != nil && address.To4() == nil {
		return core.IPv6Protocol
	}
	return core.IPv4Protocol
}

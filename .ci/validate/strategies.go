package main

import (
	"k8s.io/apiserver/pkg/registry/rest"

	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/autoscaling/install"
	_ "k8s.io/kubernetes/pkg/apis/batch/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	_ "k8s.io/kubernetes/pkg/apis/networking/install"
	_ "k8s.io/kubernetes/pkg/apis/policy/install"
	_ "k8s.io/kubernetes/pkg/apis/rbac/install"
	_ "k8s.io/kubernetes/pkg/apis/scheduling/install"
	_ "k8s.io/kubernetes/pkg/apis/storage/install"
	"k8s.io/kubernetes/pkg/registry/apps/daemonset"
	"k8s.io/kubernetes/pkg/registry/apps/deployment"
	"k8s.io/kubernetes/pkg/registry/apps/replicaset"
	"k8s.io/kubernetes/pkg/registry/apps/statefulset"
	"k8s.io/kubernetes/pkg/registry/autoscaling/horizontalpodautoscaler"
	"k8s.io/kubernetes/pkg/registry/batch/cronjob"
	"k8s.io/kubernetes/pkg/registry/batch/job"
	"k8s.io/kubernetes/pkg/registry/core/configmap"
	"k8s.io/kubernetes/pkg/registry/core/limitrange"
	"k8s.io/kubernetes/pkg/registry/core/namespace"
	"k8s.io/kubernetes/pkg/registry/core/persistentvolumeclaim"
	"k8s.io/kubernetes/pkg/registry/core/pod"
	"k8s.io/kubernetes/pkg/registry/core/resourcequota"
	"k8s.io/kubernetes/pkg/registry/core/secret"
	"k8s.io/kubernetes/pkg/registry/core/service"
	"k8s.io/kubernetes/pkg/registry/core/serviceaccount"
	"k8s.io/kubernetes/pkg/registry/networking/ingress"
	"k8s.io/kubernetes/pkg/registry/networking/ingressclass"
	"k8s.io/kubernetes/pkg/registry/networking/networkpolicy"
	"k8s.io/kubernetes/pkg/registry/policy/poddisruptionbudget"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrole"
	"k8s.io/kubernetes/pkg/registry/rbac/clusterrolebinding"
	"k8s.io/kubernetes/pkg/registry/rbac/role"
	"k8s.io/kubernetes/pkg/registry/rbac/rolebinding"
	"k8s.io/kubernetes/pkg/registry/scheduling/priorityclass"
	"k8s.io/kubernetes/pkg/registry/storage/storageclass"
)

// strategies are what the API server asks about a new object, by its version and kind.
var strategies = map[string]map[string]rest.RESTCreateStrategy{
	"v1": {
		"ConfigMap":             configmap.Strategy,
		"LimitRange":            limitrange.Strategy,
		"Namespace":             namespace.Strategy,
		"PersistentVolumeClaim": persistentvolumeclaim.Strategy,
		"Pod":                   pod.Strategy,
		"ResourceQuota":         resourcequota.Strategy,
		"Secret":                secret.Strategy,
		"Service":               service.Strategy,
		"ServiceAccount":        serviceaccount.Strategy,
	},
	"apps/v1": {
		"DaemonSet":   daemonset.Strategy,
		"Deployment":  deployment.Strategy,
		"ReplicaSet":  replicaset.Strategy,
		"StatefulSet": statefulset.Strategy,
	},
	"autoscaling/v2": {
		"HorizontalPodAutoscaler": horizontalpodautoscaler.Strategy,
	},
	"batch/v1": {
		"CronJob": cronjob.Strategy,
		"Job":     job.Strategy,
	},
	"networking.k8s.io/v1": {
		"Ingress":       ingress.Strategy,
		"IngressClass":  ingressclass.Strategy,
		"NetworkPolicy": networkpolicy.Strategy,
	},
	"policy/v1": {
		"PodDisruptionBudget": poddisruptionbudget.Strategy,
	},
	"rbac.authorization.k8s.io/v1": {
		"ClusterRole":        clusterrole.Strategy,
		"ClusterRoleBinding": clusterrolebinding.Strategy,
		"Role":               role.Strategy,
		"RoleBinding":        rolebinding.Strategy,
	},
	"scheduling.k8s.io/v1": {
		"PriorityClass": priorityclass.Strategy,
	},
	"storage.k8s.io/v1": {
		"StorageClass": storageclass.Strategy,
	},
}

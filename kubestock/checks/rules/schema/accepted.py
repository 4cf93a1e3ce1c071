"""The values that the API server accepts in fields for which the schema has only a type.

See https://kubernetes.io/docs/reference/kubernetes-api/
"""

from collections.abc import Mapping

_PROTOCOLS = ("", "TCP", "UDP", "SCTP")
_SECCOMP = ("RuntimeDefault", "Localhost", "Unconfined")
_EFFECTS = ("", "NoSchedule", "PreferNoSchedule", "NoExecute")
_MODES = ("ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany", "ReadWriteOncePod")
_SCOPES = (
    "Terminating",
    "NotTerminating",
    "BestEffort",
    "NotBestEffort",
    "PriorityClass",
    "CrossNamespacePodAffinity",
    "VolumeAttributesClass",
)
_PAGES = ("", "Memory", "HugePages")

ACCEPTED: Mapping[str, Mapping[tuple[str, ...], tuple[str, ...]]] = {
    "PodSpec": {
        ("dnsPolicy",): ("", "ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"),
        ("preemptionPolicy",): ("", "PreemptLowerPriority", "Never"),
        ("os", "name"): ("linux", "windows"),
    },
    "PodSecurityContext": {
        ("seccompProfile", "type"): _SECCOMP,
        ("appArmorProfile", "type"): _SECCOMP,
        ("fsGroupChangePolicy",): ("OnRootMismatch", "Always"),
        ("supplementalGroupsPolicy",): ("", "Merge", "Strict"),
    },
    "SecurityContext": {
        ("seccompProfile", "type"): _SECCOMP,
        ("appArmorProfile", "type"): _SECCOMP,
        ("procMount",): ("Default", "Unmasked"),
    },
    "Container": {
        ("imagePullPolicy",): ("", "Always", "IfNotPresent", "Never"),
        ("terminationMessagePolicy",): ("", "File", "FallbackToLogsOnError"),
    },
    "ContainerPort": {("protocol",): _PROTOCOLS},
    "HTTPGetAction": {("scheme",): ("", "HTTP", "HTTPS")},
    "Toleration": {("operator",): ("", "Equal", "Exists", "Lt", "Gt"), ("effect",): _EFFECTS},
    "TopologySpreadConstraint": {
        ("whenUnsatisfiable",): ("DoNotSchedule", "ScheduleAnyway"),
        ("nodeAffinityPolicy",): ("Honor", "Ignore"),
        ("nodeTaintsPolicy",): ("Honor", "Ignore"),
    },
    "EmptyDirVolumeSource": {("medium",): (*_PAGES, "HugePages-2Mi", "HugePages-1Gi")},
    "DeploymentStrategy": {("type",): ("", "RollingUpdate", "Recreate")},
    "StatefulSetUpdateStrategy": {("type",): ("", "RollingUpdate", "OnDelete")},
    "DaemonSetUpdateStrategy": {("type",): ("", "RollingUpdate", "OnDelete")},
    "StatefulSetSpec": {("podManagementPolicy",): ("", "OrderedReady", "Parallel")},
    "JobSpec": {("completionMode",): ("NonIndexed", "Indexed")},
    "CronJobSpec": {("concurrencyPolicy",): ("", "Allow", "Forbid", "Replace")},
    "PersistentVolumeClaimSpec": {("accessModes",): _MODES, ("volumeMode",): ("Filesystem", "Block")},
    "ServiceSpec": {
        ("type",): ("", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName"),
        ("sessionAffinity",): ("", "None", "ClientIP"),
        ("externalTrafficPolicy",): ("", "Cluster", "Local"),
        ("internalTrafficPolicy",): ("Cluster", "Local"),
        ("ipFamilyPolicy",): ("SingleStack", "PreferDualStack", "RequireDualStack"),
        ("ipFamilies",): ("IPv4", "IPv6"),
    },
    "ServicePort": {("protocol",): _PROTOCOLS},
    "HTTPIngressPath": {("pathType",): ("Exact", "Prefix", "ImplementationSpecific")},
    "NetworkPolicySpec": {("policyTypes",): ("Ingress", "Egress")},
    "NetworkPolicyPort": {("protocol",): _PROTOCOLS[1:]},
    "MetricSpec": {("type",): ("Resource", "ContainerResource", "Pods", "Object", "External")},
    "MetricTarget": {("type",): ("Utilization", "Value", "AverageValue")},
    "HPAScalingRules": {("selectPolicy",): ("Max", "Min", "Disabled")},
    "HPAScalingPolicy": {("type",): ("Pods", "Percent")},
    "PodDisruptionBudgetSpec": {("unhealthyPodEvictionPolicy",): ("IfHealthyBudget", "AlwaysAllow")},
    "PriorityClass": {("preemptionPolicy",): ("PreemptLowerPriority", "Never")},
    "ResourceQuotaSpec": {("scopes",): _SCOPES},
    "RoleRef": {("kind",): ("Role", "ClusterRole"), ("apiGroup",): ("", "rbac.authorization.k8s.io")},
    "Subject": {("kind",): ("User", "Group", "ServiceAccount")},
}
"""The texts that each field accepts."""

_LARGEST = 2**31 - 1
_SOME = (0, _LARGEST)
_ONE = (1, _LARGEST)
_PORT = (1, 65535)
_MODE = (0, 0o777)
_ID = (0, _LARGEST)

RANGES: Mapping[str, Mapping[tuple[str, ...], tuple[int, int]]] = {
    "PodSpec": {("activeDeadlineSeconds",): _ONE},
    "PodSecurityContext": {("runAsUser",): _ID, ("runAsGroup",): _ID, ("fsGroup",): _ID},
    "SecurityContext": {("runAsUser",): _ID, ("runAsGroup",): _ID},
    "ContainerPort": {("containerPort",): _PORT, ("hostPort",): (0, 65535)},
    "Probe": {
        ("initialDelaySeconds",): _SOME,
        ("timeoutSeconds",): _SOME,
        ("periodSeconds",): _SOME,
        ("successThreshold",): _SOME,
        ("failureThreshold",): _SOME,
        ("terminationGracePeriodSeconds",): _ONE,
    },
    "HTTPGetAction": {("port",): _PORT},
    "TCPSocketAction": {("port",): _PORT},
    "GRPCAction": {("port",): _PORT},
    "TopologySpreadConstraint": {("maxSkew",): _ONE, ("minDomains",): _ONE},
    "WeightedPodAffinityTerm": {("weight",): (1, 100)},
    "PreferredSchedulingTerm": {("weight",): (1, 100)},
    "KeysVolumeSource": {("defaultMode",): _MODE},
    "KeyToPath": {("mode",): _MODE},
    "DeploymentSpec": {
        ("replicas",): _SOME,
        ("minReadySeconds",): _SOME,
        ("revisionHistoryLimit",): _SOME,
        ("progressDeadlineSeconds",): _SOME,
    },
    "ReplicaSetSpec": {("replicas",): _SOME, ("minReadySeconds",): _SOME},
    "StatefulSetSpec": {("replicas",): _SOME, ("minReadySeconds",): _SOME},
    "StatefulSetUpdateStrategy": {("rollingUpdate", "partition"): _SOME},
    "DaemonSetSpec": {("minReadySeconds",): _SOME, ("revisionHistoryLimit",): _SOME},
    "JobSpec": {
        ("parallelism",): _SOME,
        ("completions",): _SOME,
        ("backoffLimit",): _SOME,
        ("activeDeadlineSeconds",): (0, 2**63),
        ("ttlSecondsAfterFinished",): _SOME,
    },
    "CronJobSpec": {
        ("startingDeadlineSeconds",): _SOME,
        ("successfulJobsHistoryLimit",): _SOME,
        ("failedJobsHistoryLimit",): _SOME,
    },
    "ServicePort": {("port",): _PORT, ("targetPort",): (0, 65535), ("nodePort",): (0, 65535)},
    "IngressBackend": {("service", "port", "number"): _PORT},
    "NetworkPolicyPort": {("port",): _PORT, ("endPort",): _PORT},
    "HorizontalPodAutoscalerSpec": {("minReplicas",): _ONE, ("maxReplicas",): _ONE},
    "MetricTarget": {("averageUtilization",): _ONE},
    "HPAScalingRules": {("stabilizationWindowSeconds",): (0, 3600)},
    "HPAScalingPolicy": {("value",): _ONE, ("periodSeconds",): (1, 1800)},
    "PriorityClass": {("value",): (-(2**31), 1_000_000_000)},
}
"""The lowest and the highest number that each field accepts."""

SHARES: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "DeploymentStrategy": (("rollingUpdate", "maxSurge"), ("rollingUpdate", "maxUnavailable")),
    "DaemonSetUpdateStrategy": (("rollingUpdate", "maxSurge"), ("rollingUpdate", "maxUnavailable")),
    "StatefulSetUpdateStrategy": (("rollingUpdate", "maxUnavailable"),),
    "PodDisruptionBudgetSpec": (("maxUnavailable",), ("minAvailable",)),
}
"""The fields whose value is a number of pods or a percentage."""

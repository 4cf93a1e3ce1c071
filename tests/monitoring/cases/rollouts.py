from case import Case, and_elsewhere, both, states

DEPLOYMENT = 'namespace="shop",deployment="orders"'
FIRES = ('deployment="orders"',)
STATUSES = ("true", "false", "unknown")
JOB = 'namespace="shop",job_name="report-29"'
AUTOSCALER = 'namespace="shop",horizontalpodautoscaler="orders"'
BUDGET = 'namespace="shop",poddisruptionbudget="orders"'
QUOTA = 'namespace="shop",resourcequota="shop",resource="pods"'


def conditions(available: str, progressing: str, failure: str = "false") -> dict[str, str]:
    found: dict[str, str] = {}
    for copy in ("a", "b"):
        for condition, status in {
            "Available": available,
            "Progressing": progressing,
            "ReplicaFailure": failure,
        }.items():
            of = f'{DEPLOYMENT},condition="{condition}",instance="{copy}"'
            found |= states("kube_deployment_status_condition", of, "status", STATUSES, status)
    return found


def replicas(wanted: str, there: str) -> dict[str, str]:
    found = both("kube_deployment_spec_replicas", DEPLOYMENT, wanted)
    return found | both("kube_deployment_status_replicas_available", DEPLOYMENT, there)


def job(status: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for copy in ("a", "b"):
        of = f'{JOB},instance="{copy}"'
        found |= states("kube_job_failed", of, "condition", STATUSES, status)
    return found


def autoscaler(now: str, most: str = "8x60") -> dict[str, str]:
    found = both("kube_horizontalpodautoscaler_status_current_replicas", AUTOSCALER, now)
    return found | both("kube_horizontalpodautoscaler_spec_max_replicas", AUTOSCALER, most)


def budget(allowed: str) -> dict[str, str]:
    return both("kube_poddisruptionbudget_status_pod_disruptions_allowed", BUDGET, allowed)


def quota(used: str, hard: str) -> dict[str, str]:
    found = both("kube_resourcequota", f'{QUOTA},type="used"', used)
    return found | both("kube_resourcequota", f'{QUOTA},type="hard"', hard)


ROLLOUTS = and_elsewhere(
    (
        Case("RolloutStuck", conditions("true", "false"), {"45s": (), "1m15s": FIRES}, "no progress", every="15s"),
        Case("RolloutStuck", conditions("true", "true"), {"45m": ()}, "all is well"),
        Case("RolloutStuck", conditions("false", "true", "true"), {"45m": ()}, "it goes on, though slowly"),
        Case("RolloutStuck", conditions("true", "unknown"), {"45m": ()}, "it is paused"),
        Case("ReplicasMissing", replicas("3x60", "2x60"), {"14m": (), "16m": FIRES}),
        Case("ReplicasMissing", replicas("3x60", "3x60"), {"45m": ()}),
        Case("ReplicasMissing", replicas("3x60", "2x10 3x50"), {"45m": ()}, "it came back"),
        Case("JobFailed", job("true"), {"4m": (), "6m": ('job_name="report-29"',)}),
        Case("JobFailed", job("false"), {"45m": ()}, "it succeeded"),
        Case("JobFailed", job("unknown"), {"45m": ()}, "it still runs"),
        Case("AutoscalerAtMaximum", autoscaler("8x60"), {"29m": (), "31m": ('horizontalpodautoscaler="orders"',)}),
        Case("AutoscalerAtMaximum", autoscaler("7x60"), {"45m": ()}),
        Case("AutoscalerAtMaximum", autoscaler("8x20 4x40"), {"45m": ()}, "a busy quarter of an hour"),
        Case("DisruptionBudgetAtRisk", budget("0x60"), {"29m": (), "31m": ('poddisruptionbudget="orders"',)}),
        Case("DisruptionBudgetAtRisk", budget("1x60"), {"45m": ()}),
        Case("QuotaNearlyFull", quota("46x60", "50x60"), {"14m": (), "16m": ('resourcequota="shop",resource="pods"',)}),
        Case("QuotaNearlyFull", quota("42x60", "50x60"), {"45m": ()}, "84 %"),
        Case("QuotaNearlyFull", quota("0x60", "0x60"), {"45m": ()}, "a resource that is forbidden"),
    )
)

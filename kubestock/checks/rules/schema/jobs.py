"""Whether pods restart as their controller needs it, and schedules can be read."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.errors import ConfigurationError
from kubestock.values import cron, documents

_BY_NAME = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ([0-9.]+(h|m|s|ms))+)")
_OF_KIND = {"Pod": ("Always", "OnFailure", "Never"), "Job": ("OnFailure", "Never"), "CronJob": ("OnFailure", "Never")}


@rule(
    "restart-policy",
    title="Pods have a restartPolicy that their controller refuses",
    source="https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#restart-policy",
    fails="""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: migrate}
        spec: {template: {spec: {containers: [{name: migrate, image: "shop/migrate:1.0"}]}}}
    """,
    passes="""
        apiVersion: batch/v1
        kind: Job
        metadata: {name: migrate}
        spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: "shop/migrate:1.0"}]}}}
    """,
)
def restart_policy(inventory: Inventory) -> Iterator[Problem]:
    """The API server refuses the controller: Jobs need Never or OnFailure, and Always is the default."""
    for workload in inventory.workloads:
        accepted = _OF_KIND.get(workload.kind, ("Always",))
        given = documents.at(workload.spec, "restartPolicy") or "Always"
        if workload.spec and isinstance(given, str) and given not in accepted:
            yield workload.problem(
                f"the restartPolicy of the pods of a {workload.kind} must be {' or '.join(accepted)}, got {given!r}",
                fix=f"set {accepted[-1]}",
                field=(*workload.pod_path, "restartPolicy"),
            )


@rule(
    "schedule",
    title="A CronJob has a schedule that cannot be read",
    source="https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax",
    fails="""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: reports}
        spec:
          schedule: "0 25 * * *"
          jobTemplate:
            spec:
              template: {spec: {restartPolicy: Never, containers: [{name: reports, image: "shop/reports:1.0"}]}}
    """,
    passes="""
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: reports}
        spec:
          schedule: "0 3 * * *"
          jobTemplate:
            spec:
              template: {spec: {restartPolicy: Never, containers: [{name: reports, image: "shop/reports:1.0"}]}}
    """,
)
def schedule(inventory: Inventory) -> Iterator[Problem]:
    """The API server refuses the CronJob, or no day of the calendar is one of its days."""
    for found in parts_of_type(inventory, "CronJobSpec"):
        given = documents.at(found.value, "schedule")
        if isinstance(given, str) and (wrong := _wrong_schedule(given)):
            yield found.problem(wrong, fix="write minute hour day month weekday", field=("schedule",))
        zone = documents.at(found.value, "timeZone")
        if isinstance(zone, str) and not _is_zone(zone):
            message = f"timeZone must be one of IANA's, such as Europe/Zurich, got {zone!r}"
            yield found.problem(message, fix="correct it", field=("timeZone",))


def _wrong_schedule(given: str) -> str:
    if _BY_NAME.fullmatch(given):
        return ""
    try:
        cron.cron_schedule("schedule", " ".join(given.split()))
    except ConfigurationError as error:
        return str(error)
    return ""


def _is_zone(given: str) -> bool:
    try:
        cron.time_zone("timeZone", given)
    except ConfigurationError:
        return False
    return given.lower() not in ("", "local")

"""Rules about restart policies and schedules."""

import re
from collections.abc import Iterator

from kubestock.checks.definition import rule
from kubestock.checks.facts.inventory import Inventory
from kubestock.checks.facts.parts import parts_of_type
from kubestock.checks.finding import Problem
from kubestock.errors import ConfigurationError
from kubestock.values import cron, documents

_MACRO = re.compile(r"@(yearly|annually|monthly|weekly|daily|midnight|hourly|every ([0-9.]+(h|m|s|ms))+)")
_OF_KIND = {"Pod": ("Always", "OnFailure", "Never"), "Job": ("OnFailure", "Never"), "CronJob": ("OnFailure", "Never")}


@rule(
    "restart-policy",
    title="The restartPolicy of pods is invalid for their controller",
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
    """The API server rejects the controller. A Job needs Never or OnFailure, but the default is Always."""
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
    title="A CronJob has an invalid schedule or time zone",
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
    """The API server rejects the CronJob, or its schedule never matches a date."""
    for found in parts_of_type(inventory, "CronJobSpec"):
        given = documents.at(found.value, "schedule")
        if isinstance(given, str) and (wrong := _schedule_error(given)):
            yield found.problem(wrong, fix="write it as minute hour day month weekday", field=("schedule",))
        zone = documents.at(found.value, "timeZone")
        if isinstance(zone, str) and not _is_zone(zone):
            message = f"timeZone must be the name of an IANA time zone, such as Europe/Zurich, got {zone!r}"
            yield found.problem(message, fix="correct it", field=("timeZone",))


def _schedule_error(given: str) -> str:
    if _MACRO.fullmatch(given):
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

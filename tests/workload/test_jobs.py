"""Jobs and CronJobs: work that runs to completion, once or on a schedule."""

from typing import Any

import cdk8s
import pytest
from support import find, manifests
from workload import samples
from workload.samples import IMAGE, PLATFORM, RESOURCES, microservice

from kubestock import Chart
from kubestock.checks import findings
from kubestock.errors import ConfigurationError
from kubestock.kube import objects
from kubestock.values.sync import DELETE_POLICY, HOOK, WAVE
from kubestock.workload.container import Container
from kubestock.workload.cronjob import CronJob, Schedule
from kubestock.workload.hook import Hook
from kubestock.workload.job import Job
from kubestock.workload.joboptions import JobOptions
from kubestock.workload.pod import Pod

REPORT = Container(image=IMAGE, resources=RESOURCES, args=("report",))


def job(chart: cdk8s.Chart, **changed: Any) -> Job:
    given: dict[str, Any] = {"name": "report", "platform": PLATFORM, "container": REPORT}
    return Job(chart, "report", **(given | {"options": JobOptions(deadline_seconds=60)} | changed))


def cron_job(chart: cdk8s.Chart, *, name: str = "report", **schedule: Any) -> CronJob:
    return CronJob(
        chart,
        name,
        name=name,
        platform=PLATFORM,
        container=REPORT,
        options=JobOptions(deadline_seconds=60),
        schedule=Schedule(**({"cron": "0 3 * * *"} | schedule)),
    )


def test_a_job_that_is_not_a_hook_stays_and_has_no_annotation_of_argo_cd(chart: cdk8s.Chart) -> None:
    job(chart)
    made = find(chart, "Job", "report")

    assert "annotations" not in made["metadata"]
    assert "ttlSecondsAfterFinished" not in made["spec"]
    assert made["metadata"]["labels"]["app.kubernetes.io/component"] == "job"


def test_a_job_runs_the_given_number_of_pods(chart: cdk8s.Chart) -> None:
    job(
        chart,
        options=JobOptions(
            deadline_seconds=60, backoff_limit=1, completions=5, parallelism=2, restart_policy="OnFailure"
        ),
    )
    spec = find(chart, "Job", "report")["spec"]

    assert (spec["completions"], spec["parallelism"], spec["backoffLimit"]) == (5, 2, 1)
    assert spec["template"]["spec"]["restartPolicy"] == "OnFailure"
    assert "activeDeadlineSeconds" not in spec["template"]["spec"]
    assert spec["activeDeadlineSeconds"] == 4 * 120


def test_a_suspended_job_can_have_annotations_and_variables(chart: cdk8s.Chart) -> None:
    job(chart, suspend=True, annotations={"example.com/owner": "shop"}, config={"LEVEL": "info"})

    assert find(chart, "Job", "report")["spec"]["suspend"] is True
    assert find(chart, "Job", "report")["metadata"]["annotations"] == {"example.com/owner": "shop"}
    assert find(chart, "ConfigMap", "report-config")["data"] == {"LEVEL": "info"}


def test_a_hook_has_a_wave_and_a_delete_policy(chart: cdk8s.Chart) -> None:
    job(chart, hook=Hook(phase="PreSync", delete=("HookSucceeded", "HookFailed"), wave=5), config={"LEVEL": "info"})
    needs = [find(chart, *each) for each in (("ConfigMap", "report-config"), ("NetworkPolicy", "report"))]
    annotations = find(chart, "Job", "report")["metadata"]["annotations"]

    assert annotations == {HOOK: "PreSync", DELETE_POLICY: "HookSucceeded,HookFailed", WAVE: "5"}
    assert [each["metadata"]["annotations"][WAVE] for each in needs] == ["4", "4"]


def test_a_native_sidecar_stops_with_the_main_container(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    job(chart, pod=Pod(native_sidecars=(samples.container(ports=(), name="proxy"),)))
    pods = find(chart, "Job", "report")["spec"]["template"]["spec"]

    assert [(each["name"], each["restartPolicy"]) for each in pods["initContainers"]] == [("proxy", "Always")]
    assert findings(objects.manifests(chart)) == []


def test_refuses_a_sidecar_that_would_hang_the_job(chart: cdk8s.Chart) -> None:
    sidecar = samples.container(ports=(), name="proxy")

    with pytest.raises(ConfigurationError, match=r"must have no sidecars, got 'proxy'.*give them as native_sidecars"):
        job(chart, pod=Pod(sidecars=(sidecar,)))
    assert manifests(chart) == []


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"completions": 0}, "completions must be at least 1"),
        ({"parallelism": 0}, "parallelism must be at least 1"),
        ({"restart_policy": "Always"}, "restart_policy"),
    ],
)
def test_refuses_a_run_that_never_ends_or_begins(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        JobOptions(**({"deadline_seconds": 60} | wrong))


def test_refuses_a_hook_that_blocks_the_next_one() -> None:
    with pytest.raises(ConfigurationError, match="delete must contain BeforeHookCreation, or both"):
        Hook(phase="Sync", delete=("HookSucceeded",))
    with pytest.raises(ConfigurationError, match="each delete policy of a hook must be unique"):
        Hook(phase="Sync", delete=("BeforeHookCreation", "BeforeHookCreation"))


def test_refuses_a_hook_that_is_suspended(chart: cdk8s.Chart) -> None:
    with pytest.raises(ConfigurationError, match="hook 'report' must not be suspended"):
        job(chart, hook=Hook(phase="Sync"), suspend=True)


def test_a_cron_job_starts_hardened_jobs_in_a_time_zone(app: cdk8s.App) -> None:
    chart = Chart(app, "shop", namespace="shop")
    cron_job(
        chart,
        time_zone="Europe/Zurich",
        concurrency="Replace",
        starting_deadline_seconds=300,
        successful_jobs_history_limit=1,
        failed_jobs_history_limit=5,
        suspend=True,
    ).calls(microservice(chart), variable="ORDERS")
    spec = find(chart, "CronJob", "report")["spec"]
    pods = spec.pop("jobTemplate")["spec"]["template"]["spec"]

    assert spec == {
        "schedule": "0 3 * * *",
        "timeZone": "Europe/Zurich",
        "concurrencyPolicy": "Replace",
        "startingDeadlineSeconds": 300,
        "successfulJobsHistoryLimit": 1,
        "failedJobsHistoryLimit": 5,
        "suspend": True,
    }
    assert pods["containers"][0]["env"] == [{"name": "ORDERS", "value": "http://orders:8080"}]
    assert findings(objects.manifests(chart)) == []


def test_a_cron_job_forbids_two_jobs_at_once_and_keeps_their_logs_by_default(chart: cdk8s.Chart) -> None:
    cron_job(chart)
    spec = find(chart, "CronJob", "report")["spec"]

    assert (spec["concurrencyPolicy"], spec["timeZone"]) == ("Forbid", "Etc/UTC")
    assert "ttlSecondsAfterFinished" not in spec["jobTemplate"]["spec"]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"cron": "0 3 * *"}, "schedule must have five fields"),
        ({"cron": "0 3 * * 7"}, "weekday of the schedule must be a cron field from 0 to 6, got '7'"),
        ({"time_zone": "Mars/Phobos"}, "time_zone must be an IANA time zone"),
        ({"time_zone": "localtime"}, "time_zone must be an IANA time zone"),
        ({"starting_deadline_seconds": 9}, "starting_deadline_seconds must be at least 10"),
        ({"failed_jobs_history_limit": -1}, "failed_jobs_history_limit must be at least 0"),
        ({"concurrency": "Never"}, "concurrency"),
    ],
)
def test_refuses_a_schedule_that_would_never_start_a_job(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Schedule(**({"cron": "0 3 * * *"} | wrong))


def test_refuses_a_name_that_is_too_long_for_the_names_of_jobs(chart: cdk8s.Chart) -> None:
    cron_job(chart, name="a" * 52)

    with pytest.raises(ConfigurationError, match="name of a CronJob must have at most 52 characters, got 53"):
        cron_job(chart, name="a" * 53)

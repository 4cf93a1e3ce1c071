import pytest

from kubestock.delivery import SyncWindow
from kubestock.errors import ConfigurationError


@pytest.mark.parametrize("schedule", ["", "9 * * *", "@daily", "0 9 * * 1-4 2026", "0 9\n* * 1"])
def test_refuses_a_schedule_without_five_fields(schedule: str) -> None:
    with pytest.raises(ConfigurationError, match="schedule must have five fields"):
        SyncWindow(kind="allow", schedule=schedule, duration="4h")


@pytest.mark.parametrize(
    ("schedule", "field"),
    [
        ("60 9 * * *", "minute"),
        ("*/0 9 * * *", "minute"),
        ("0 24 * * *", "hour"),
        ("0 17-9 * * *", "hour"),
        ("0 9 0 * *", "day"),
        ("0 9 * 13 *", "month"),
        ("0 9 * FOO *", "month"),
        ("0 9 * * 7", "weekday"),
        ("0 9 * * MON-", "weekday"),
        ("0 9 * * 1,,2", "weekday"),
    ],
)
def test_refuses_a_field_that_argo_cds_cron_does_not_accept(schedule: str, field: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{field} of the schedule must be a cron field from"):
        SyncWindow(kind="allow", schedule=schedule, duration="4h")


@pytest.mark.parametrize("schedule", ["*/5 9-17/2 * JAN,JUL 1-4", "0 9 ? * MON-FRI", "0,30 0 31 12 0"])
def test_accepts_the_schedules_of_argo_cds_cron(schedule: str) -> None:
    assert SyncWindow(kind="allow", schedule=schedule, duration="4h").schedule == schedule


@pytest.mark.parametrize("duration", ["", "4", "4 h", "1d", "-4h", "h", "0h", "0h0m"])
def test_refuses_a_duration_that_argo_cd_cannot_read_or_that_is_zero(duration: str) -> None:
    with pytest.raises(ConfigurationError, match="duration must be such as 4h or 1h30m"):
        SyncWindow(kind="deny", schedule="0 9 * * *", duration=duration)


@pytest.mark.parametrize("duration", ["4h", "30m", "1h30m", "10h"])
def test_accepts_hours_and_minutes(duration: str) -> None:
    assert SyncWindow(kind="allow", schedule="0 9 * * *", duration=duration).duration == duration


@pytest.mark.parametrize("zone", ["Mars/Phobos", "", "../../etc/passwd", "CET+9"])
def test_refuses_an_unknown_time_zone(zone: str) -> None:
    with pytest.raises(ConfigurationError, match="time_zone must be an IANA time zone, such as Europe/Zurich, got"):
        SyncWindow(kind="deny", schedule="0 9 * * *", duration="4h", time_zone=zone)


def test_a_running_sync_may_continue_by_default() -> None:
    assert SyncWindow(kind="allow", schedule="0 9 * * *", duration="4h").sync_overrun

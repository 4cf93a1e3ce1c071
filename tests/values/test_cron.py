"""Schedules that come, and that never do."""

import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.cron import cron_schedule


@pytest.mark.parametrize("schedule", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 ?", "0 0 31 4/5 *", "0 0 30-31 FEB *"])
def test_refuses_a_day_that_no_such_month_has(schedule: str) -> None:
    with pytest.raises(ConfigurationError, match="schedule must name a day that there is"):
        cron_schedule("schedule", schedule)


@pytest.mark.parametrize(
    "schedule",
    [
        "0 0 29 2 *",
        "0 0 31 * *",
        "0 0 31 1-4 *",
        "0 0 31 4/4 *",
        "0 0 30 2 MON",
        "0 0 30 2 */2",
        "0 0 1,31 2 *",
        "0 0 */31 FEB ?",
    ],
)
def test_takes_a_day_that_some_month_has(schedule: str) -> None:
    assert cron_schedule("schedule", schedule) == schedule

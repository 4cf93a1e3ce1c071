"""Cron schedules with days that exist, and days that do not."""

import pytest

from kubestock.errors import ConfigurationError
from kubestock.values.cron import cron_schedule


@pytest.mark.parametrize("schedule", ["0 0 30 2 *", "0 0 31 2,4,6,9,11 ?", "0 0 31 4/5 *", "0 0 30-31 FEB *"])
def test_refuses_a_day_that_none_of_the_months_has(schedule: str) -> None:
    with pytest.raises(ConfigurationError, match="schedule must have a day that its months have"):
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
def test_accepts_a_day_that_one_of_the_months_has(schedule: str) -> None:
    assert cron_schedule("schedule", schedule) == schedule

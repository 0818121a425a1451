from datetime import UTC, date, datetime

import pytest
from prefect.runtime import flow_run

from tasks.clock import scheduled


@pytest.fixture
def _a_run_scheduled_just_before_midnight_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    just_before = datetime(2023, 4, 12, 22, 30, tzinfo=UTC)
    monkeypatch.setattr(flow_run, "scheduled_start_time", just_before, raising=False)


JUST_BEFORE_MIDNIGHT = pytest.mark.usefixtures("_a_run_scheduled_just_before_midnight_utc")


@JUST_BEFORE_MIDNIGHT
def test_a_jobs_day_is_the_municipalitys_not_the_servers() -> None:
    assert scheduled(None).date() == date(2023, 4, 13)
    assert scheduled(None) == datetime(2023, 4, 12, 22, 30, tzinfo=UTC)


@JUST_BEFORE_MIDNIGHT
def test_a_given_day_has_the_schedules_time_by_its_own_summer_or_winter_time() -> None:
    january = scheduled(date(2023, 1, 5), "Europe/Oslo")
    assert january.astimezone(UTC) == datetime(2023, 1, 4, 23, 30, tzinfo=UTC)


def test_prefects_own_date_time_becomes_one_that_every_database_takes() -> None:
    assert type(flow_run.scheduled_start_time) is not datetime
    assert type(scheduled(None)) is datetime

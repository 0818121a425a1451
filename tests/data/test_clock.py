"""On a given day the clock goes on from what that day has recorded: who comes later knows no less."""

from datetime import UTC, date, datetime, timedelta

import pytest

from data.clock import on_day
from data.settings import Settings
from data.store.audit import audit
from data.store.session import writing
from data.tables import PayRun
from tasks.payout import prepare_payout
from tests.tasks.pay_runs import lines
from tests.tasks.payroll import ADVISER, CLERK, acting, know, move_in, stay

DAY = date(2023, 6, 2)
LATE = datetime(2026, 11, 25, 9, 58, 30, tzinfo=UTC)
EARLY = datetime(2026, 11, 25, 10, 3, tzinfo=UTC)
"""An hour later by the real clock, and earlier within the hour."""


def test_a_command_in_the_next_hour_is_later_than_one_before(database: Settings) -> None:
    know(stay(1, "RA-P1", "2023-05-02T14:00", "2023-05-03T14:00"), at=on_day(DAY, LATE))
    assert on_day(DAY, LATE) > datetime(2023, 6, 2, 12, 58, 30, tzinfo=UTC)
    assert on_day(DAY, EARLY) > datetime(2023, 6, 2, 12, 58, 30, tzinfo=UTC)


def test_two_in_the_same_microsecond_come_one_after_the_other(database: Settings) -> None:
    instants = []
    for number in range(3):
        instants.append(on_day(DAY, LATE))
        know(stay(number, "RA-P1", "2023-05-02T14:00", "2023-05-03T14:00"), at=instants[-1])
    assert instants == sorted(set(instants))


@pytest.mark.parametrize("hour", [18, 21])
def test_what_a_job_recorded_in_the_evening_is_known_to_the_next_command_and_to_the_next_day(
    database: Settings, hour: int
) -> None:
    evening = datetime(2023, 6, 2, hour, 59, 59, 999_998, tzinfo=UTC)
    with writing() as s:
        audit(s, acting(ADVISER), "something", "RA-1", evening)
    assert on_day(DAY, EARLY) == evening + timedelta(microseconds=1)
    assert on_day(DAY + timedelta(days=1), EARLY) == datetime(2023, 6, 3, 12, 3, tzinfo=UTC)


def test_it_stays_that_day_in_the_municipality_and_a_day_before_knows_what_it_knew(database: Settings) -> None:
    last = datetime(2023, 6, 2, 21, 59, 59, 999_999, tzinfo=UTC)
    with writing() as s:
        audit(s, acting(ADVISER), "something", "RA-1", last)
    assert on_day(DAY, EARLY) == last
    assert on_day(DAY - timedelta(days=1), EARLY) == datetime(2023, 6, 1, 12, 3, tzinfo=UTC)


@pytest.mark.parametrize("real", [datetime(2023, 6, 1, 23, 30, tzinfo=UTC), datetime(2023, 6, 2, 19, 1, tzinfo=UTC)])
def test_the_real_day_has_the_real_hour_by_the_clocks_there(database: Settings, real: datetime) -> None:
    assert on_day(DAY, real) == real


def test_a_draft_prepared_on_a_past_day_knows_what_was_imported_on_it_an_hour_before(database: Settings) -> None:
    move_in()
    know(stay(1, "RA-P1", "2023-05-02T14:00", "2023-05-03T14:00"), at=on_day(DAY, LATE))
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=on_day(DAY, EARLY))
    assert len(lines()) == 2
    with writing() as s:
        first = s.get_one(PayRun, "RA-2023-05").prepared_at
    prepare_payout("randers", "2023-05", actor=acting(CLERK), now=on_day(DAY, EARLY))
    with writing() as s:
        assert s.get_one(PayRun, "RA-2023-05").prepared_at > first


def test_the_settings_clock_goes_by_it(database: Settings) -> None:
    almost_one = datetime(2023, 6, 2, 12, 59, 59, 999_999, tzinfo=UTC)
    know(stay(1, "RA-P1", "2023-05-02T14:00", "2023-05-03T14:00"), at=almost_one)
    given = database.model_copy(update={"today": DAY})
    assert given.now() > almost_one
    assert given.now().date() == DAY


def test_an_empty_draft_says_what_it_does_not_know_yet_and_since_when_that_is_known(database: Settings) -> None:
    move_in()
    know(stay(1, "RA-P1", "2023-05-02T14:00", "2023-05-03T14:00"), at=datetime(2023, 6, 5, 9, 30, tzinfo=UTC))
    know(stay(2, "RA-P1", "2023-07-02T14:00", "2023-07-03T14:00"), at=datetime(2023, 6, 5, 9, 30, tzinfo=UTC))
    friday = datetime(2023, 6, 2, 12, tzinfo=UTC)
    told = prepare_payout("randers", "2023-05", actor=acting(CLERK), now=friday).notices
    assert [notice for notice in told if "RA-N" in notice] == [
        "RA-N1 (nights) isn't known to this draft: it was recorded on 2023-06-05 11:30, after 2023-06-02 14:00"
    ]
    monday = datetime(2023, 6, 5, 12, tzinfo=UTC)
    assert "RA-N" not in str(prepare_payout("randers", "2023-05", actor=acting(CLERK), now=monday).notices)

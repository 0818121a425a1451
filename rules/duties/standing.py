"""Where a subject stands with a duty on a day: the one function that says what is due, late, or can no longer be kept.

A day counts once, however much was held on it; of what is collected each document counts. What a year lacked is late
until it has been made up for in the next, and what makes up for it counts for no other; in a duty of the first year
only it can no longer be kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Unpack

from rules.duties.changes import A_DAY, Change, stretches
from rules.duties.duty import Duty
from rules.duties.seen import How, Seen, Tally
from rules.duties.span import Span
from rules.duties.turns import Turn, after_the_last, in_any, next_year, once, repeated, share, sooner
from rules.duties.windows import Subject


class State(StrEnum):
    DONE = "done"
    COMING = "coming"
    DUE = "due"
    LATE = "late"
    IMPOSSIBLE = "impossible"
    """Can no longer be kept."""


@dataclass(frozen=True)
class Standing:
    duty: Duty
    subject: str
    state: State
    last: date | None
    """When it was last held."""
    due_on: date | None = None
    """By when it should be held next; None where nothing more is owed, or while a pause has no end."""
    late_from: date | None = None
    """The first day on which it is late or can no longer be kept, if nothing is held before."""
    issue_on: date | None = None
    """From when on somebody is asked to hold it."""
    count: int = 0
    """Times held that count for the window."""
    made_up: int = 0
    """Times held in it that made up for the one before."""
    wanted: int | None = None
    most: int | None = None
    window: tuple[date, date] | None = None
    """First and last day."""

    @property
    def occurrence(self) -> str:
        """The same until it is held, or comes due on another day."""
        return f"{self.due_on}.{self.count + self.made_up}"

    @property
    def too_many(self) -> bool:
        return self.most is not None and self.count + self.made_up > self.most


def standing(
    duty: Duty,
    subject: Subject,
    held: Iterable[date],
    changes: Sequence[Change],
    today: date,
    **how: Unpack[How],
) -> Standing | None:
    """None before it begins, and after it is over and kept, or was over before its municipality began.

    Nobody is asked before half the interval has passed.
    """
    if today < max(subject.begins, duty.since) or (subject.end is not None and subject.end <= today):
        return None
    seen = Seen.of(duty, subject, held, changes, today, **how)
    if duty.comes_once:
        return _told(seen, once(seen), count=len(seen.days), wanted=duty.times)
    if seen.over is not None and seen.over <= today:
        return _after_the_first_year(seen)
    if isinstance(duty.window, Span):
        return _any_stretch(seen, duty.window)
    if duty.window is None:
        return _told(seen, repeated(seen))
    return _by_year(seen)


def _any_stretch(seen: Seen, stretch: Span) -> Standing:
    first = max(seen.subject.start, Span(-stretch.days, -stretch.months).after(seen.today) + A_DAY)
    count = sum(day >= first for day in seen.days)
    return _told(seen, in_any(seen, stretch), count=count, wanted=seen.duty.least or 0, window=(first, seen.today))


def _by_year(seen: Seen) -> Standing:
    *_, tally = seen.tallies()
    year, lacking, every = tally.year, tally.lacking, seen.duty.every is not None
    turn = repeated(seen) if every else None
    if tally.behind:
        turn = Turn(year.first, year.first - A_DAY, year.first)
    if lacking:
        held = [day for day in seen.days if day >= year.first]
        of_year = share(seen, year, held, lacking, begun=bool(tally.counted))
        if seen.today >= of_year.late_from:
            return replace(_of_year(seen, of_year, tally), state=State.IMPOSSIBLE)
        turn = sooner(turn, of_year)
    elif turn is None and not every:
        turn = next_year(seen, year)
    turn = sooner(turn, after_the_last(seen))
    return _of_year(seen, turn, tally, done=not lacking and not every)


def _after_the_first_year(seen: Seen) -> Standing | None:
    if seen.duty.window is None:
        return None
    # none where the duty, or what is known, is younger than the first year
    *_, tally = (None, *seen.tallies())
    if tally is None or not tally.lacking:
        return None
    return replace(_of_year(seen, None, tally), state=State.IMPOSSIBLE, late_from=tally.year.until)


def _of_year(seen: Seen, turn: Turn | None, tally: Tally, done: bool = False) -> Standing:
    year = tally.year
    told = _told(seen, turn, count=len(tally.counted), wanted=year.wanted, window=(year.first, year.until - A_DAY))
    state = State.DONE if done and told.state is State.COMING else told.state
    return replace(told, state=state, made_up=tally.made_up, most=year.most)


def _told(
    seen: Seen, turn: Turn | None, *, count: int = 0, wanted: int | None = None, window: tuple[date, date] | None = None
) -> Standing:
    counted = Standing(
        seen.duty,
        seen.subject.ref,
        _state_of_nothing(seen),
        seen.days[-1] if seen.days else None,
        count=count,
        wanted=wanted,
        most=seen.duty.most,
        window=window,
    )
    if turn is None:
        return counted
    # never on the day it is due, however short the time
    lead = max(1, min(seen.lead_days, (turn.due_on - turn.base).days // 2))
    issue_on = turn.due_on - timedelta(days=lead)
    in_time = State.DUE if seen.today >= issue_on else State.COMING
    state = State.LATE if seen.today >= turn.late_from else in_time
    return replace(counted, state=state, due_on=turn.due_on, late_from=turn.late_from, issue_on=issue_on)


def _state_of_nothing(seen: Seen) -> State:
    """Where nothing is owed: because it is done, or because it stands still."""
    idle = stretches(seen.changes, "pause", "exempt")
    stands_still = any(rest.first <= seen.today and rest.until == date.max for rest in idle)
    return State.COMING if stands_still else State.DONE

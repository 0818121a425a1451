"""Where a subject stands with a duty on a day: the one function that says what is due, late, or can no longer be kept.

A day counts once, however much was held on it; of what is collected each document counts. What a year lacked is late
until it has been made up for in the next; in a duty of the first year only it can no longer be kept.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from rules.ages import turns
from rules.calendar import add_working_days
from rules.duties.changes import A_DAY, Change, interval_due, moved, stretches
from rules.duties.duty import Duty
from rules.duties.span import Span
from rules.duties.windows import Subject, Year, year_at
from rules.vocabulary import Role


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
    """Times held in the window."""
    wanted: int | None = None
    most: int | None = None
    window: tuple[date, date] | None = None
    """First and last day."""

    @property
    def occurrence(self) -> str:
        """The same until it is held, or comes due on another day."""
        return f"{self.due_on}.{self.count}"

    @property
    def too_many(self) -> bool:
        return self.most is not None and self.count > self.most


@dataclass(frozen=True)
class Turn:
    """What is owed next, counted from `base`."""

    base: date
    due_on: date
    late_from: date


@dataclass(frozen=True)
class Seen:
    """A duty of a subject and what was held of it, as seen on a day."""

    duty: Duty
    subject: Subject
    days: Sequence[date]
    changes: Sequence[Change]
    today: date
    country: str
    lead_days: int

    @property
    def begins(self) -> date:
        return max(self.subject.start, self.duty.since)

    @property
    def over(self) -> date | None:
        """The day on which nothing is owed any more."""
        first_year = turns(self.subject.start, 1) if self.duty.first_year_only else None
        return min((day for day in (first_year, self.subject.end) if day), default=None)

    def year(self, day: date) -> Year:
        return year_at(self.duty, self.subject, day, self.changes)

    def held_in(self, year: Year) -> list[date]:
        return [day for day in self.days if year.first <= day < year.until]


def standing(
    duty: Duty,
    subject: Subject,
    held: Iterable[date],
    changes: Sequence[Change],
    today: date,
    *,
    country: str,
    lead_days: int,
) -> Standing | None:
    """None before it begins, and after it is over and kept. Nobody is asked before half the interval has passed."""
    so_far = [day for day in held if day <= today]
    days = sorted(so_far if duty.collected else set(so_far))
    seen = Seen(duty, subject, days, changes, today, country, lead_days)
    if today < seen.begins or (subject.end is not None and subject.end <= today):
        return None
    if duty.every is None and duty.window is None:
        return _once(seen)
    seen = replace(seen, days=[day for day in days if day >= seen.begins])
    if seen.over is not None and seen.over <= today:
        return _after_the_first_year(seen)
    if isinstance(duty.window, Span):
        return _any_stretch(seen, duty.window)
    if duty.window is None:
        return _told(seen, _repeated(seen))
    return _by_year(seen)


def _once(seen: Seen) -> Standing:
    duty, lacking, turn = seen.duty, seen.duty.times - len(seen.days), None
    if duty.first and lacking > 0:
        turn = _turn(seen, seen.begins, moved(seen.begins, duty.first.after(seen.begins), seen.changes))
    if turn is not None:
        turn = replace(turn, due_on=turn.due_on - timedelta(days=lacking - 1))
    return _told(seen, turn, count=len(seen.days), wanted=duty.times)


def _repeated(seen: Seen) -> Turn | None:
    """None where it doesn't come again, or while a pause has no end."""
    if seen.days:
        base = seen.days[-1]
        due = interval_due(seen.duty, base, seen.changes)
    else:
        base = seen.begins
        due = seen.duty.first.after(base) if seen.duty.first else interval_due(seen.duty, base, seen.changes)
    return _turn(seen, base, moved(base, due, seen.changes) if due else None)


def _turn(seen: Seen, base: date, due: date | None) -> Turn | None:
    if due is None or (seen.over is not None and due >= seen.over):
        return None
    return Turn(base, due, due + timedelta(days=seen.duty.grace_days + 1))


def _any_stretch(seen: Seen, stretch: Span) -> Standing:
    """So many in any stretch of that length: the oldest that still counts is replaced before it drops out."""
    least = seen.duty.least or 0
    missing = max(0, least - len(seen.days))
    counted = [seen.begins] * missing + list(seen.days[len(seen.days) - least + missing :])
    turn = None
    if counted and (drops := moved(counted[0], stretch.after(counted[0]), seen.changes)):
        base = counted[-1]
        due = min(base + (drops - base) // max(1, missing), drops - A_DAY)
        turn = Turn(base, due, drops) if seen.over is None or drops < seen.over else None
    first = max(seen.subject.start, Span(-stretch.days, -stretch.months).after(seen.today) + A_DAY)
    count = sum(day >= first for day in seen.days)
    return _told(seen, turn, count=count, wanted=least, window=(first, seen.today))


def _by_year(seen: Seen) -> Standing:
    year = seen.year(seen.today)
    held = seen.held_in(year)
    lacking = year.wanted - len(held)
    turn = _repeated(seen) if seen.duty.every else None
    if len(held) < _left_over(seen, year):
        turn = Turn(year.first, year.first - A_DAY, year.first)
    if lacking > 0:
        share = _share(seen, year, held, lacking)
        if seen.today >= share.late_from:
            return replace(_of_year(seen, share, year), state=State.IMPOSSIBLE)
        turn = share if turn is None else _sooner(turn, share)
    elif turn is None and not seen.duty.every:
        turn = _next_year(seen, year)
    return _of_year(seen, turn, year, done=lacking <= 0 and not seen.duty.every)


def _after_the_first_year(seen: Seen) -> Standing | None:
    if seen.duty.window is None:
        return None
    year = seen.year(seen.subject.start)
    if len(seen.held_in(year)) >= year.wanted:
        return None
    return replace(_of_year(seen, None, year), state=State.IMPOSSIBLE, late_from=year.until)


def _left_over(seen: Seen, year: Year) -> int:
    """What the year before lacked."""
    if year.first <= seen.begins:
        return 0
    before = seen.year(year.first - A_DAY)
    return max(0, before.wanted - len(seen.held_in(before)))


def _share(seen: Seen, year: Year, held: Sequence[date], lacking: int) -> Turn:
    """The next of those the year still lacks, when they are spread evenly over the rest of it."""
    base = held[-1] if held else year.first
    if seen.duty.collected:
        last_chance = year.until - A_DAY
    elif seen.duty.asked is Role.FAMILY:
        last_chance = year.until - timedelta(days=lacking)
    else:
        last_chance = add_working_days(year.until, -lacking, seen.country)
    due = moved(base, base + (year.until - base) // lacking, seen.changes) or last_chance
    return Turn(base, min(due, last_chance), last_chance + A_DAY)


def _next_year(seen: Seen, year: Year) -> Turn | None:
    if seen.over is not None and seen.over <= year.until:
        return None
    following = seen.year(year.until)
    return _share(seen, following, [], following.wanted) if following.wanted else None


def _sooner(turn: Turn, other: Turn) -> Turn:
    return Turn(turn.base, min(turn.due_on, other.due_on), min(turn.late_from, other.late_from))


def _of_year(seen: Seen, turn: Turn | None, year: Year, done: bool = False) -> Standing:
    told = _told(seen, turn, count=len(seen.held_in(year)), wanted=year.wanted, window=(year.first, year.until - A_DAY))
    state = State.DONE if done and told.state is State.COMING else told.state
    return replace(told, state=state, most=year.most)


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
    lead = min(seen.lead_days, max(0, (turn.due_on - turn.base).days // 2))
    issue_on = turn.due_on - timedelta(days=lead)
    in_time = State.DUE if seen.today >= issue_on else State.COMING
    state = State.LATE if seen.today >= turn.late_from else in_time
    return replace(counted, state=state, due_on=turn.due_on, late_from=turn.late_from, issue_on=issue_on)


def _state_of_nothing(seen: Seen) -> State:
    """Where nothing is owed: because it is done, or because it stands still."""
    idle = stretches(seen.changes, "pause", "exempt")
    stands_still = any(rest.first <= seen.today and rest.until == date.max for rest in idle)
    return State.COMING if stands_still else State.DONE

"""How many times are owed in a year.

A year that is only begun or ended in owes its share: the minimum by whole months, rounded down, the maximum rounded up.
Pauses and exceptions take their share of the minimum away, rounded down: a week's holiday takes nothing. The first year
owes one at least where a month of it is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from rules.ages import age, turns
from rules.duties.changes import Change, stretches
from rules.duties.duty import Duty
from rules.duties.span import Span, whole_months

A_MONTH = Span(months=1)


@dataclass(frozen=True)
class Subject:
    """A placement, family or network that owes the duty from `start` until the day before `end`."""

    ref: str
    start: date
    end: date | None = None
    freed_by: frozenset[str] = frozenset()
    """What is held or under way, as `Duty.exempt_by` names it."""
    known_from: date | None = None
    """The day on which its municipality began here: what was held before may be unknown, and is judged of nobody."""

    @property
    def begins(self) -> date:
        """The first day for which it owes anything."""
        return self.start if self.known_from is None else max(self.start, self.known_from)


@dataclass(frozen=True)
class Year:
    first: date
    until: date
    """The day after its last."""
    wanted: int
    most: int | None


def year_at(duty: Duty, subject: Subject, day: date, changes: Sequence[Change]) -> Year:
    """The duty's year that `day` lies in, not before the start."""
    if duty.window == "calendar_year":
        first, until = date(day.year, 1, 1), date(day.year + 1, 1, 1)
    else:
        n = age(subject.start, day)
        first, until = turns(subject.start, n), turns(subject.start, n + 1)
    begins = max(first, subject.begins, duty.since)
    ends = min(until, subject.end or until)
    row = duty.on(begins)
    wanted, most = row.least or 0, row.most
    if (begins, ends) != (first, until):
        months = whole_months(begins, ends)
        wanted = wanted * months // 12
        most = None if most is None else -(-most * (months + 1) // 12)
    idle = [
        (max(rest.first, begins), min(rest.until, ends))
        for rest in stretches(changes, "pause", "exempt")
        if rest.first < ends and rest.until > begins
    ]
    wanted = max(0, wanted - (row.least or 0) * sum(whole_months(*each) for each in idle) // 12)
    if begins == max(subject.start, duty.since) and _is_asked_for_any_time(row):
        stands_still = sum((rest_until - rest_first for rest_first, rest_until in idle), timedelta())
        wanted = max(wanted, int(A_MONTH.after(begins) + stands_still <= ends))
    if duty.exempt_by in subject.freed_by and first == subject.start:
        wanted = 0
    return Year(begins, ends, wanted, most)


def _is_asked_for_any_time(row: Duty) -> bool:
    """Neither by an interval nor on the days of a job of its own."""
    return bool(row.least) and row.every is None and not row.collected

"""How many times are owed in a year.

A year that is only begun or ended in owes its share: the minimum by whole months, rounded down, the maximum rounded up.
Pauses and exceptions take their share of the minimum away, rounded down: a week's holiday takes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from rules.ages import age, turns
from rules.duties.changes import Change, stretches
from rules.duties.duty import Duty
from rules.duties.span import whole_months


@dataclass(frozen=True)
class Subject:
    """A placement, family or network that owes the duty from `start` until the day before `end`."""

    ref: str
    start: date
    end: date | None = None
    freed_by: frozenset[str] = frozenset()
    """What is held or under way, as `Duty.exempt_by` names it."""


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
    begins = max(first, subject.start, duty.since)
    ends = min(until, subject.end or until)
    row = duty.on(begins)
    wanted, most = row.least or 0, row.most
    if (begins, ends) != (first, until):
        months = whole_months(begins, ends)
        wanted = wanted * months // 12
        most = None if most is None else -(-most * (months + 1) // 12)
    taken = sum(
        whole_months(max(idle.first, begins), min(idle.until, ends))
        for idle in stretches(changes, "pause", "exempt")
        if idle.first < ends and idle.until > begins
    )
    wanted = max(0, wanted - (row.least or 0) * taken // 12)
    if duty.exempt_by in subject.freed_by and first == subject.start:
        wanted = 0
    return Year(begins, ends, wanted, most)

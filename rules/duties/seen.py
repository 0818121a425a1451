"""A duty of a subject and what was held of it, as seen on a day."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Self, TypedDict, Unpack

from rules.ages import turns
from rules.duties.changes import Change
from rules.duties.duty import Duty
from rules.duties.windows import Subject, Year, year_at


class Tally(NamedTuple):
    """What a year came to by the day it is seen on. What is held first makes up for the year before, once."""

    year: Year
    counted: list[date]
    made_up: int
    """So many more were held, and counted for the year before."""
    behind: int
    """What the year before lacks still."""

    @property
    def lacking(self) -> int:
        return max(0, self.year.wanted - len(self.counted))


class How(TypedDict):
    """What a municipality's policy says of all its duties."""

    country: str
    lead_days: int
    longest_gap_percent: int
    """Between two of what is counted by the year, of the even interval."""


@dataclass(frozen=True)
class Seen:
    duty: Duty
    subject: Subject
    days: Sequence[date]
    changes: Sequence[Change]
    today: date
    country: str
    lead_days: int
    longest_gap_percent: int

    @classmethod
    def of(
        cls,
        duty: Duty,
        subject: Subject,
        held: Iterable[date],
        changes: Sequence[Change],
        today: date,
        **how: Unpack[How],
    ) -> Self:
        """With the days that count: up to `today`, and but for what comes once from its beginning on."""
        so_far = [day for day in held if day <= today]
        days = sorted(so_far if duty.collected else set(so_far))
        since = date.min if duty.comes_once else max(subject.start, duty.since)
        return cls(duty, subject, [day for day in days if day >= since], changes, today, **how)

    @property
    def begins(self) -> date:
        return max(self.subject.begins, self.duty.since)

    @property
    def since(self) -> date:
        """The day it is counted from, however little is known of the time since."""
        return max(self.subject.start, self.duty.since)

    @property
    def nothing_since(self) -> bool:
        """Whether the municipality began in the middle of the subject's time, and nothing was held since."""
        began = self.subject.known_from
        return began is not None and self.subject.start < began and not any(day >= began for day in self.days)

    @property
    def over(self) -> date | None:
        """The day on which nothing is owed any more."""
        first_year = turns(self.subject.start, 1) if self.duty.first_year_only else None
        return min((day for day in (first_year, self.subject.end) if day), default=None)

    def year(self, day: date) -> Year:
        """Of the year in which the municipality began the share since is owed, or less where more is known of it."""
        year = year_at(self.duty, self.subject, day, self.changes)
        if year.first != self.subject.known_from:
            return year
        whole = year_at(self.duty, replace(self.subject, known_from=None), day, self.changes)
        before = sum(whole.first <= held < year.first for held in self.days)
        return replace(year, wanted=min(year.wanted, max(0, whole.wanted - before)))

    def held_in(self, year: Year) -> list[date]:
        return [day for day in self.days if year.first <= day < year.until]

    def tallies(self) -> Iterator[Tally]:
        """A year each, up to the one that the day lies in."""
        lacked, day = 0, self.begins
        while day <= self.today and (self.over is None or day < self.over):
            year = self.year(day)
            held = self.held_in(year)
            made_up = min(lacked, len(held))
            tally = Tally(year, held[made_up:], made_up, lacked - made_up)
            yield tally
            lacked, day = tally.lacking, year.until

"""Whoever owes duties: a placement, a family or a network, with what is known of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from rules.duties.changes import A_DAY, Change, stretches
from rules.duties.duty import About, Duty
from rules.duties.span import Span
from rules.duties.windows import Subject


class Stay(NamedTuple):
    """A child's time with a family."""

    start: date
    end: date | None


class Agreed(NamedTuple):
    """A number of months between two supervisions, from a day on."""

    placement: str
    valid_from: date
    months: int


@dataclass(frozen=True)
class Owner:
    ref: str
    about: About
    kind: str
    family: str
    """Asked where the duty asks the family."""
    own_staff: tuple[str | None, ...]
    """Asked first where they have the role."""
    known_since: date
    """When it was first recorded here."""
    stays: tuple[Stay, ...] = ()
    """The network's own time, where it is one."""
    approval: Stay | None = None
    """Its unbroken spell today."""
    approvals: tuple[Stay, ...] = ()
    """Every spell."""
    held: Mapping[str, Sequence[date]] = field(default_factory=dict)
    """By duty."""
    changes: Sequence[tuple[str | None, Change]] = ()
    """Each with the key of its duty; None is all."""
    agreed: Sequence[Change] = ()
    freed_by: frozenset[str] = frozenset()
    known_from: date | None = None
    """As Subject has it."""

    def owes(self, duty: Duty) -> bool:
        return duty.about == self.about and (not duty.kinds or self.kind in duty.kinds)

    def subject(self, duty: Duty) -> Subject | None:
        """None while its time hasn't begun, or isn't known."""
        if duty.starts_with == "approval" and self.approval is not None:
            return Subject(self.ref, self.approval.start, self.approval.end, self.freed_by, self.known_from)
        if not self.stays:
            return None
        ends = [stay.end for stay in self.stays]
        end = None if None in ends else max(day for day in ends if day)
        return Subject(self.ref, min(stay.start for stay in self.stays), end, self.freed_by, self.known_from)

    def subjects(self, duty: Duty) -> list[Subject]:
        """Of all its times: a family that is approved again begins anew."""
        if duty.starts_with == "approval" and self.approvals:
            return [
                Subject(self.ref, spell.start, spell.end, self.freed_by, self.known_from) for spell in self.approvals
            ]
        subject = self.subject(duty)
        return [subject] if subject else []

    def changes_of(self, duty: Duty) -> list[Change]:
        """Between two children nothing is owed that began with a child."""
        own = [change for key, change in self.changes if key in (None, duty.key)]
        agreed = self.agreed if duty.agreed_interval else ()
        idle = () if duty.starts_with == "approval" and self.approval else gaps(self.stays)
        return [*agreed, *own, *idle]


def gaps(stays: Iterable[Stay]) -> list[Change]:
    """The time between them, as pauses."""
    spells = [Change("pause", stay.start, stay.end - A_DAY if stay.end else None) for stay in stays]
    merged = stretches((spell for spell in spells if spell.last is None or spell.last >= spell.first), "pause")
    return [Change("pause", one.until, other.first - A_DAY) for one, other in pairwise(merged)]


def intervals(agreed: Iterable[Agreed], ends: Mapping[str, date | None]) -> list[Change]:
    """What was agreed for several placements, as one: the shortest that holds on each day."""
    rows = sorted(agreed, key=lambda row: row.valid_from)
    turns = sorted({row.valid_from for row in rows} | {day for day in ends.values() if day})
    found: list[Change] = []
    for day, following in zip(turns, [*turns[1:], None], strict=False):
        latest = {row.placement: row.months for row in rows if row.valid_from <= day}
        running = [months for ref, months in latest.items() if (end := ends.get(ref)) is None or end > day]
        if running:
            found.append(Change("interval", day, following - A_DAY if following else None, Span(months=min(running))))
    return found

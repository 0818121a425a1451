"""What moves a duty of one subject: pauses, recorded lawful exceptions, and other intervals from a day on."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from rules.duties.duty import Duty
from rules.duties.span import Span

ChangeKind = Literal["pause", "exempt", "interval"]
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Change:
    kind: ChangeKind
    first: date
    last: date | None = None
    """None while it lasts."""
    every: Span | None = None


class Stretch(NamedTuple):
    first: date
    until: date
    """The day after its last; date.max while it lasts."""


def stretches(changes: Iterable[Change], *kinds: ChangeKind) -> list[Stretch]:
    """Of these kinds, in order, overlapping and adjoining ones as one."""
    merged: list[Stretch] = []
    for change in sorted((change for change in changes if change.kind in kinds), key=lambda change: change.first):
        until = change.last + A_DAY if change.last else date.max
        if merged and change.first <= merged[-1].until:
            merged[-1] = Stretch(merged[-1].first, max(merged[-1].until, until))
        else:
            merged.append(Stretch(change.first, until))
    return merged


def interval_due(duty: Duty, base: date, changes: Sequence[Change]) -> date | None:
    """The day by which it comes again after `base`, before pauses; never before a change that makes it sooner."""
    every = _every_on(duty, base, changes)
    if every is None:
        return None
    due = every.after(base)
    for day in _turning_days(duty, changes):
        every = _every_on(duty, day, changes)
        if base < day <= due and every is not None:
            due = max(day, every.after(base))
    return due


def _every_on(duty: Duty, day: date, changes: Iterable[Change]) -> Span | None:
    """What was agreed for this subject goes before the policy; of two agreements the later one."""
    agreed = [
        change
        for change in changes
        if change.kind == "interval" and change.first <= day and (change.last is None or day <= change.last)
    ]
    if agreed:
        return max(agreed, key=lambda change: change.first).every
    return duty.on(day).every


def _turning_days(duty: Duty, changes: Iterable[Change]) -> list[date]:
    days = {change.first for change in changes if change.kind == "interval"}
    days |= {change.last + A_DAY for change in changes if change.kind == "interval" and change.last}
    row: Duty | None = duty
    while row is not None:
        days.add(row.valid_from)
        row = row.before
    return sorted(days)


def moved(base: date, due: date, changes: Sequence[Change]) -> date | None:
    """A pause's days between `base` and `due` don't count; what falls in an exception is due when that is over.

    None while the pause or exception has no end.
    """
    for pause in stretches(changes, "pause"):
        if pause.until <= base + A_DAY or pause.first > due:
            continue
        if pause.until == date.max:
            return None
        due += pause.until - max(pause.first, base + A_DAY)
    for exempt in stretches(changes, "exempt"):
        if exempt.first <= due < exempt.until:
            if exempt.until == date.max:
                return None
            due = exempt.until
    return due

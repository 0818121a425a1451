"""A family's approvals as a history: the periods that hold on a day, and the unbroken spells they make."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple, Protocol, TypeVar

A_DAY = timedelta(days=1)


class Period(Protocol):
    """`valid_from` None is not known: it covers nothing. `valid_to` is the last day, None while it lasts."""

    @property
    def valid_from(self) -> date | None: ...
    @property
    def valid_to(self) -> date | None: ...


class Numbered(Period, Protocol):
    @property
    def ref(self) -> str: ...


P = TypeVar("P", bound=Period)
N = TypeVar("N", bound=Numbered)


class Spell(NamedTuple):
    first: date
    last: date | None


def holds(period: Period, on: date) -> bool:
    return period.valid_from is not None and period.valid_from <= on and lasts(period, on)


def lasts(period: Period, on: date) -> bool:
    """It hasn't ended before that day."""
    return period.valid_to is None or on <= period.valid_to


def latest(periods: Iterable[N]) -> N | None:
    """The one that begins last; one whose first day isn't known is the newest of all."""
    return max(periods, key=lambda period: (period.valid_from or date.max, period.ref), default=None)


def spells(periods: Iterable[Period]) -> list[Spell]:
    """In order; periods that overlap or follow on each other are one."""
    found: list[Spell] = []
    known = [(period.valid_from, period.valid_to) for period in periods if period.valid_from is not None]
    for first, last in sorted(known, key=lambda each: each[0]):
        before = found[-1] if found else None
        if before is None or (before.last is not None and first > before.last + A_DAY):
            found.append(Spell(first, last))
        elif before.last is not None:
            found[-1] = Spell(before.first, None if last is None else max(before.last, last))
    return found


def spell_of(periods: Iterable[Period], on: date) -> Spell | None:
    """The spell that day, else the one before it, else the first to come."""
    all_of_them = spells(periods)
    begun = [spell for spell in all_of_them if spell.first <= on]
    return begun[-1] if begun else next(iter(all_of_them), None)

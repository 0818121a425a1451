"""Which old cases are kept although nothing was approved in them: a child lived there (X5)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple


class EndedCase(NamedTuple):
    ref: str
    family: str | None
    child: str | None
    ended_on: date


class Stay(NamedTuple):
    placement: str
    family: str
    child: str
    start: date | None
    """None is not known."""
    end: date | None
    case: str | None
    """The case that opened it."""
    stands: bool
    """Not taken back."""


def lived_there(case: EndedCase, stays: Iterable[Stay]) -> list[str]:
    """Placements in which a child lived in the course of the case, by reference.

    Those that it opened itself, as an emergency move-in does, also where they were taken back later; and those with the
    same family, of the same child where it is about one, that had begun when it ended.
    """
    return sorted({stay.placement for stay in stays if _is_its_own(case, stay) or _went_on(case, stay)})


def _is_its_own(case: EndedCase, stay: Stay) -> bool:
    return stay.case == case.ref


def _went_on(case: EndedCase, stay: Stay) -> bool:
    of_them = stay.family == case.family and case.child in (None, stay.child)
    begun = stay.start is None or stay.start <= case.ended_on
    without_a_night = stay.start is not None and stay.end is not None and stay.end <= stay.start
    return stay.stands and of_them and begun and not without_a_night

"""How a family knows which of its household is meant, without a name: the first adult, the 15-year-old."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from rules.ages import ADULT, age


class Whom(NamedTuple):
    age: int | None
    """In whole years; None for an adult."""
    nth: int
    """Among the adults, or those of the same age, by reference."""
    alone: bool
    """Nobody else is of that kind."""


def whom(member: str, household: Sequence[tuple[str, date | None]], on: date) -> Whom | None:
    """`household` is reference and birth date of everyone, by reference. None where the birth date isn't known."""
    ages = {ref: age(born, on) for ref, born in household if born is not None}
    if member not in ages:
        return None
    grown_up = ages[member] >= ADULT
    same = [ref for ref, years in ages.items() if (years >= ADULT if grown_up else years == ages[member])]
    return Whom(None if grown_up else ages[member], same.index(member) + 1, len(same) == 1)

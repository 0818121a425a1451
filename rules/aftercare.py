"""J9, R9: until when a placement is paid for without a new decision, and from when somebody is asked for one."""

from datetime import date, timedelta
from typing import NamedTuple

from rules.ages import ADULT, turns
from rules.duties.span import Span


class Placed(NamedTuple):
    """A placement of a child whose birth date is known."""

    ref: str
    birth_date: date
    end: date | None
    """The day of departure."""
    aftercare_until: date | None


def held_from(birth_date: date, aftercare_until: date | None) -> date:
    """The first day on which a night is held, as rules.components.presence counts: the 18th birthday, or the day after
    the aftercare that is decided."""
    grown_up = turns(birth_date, ADULT)
    return grown_up if aftercare_until is None else max(grown_up, aftercare_until + timedelta(days=1))


def is_asked_about(placed: Placed, on: date, *, months_before_18: int, months_before_end: int) -> bool:
    """Whether its nights are held soon, or by now, and nobody has said that it ends by then."""
    first = held_from(placed.birth_date, placed.aftercare_until)
    if placed.end is not None and placed.end <= first:
        return False
    months = months_before_18 if first == turns(placed.birth_date, ADULT) else months_before_end
    return Span(months=-months).after(first) <= on

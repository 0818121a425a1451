"""R10: which purposes of driving need an agreement of their own, and how far an agreement reaches."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from rules.policy import Policy
from rules.vocabulary import Purpose

METRES_A_KM = 1000


class Journey(NamedTuple):
    day: date
    purpose: str
    metres: int


class Agreement(NamedTuple):
    purpose: str
    first: date
    last: date
    metres_a_month: int

    def covers(self, journey: Journey) -> bool:
        return journey.purpose == self.purpose and self.first <= journey.day <= self.last


def to_be_agreed(policy: Policy, on: date) -> list[str]:
    """Purposes that are agreed driving only where the family has a grant."""
    always = policy.value("benefits.driving.always_agreed", on)
    return [purpose.value for purpose in Purpose if purpose not in always]


def metres_agreed(journey: Journey, agreements: Iterable[Agreement], before: Iterable[Journey], policy: Policy) -> int:
    """How much of a journey is agreed, after what was agreed `before` for the same placement."""
    if journey.purpose not in to_be_agreed(policy, journey.day):
        return journey.metres
    covering = [agreement for agreement in agreements if agreement.covers(journey)]
    used = sum(
        other.metres
        for other in before
        if (other.day.year, other.day.month) == (journey.day.year, journey.day.month)
        and any(agreement.covers(other) for agreement in covering)
    )
    return max(min(sum(agreement.metres_a_month for agreement in covering) - used, journey.metres), 0)

"""R10, J10: which conditions an application doesn't meet, and how much can be granted at most."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from rules.ages import turns
from rules.grounds import Ground
from rules.policy import Policy
from rules.refusal import Refusal
from rules.vocabulary import Benefit

if TYPE_CHECKING:
    from rules.processes.supplementary_benefit import BenefitApplication

SEATS = (Benefit.CAR_SEAT, Benefit.BOOSTER)
CAPS = {Benefit.CAR_SEAT: "benefits.car_seat_cap_ore", Benefit.BOOSTER: "benefits.booster_cap_ore"}
NEEDS = CAPS | {
    Benefit.INCONTINENCE: "benefits.incontinence_from_age",
    Benefit.FREE_COSTS: "benefits.free_costs_a_year_ore",
}
"""What the policy must say before a benefit can be paid."""
J10 = (Benefit.LOST_EARNINGS, Benefit.FREE_COSTS)


class Known(NamedTuple):
    """What is known about the placement applied for."""

    child: str
    birth_date: date | None
    enrolment_fee_granted: bool
    free_costs_ore: int
    """Granted in the calendar year so far."""


def row_of(benefit: Benefit) -> str:
    return "J10" if benefit in J10 else "R10"


def most_ore(benefit: Benefit, known: Known, policy: Policy, on: date) -> int | None:
    """None where the rules set no limit."""
    if benefit is Benefit.FREE_COSTS:
        a_year: int = policy.value("benefits.free_costs_a_year_ore", on)
        return max(a_year - known.free_costs_ore, 0)
    return policy.value(CAPS[benefit], on) if benefit in CAPS else None


def regimes(benefit: Benefit, policy: Policy, on: date) -> list[str]:
    """How it may be documented."""
    if benefit in policy.value("benefits.without_documentation", on):
        return ["none"]
    documented: list[str] = policy.value("benefits.regimes", on)
    return documented


def objections(asked: "BenefitApplication", known: Known, policy: Policy, on: date) -> list[Ground]:
    """Every condition that the application doesn't meet. Raises Refusal where a birth date is needed and unknown."""
    found = []
    if asked.benefit in SEATS:
        found += _seat(asked, known, policy, on)
    if asked.benefit is Benefit.INCONTINENCE:
        found += _incontinence(asked, known, policy, on)
    if asked.benefit is Benefit.DIET and not asked.doctors_order:
        found.append(Ground.DOCTORS_ORDER)
    if asked.booked and asked.benefit in policy.value("benefits.before_booking", on):
        found.append(Ground.ALREADY_BOOKED)
    if most_ore(asked.benefit, known, policy, on) == 0:
        found.append(Ground.FREE_COSTS_USED_UP)
    return found


def _seat(asked: "BenefitApplication", known: Known, policy: Policy, on: date) -> list[Ground]:
    unmet = {
        Ground.LOAN_FIRST: not asked.loan_tried,
        Ground.SEAT_STANDARD: asked.seat_standard not in policy.value("benefits.seat_standards", on),
        Ground.ENROLMENT_FEE: known.enrolment_fee_granted,
    }
    return [ground for ground, there in unmet.items() if there]


def _incontinence(asked: "BenefitApplication", known: Known, policy: Policy, on: date) -> list[Ground]:
    if known.birth_date is None:
        raise Refusal(f"no birth date is known for child {known.child}; import it in the sheet children")
    unmet = {
        Ground.TOO_YOUNG: on < turns(known.birth_date, policy.value("benefits.incontinence_from_age", on)),
        Ground.DOCTORS_ADVICE: not asked.doctor_asked,
    }
    return [ground for ground, there in unmet.items() if there]


def paid_by(payable_on: date, months: int) -> date:
    """The last day on which what became payable that day is to be paid, so many months after its own (R10)."""
    turned = payable_on.month + months
    return date(payable_on.year + turned // 12, turned % 12 + 1, 1) - timedelta(days=1)

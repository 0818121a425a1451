"""R10, R11, J10: what people answer between the application for a benefit and its documentation."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Near, Text
from rules.grounds import JUDGED, Ground
from rules.needs import PolicyNeeds, deadlines, each, under
from rules.policy_kinds import (
    DAY_OF_YEAR,
    DAYS_OF_YEAR,
    GUIDANCE,
    ITEMS,
    MONTHS,
    ORE,
    TEXT,
    WORKING_DAYS,
    YEARS,
    Kind,
    one_of,
)
from rules.process import Process
from rules.vocabulary import Benefit, FamilyKind, PlacementKind, Regime, Role

PROCESS = Process(
    name="supplementary-benefit",
    row="R10",
    version=1,
    policy="benefits",
    family_kinds=frozenset({FamilyKind.FOSTER, FamilyKind.RESPITE, FamilyKind.NETWORK, FamilyKind.RESOURCE_RESPITE}),
    needs_child=False,
    responsible=Role.ADMINISTRATION,
    family_opens=True,
)

COMPLAINTS = ("supplement", "lost_earnings", "free_costs", "late_documentation")
"""Kinds of decision about a benefit."""

STEPS = (
    "benefit_application",
    "benefit_decision",
    "send_documentation",
    "check_documentation",
    "pay_invoice",
    "leader_decision",
    "driving_application",
    "driving_decision",
    "report_driving",
)

KEYS: dict[str, Kind] = {
    "benefits.car_seat_cap_ore": ORE,
    "benefits.booster_cap_ore": ORE,
    "benefits.incontinence_from_age": YEARS,
    "benefits.proof_kept_years": YEARS,
    "benefits.paid_within_months": MONTHS,
    "benefits.year_end_cutoff": DAY_OF_YEAR,
    "benefits.free_costs_a_year_ore": ORE,
    "benefits.year_end_reminders": DAYS_OF_YEAR,
    "benefits.parents_grant_law": TEXT,
    "benefits.regimes": ITEMS,
    "benefits.without_documentation": ITEMS,
    "benefits.before_booking": ITEMS,
    "benefits.seat_standards": ITEMS,
    **{f"benefits.contact.{benefit}": one_of(Role.ADMINISTRATION, Role.CHILD_ADVISER) for benefit in Benefit},
    **{f"benefits.offered.{kind}": ITEMS for kind in PlacementKind},
    **{f"benefits.cost_share_covers.{kind}": ITEMS for kind in PlacementKind},
    **{f"benefits.complaint.{kind}": GUIDANCE for kind in COMPLAINTS},
    **{f"benefits.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *each("benefits.offered", PlacementKind),
        *each("benefits.cost_share_covers", PlacementKind),
        *each("benefits.contact", Benefit),
        *under(
            "benefits",
            "regimes",
            "without_documentation",
            "before_booking",
            "seat_standards",
            "car_seat_cap_ore",
            "booster_cap_ore",
            "free_costs_a_year_ore",
            "incontinence_from_age",
            "proof_kept_years",
            "paid_within_months",
            "year_end_cutoff",
            "parents_grant_law",
            "complaint.supplement",
            "complaint.lost_earnings",
            "complaint.free_costs",
            "complaint.late_documentation",
        ),
        *deadlines(
            "benefits",
            "benefit_application",
            "benefit_decision",
            "send_documentation",
            "check_documentation",
            "pay_invoice",
            "leader_decision",
        ),
    )
)


Kroner = Annotated[Decimal, Field(gt=0, le=1_000_000, decimal_places=2)]

ASKED_ABOUT: Mapping[Benefit, tuple[str, ...]] = {
    Benefit.CAR_SEAT: ("loan_tried", "seat_standard"),
    Benefit.BOOSTER: ("loan_tried", "seat_standard"),
    Benefit.INCONTINENCE: ("doctor_asked",),
    Benefit.DIET: ("doctors_order",),
    Benefit.HOLIDAY: ("planned_on", "booked"),
    Benefit.LOST_EARNINGS: ("occasion",),
    Benefit.OTHER: ("booked",),
}


def ore(kroner: Decimal) -> int:
    return int(kroner * 100)


class BenefitApplication(Form):
    title = "Apply for a supplementary benefit"
    what = (
        "Say what you apply for, for which placement, what it is for and how much it costs. "
        "Apply before you plan, book or buy anything."
    )
    why = "A supplementary benefit is granted only on a concrete application."
    row = "R10"

    placement: str
    benefit: Benefit
    purpose: Text
    amount_kr: Kroner
    planned_on: Near | None = None
    booked: bool | None = None
    loan_tried: bool | None = None
    seat_standard: Literal["i_size", "ece_r44_03", "ece_r44_04", "other"] | None = None
    doctor_asked: bool | None = None
    doctors_order: bool | None = None
    occasion: Literal["course", "intensive_start", "supervision", "other"] | None = None

    @property
    def amount_ore(self) -> int:
        return ore(self.amount_kr)

    @model_validator(mode="after")
    def says_what_the_benefit_asks(self) -> Self:
        if missing := [field for field in ASKED_ABOUT.get(self.benefit, ()) if getattr(self, field) is None]:
            raise ValueError(f"an application for {self.benefit} also says {' and '.join(missing)}")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        offered = demands["offered"]
        if self.placement not in offered:
            return [f"placement: give one of {', '.join(offered)}"]
        if self.benefit not in offered[self.placement]:
            return [f"benefit: for this placement there is {', '.join(offered[self.placement])}"]
        return []


class WithdrawApplication(Form):
    title = "Withdraw the application"
    what = "Only if you no longer want the benefit: withdraw your application."
    why = "A benefit is given on application only."
    row = "R10"

    withdrawn_on: Held


class BenefitDecision(Form):
    title = "Decide on the application for a benefit"
    what = (
        "Grant or refuse what the family applies for. A grant says the amount and how it is documented, "
        "a refusal says its ground. Give your reason."
    )
    why = "Each benefit is decided on by its own contact, after conditions that the rules name."
    row = "R10"

    granted: bool
    reason: Text
    amount_kr: Kroner | None = None
    regime: Regime | None = None
    ask_for_proof: bool = False
    parents_grant_covers: bool | None = None
    ground: Ground | None = None
    covered_item: str | None = None

    @property
    def amount_ore(self) -> int:
        return ore(self.amount_kr or Decimal(0))

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if demands["benefit"] == Benefit.DIET and self.parents_grant_covers is None:
            lines.append("parents_grant_covers: consider first whether the parents' own grant covers it; true or false")
        return lines + (self._grant_faults(demands) if self.granted else self._refusal_faults(demands))

    def _grant_faults(self, demands: Mapping[str, Any]) -> list[str]:
        stands = [*demands["grounds"], *([Ground.PARENTS_GRANT.value] if self.parents_grant_covers else [])]
        lines = [f"granted: not possible ({ground}); refuse on that ground" for ground in stands]
        if self.ground is not None or self.covered_item is not None:
            lines.append("ground, covered_item: these belong to a refusal; leave them out")
        if self.regime is None or self.regime not in demands["regimes"]:
            lines.append(f"regime: say one of {', '.join(demands['regimes'])}")
        if self.ask_for_proof and self.regime != Regime.GRANT:
            lines.append("ask_for_proof: only a grant's proof stays with the family; leave it out")
        return lines + self._amount_faults(demands)

    def _amount_faults(self, demands: Mapping[str, Any]) -> list[str]:
        most = min(limit for limit in (demands["asked_ore"], demands["most_ore"]) if limit is not None)
        if self.amount_kr is None or self.amount_ore > most:
            return [f"amount_kr: say how much is granted, at most {Decimal(most) / 100:.2f}"]
        return []

    def _refusal_faults(self, demands: Mapping[str, Any]) -> list[str]:
        fitting = [*demands["grounds"], *JUDGED, *([Ground.PARENTS_GRANT] if self.parents_grant_covers else [])]
        lines = []
        if self.ground not in fitting:
            lines.append(f"ground: say one that fits this application: {', '.join(fitting)}")
        if (self.ground is Ground.COST_SHARE) != (self.covered_item in demands["covered"]):
            lines.append(f"covered_item: for {Ground.COST_SHARE} only, one of {', '.join(demands['covered'])}")
        if self.amount_kr is not None or self.regime is not None or self.ask_for_proof:
            lines.append("amount_kr, regime, ask_for_proof: these belong to a grant; leave them out")
        return lines


class SendDocumentation(Form):
    title = "Send the documentation"
    what = "Send the receipts for what was granted, and record the day on which you sent them."
    why = "What is granted has to be documented; what is covered in full is paid once its documentation is there."
    row = "R10"

    sent_on: Held
    originals: bool


class CheckDocumentation(Form):
    title = "Check the documentation"
    what = "Record when the documentation arrived, whether it is in order, and which amount it shows."
    why = "What is covered in full is paid at the latest in the month after its documentation arrived."
    row = "R10"

    received_on: Held
    in_order: bool
    amount_kr: Kroner | None = None

    @property
    def amount_ore(self) -> int:
        return ore(self.amount_kr or Decimal(0))

    @model_validator(mode="after")
    def shows_an_amount(self) -> Self:
        if self.in_order and self.amount_kr is None:
            raise ValueError("amount_kr: say which amount the documentation shows")
        return self


class PayInvoice(Form):
    title = "Pay the invoice"
    what = "See that the invoice reaches you, pay it, and keep it. Record when it was paid and its amount."
    why = "Where the invoice goes to the municipality, it pays the supplier and keeps the documentation."
    row = "R10"

    received_on: Held
    paid_on: Held
    amount_kr: Kroner


class LateDocumentation(Form):
    title = "Decide on late documentation"
    what = (
        "The documentation for the year before isn't there in time. Refuse it, or let it through, and give your reason."
    )
    why = "Documentation that comes after the year-end day is refused unless the leader lets it through with a reason."
    row = "R11"
    deadline = "leader_decision"

    let_through: bool
    reason: Text

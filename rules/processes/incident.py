"""R3, R7, R8, N6: what people say when something happens in a family, and what they do about it."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Ahead, Form, Held, Near, Past, Reference, Text
from rules.incidents import IncidentKind
from rules.needs import PolicyNeeds, deadlines
from rules.policy_kinds import ITEMS, ORE, WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import FamilyKind, Role

PROCESS = Process(
    name="incident",
    row="R3",
    version=1,
    policy="incident",
    family_kinds=frozenset(FamilyKind),
    needs_child=False,
    responsible=Role.LEADER,
    family_opens=True,
)

STEPS = ("incident_report", "claim_form")

KEYS: dict[str, Kind] = {
    "incident.kinds": ITEMS,
    **{f"incident.deadline.{step}": WORKING_DAYS for step in STEPS},
    "damage.family_pays_below_ore": ORE,
}
NEEDS = PolicyNeeds(
    ("incident.kinds", *deadlines("incident", "incident_report")),
    where={("incident.kinds", "damage"): ("damage.family_pays_below_ore", *deadlines("incident", "claim_form"))},
)


Kroner = Annotated[Decimal, Field(gt=0, le=10_000_000, decimal_places=2)]
ASKED_ABOUT: Mapping[IncidentKind, tuple[str, ...]] = {
    IncidentKind.APPROVAL_WITHDRAWN: ("withdrawn_on",),
    IncidentKind.USE_OF_FORCE: ("child",),
    IncidentKind.DAMAGE: ("child", "amount_kr", "in_childs_care"),
}
MAY_SAY: Mapping[IncidentKind, tuple[str, ...]] = {
    IncidentKind.CONCERN: ("child",),
    IncidentKind.REPORTING_DUTY: ("child",),
}


class IncidentReport(Form):
    title = "Report what happened"
    what = (
        "Say what kind of incident it is, when it was and what happened. For use of force and damage also say which "
        "child, for damage the amount and whether the thing was left in the child's care."
    )
    why = "Those who have to see to a child hear of it the same day. A family has a duty to report."
    row = "R7"

    kind: IncidentKind
    happened_on: Past
    what_happened: Text
    child: Reference | None = None
    withdrawn_on: Near | None = None
    amount_kr: Kroner | None = None
    in_childs_care: bool | None = None

    @property
    def amount_ore(self) -> int:
        return int((self.amount_kr or Decimal(0)) * 100)

    @model_validator(mode="after")
    def says_what_its_kind_asks(self) -> Self:
        asked = ASKED_ABOUT.get(self.kind, ())
        if missing := [field for field in asked if getattr(self, field) is None]:
            raise ValueError(f"a report of {self.kind} also says {' and '.join(missing)}")
        others = {"child", "withdrawn_on", "amount_kr", "in_childs_care"} - {*asked, *MAY_SAY.get(self.kind, ())}
        if more := sorted(field for field in others if getattr(self, field) is not None):
            raise ValueError(f"a report of {self.kind} doesn't say {' or '.join(more)}; leave it out, or mend the kind")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = []
        if self.kind not in demands["kinds"]:
            lines.append(f"kind: what can be reported here is {', '.join(demands['kinds'])}")
        if self.child is not None and self.child not in demands["children"]:
            known = ", ".join(demands["children"]) or "none"
            lines.append(
                f"child: give the reference of one that is or was placed with the family, or in its network ({known})"
            )
        return lines


class SeeToChild(Form):
    title = "See to the child today"
    what = "Something was reported about the family. Read the report, see to the child, and record what you did."
    why = "The child's adviser hears at once of what happens in the family where the child is."
    row = "R3"

    seen_to_on: Held
    done: Text


class ChildConcern(Form):
    title = "See to a concern today"
    what = (
        "A concern was reported. Read it, say what you did, and whether it belongs to child welfare; "
        "then refer it on, and record the day on which you did."
    )
    why = "A concern reaches those who follow the family the same day; what belongs to child welfare is referred on."
    row = "N6"

    done: Text
    belongs_to_child_welfare: bool
    referred_on: Held | None = None

    @model_validator(mode="after")
    def is_referred_on(self) -> Self:
        if self.belongs_to_child_welfare != (self.referred_on is not None):
            raise ValueError(
                "referred_on: give the day on which it was referred on to child welfare; only where it belongs there"
            )
        return self


class EveryPlacement(Form):
    placements: dict[str, Literal["goes_on", "ends"]]
    reason: Text

    @property
    def ending(self) -> list[str]:
        return sorted(ref for ref, what in self.placements.items() if what == "ends")

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        wanted = demands["placements"]
        lines = [f"placements: say whether {ref} goes_on or ends" for ref in wanted if ref not in self.placements]
        if more := len(self.placements.keys() - set(wanted)):
            lines.append(f"placements: {more} of them aren't asked about; there is {', '.join(wanted) or 'none'}")
        return lines


class DecideOnConcern(EveryPlacement):
    title = "Decide on a concern"
    what = (
        "There is a concern about the family. Say for each placement whether it goes on, and whether the family may be "
        "matched anew; where it may not, say when you look at it again. Give your reason."
    )
    why = "While a concern is open, no new child is matched with the family without a decision."
    row = "R3"

    new_matches: bool
    look_again_on: Ahead | None = None

    @model_validator(mode="after")
    def is_looked_at_again(self) -> Self:
        if self.new_matches != (self.look_again_on is None):
            raise ValueError(
                "look_again_on: give the day on which you look at it again; only where new_matches is false"
            )
        return self


class DecideOnWithdrawal(EveryPlacement):
    title = "Decide on a withdrawn approval"
    what = (
        "The family's approval is withdrawn. Say for each placement whether it goes on for now or ends, and why. "
        "Nights after the withdrawal are held until they are decided on."
    )
    why = "After a withdrawal no new match and no payout for the nights after it go through without a decision."
    row = "R3"


class ClaimForm(Form):
    title = "Order a claim form"
    what = "Order the claim form from the municipality's insurer, send it to the family, and record the day."
    why = "From the policy's amount on, the municipality's insurer assesses whether a damage is covered."
    row = "R8"

    ordered_on: Held

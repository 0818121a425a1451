"""J1: what people answer on the way to an approved network family."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from rules.forms.base import YEAR, Form, Held, Near, Text
from rules.needs import PLAN_FOLLOW_UP, PolicyNeeds, deadlines, under
from rules.policy_kinds import DAYS, GUIDANCE, ITEMS, WORKING_DAYS, YEARS, Kind
from rules.process import Process
from rules.vocabulary import EndReason, FamilyKind, Role

PROCESS = Process(
    name="network-family-approval",
    row="J1",
    version=1,
    policy="network_approval",
    family_kinds=frozenset({FamilyKind.NETWORK}),
    needs_child=True,
    responsible=Role.NETWORK_ADVISER,
    approves=True,
)

STEPS = (
    "first_visit",
    "consent",
    "order_attests",
    "pre_study",
    "plan_matching_visit",
    "matching_visit",
    "parents_view",
    "assessment",
    "leader_decision",
    "special_support",
    "contract",
    "contract_review",
    "action_plan",
    "end_emergency",
)

KEYS: dict[str, Kind] = {
    "network_approval.consent_lapses_days": DAYS,
    "network_approval.attest_validity_days": DAYS,
    "network_approval.child_attest_age": YEARS,
    "network_approval.attest_expected_days.criminal_record": WORKING_DAYS,
    "network_approval.attest_expected_days.child_attest": WORKING_DAYS,
    **{f"network_approval.deadline.{step}": WORKING_DAYS for step in STEPS},
    "network_approval.checklist": ITEMS,
    "network_approval.complaint": GUIDANCE,
    "contract.items.network": ITEMS,
}
NEEDS = PolicyNeeds(
    (
        *under(
            "network_approval",
            "consent_lapses_days",
            "attest_validity_days",
            "child_attest_age",
            "attest_expected_days.criminal_record",
            "attest_expected_days.child_attest",
            "checklist",
            "complaint",
        ),
        # a visit that was planned is due on its own day
        *deadlines("network_approval", *(step for step in STEPS if step != "matching_visit")),
        "contract.items.network",
        PLAN_FOLLOW_UP,
    )
)


CLEAN_ATTESTS = "clean_attests"


class No(StrEnum):
    """Why an approval is refused; as it is noted with the case."""

    CONSENT = "consent refused"
    ATTEST = "attest not clean"
    LEADER = "the leader decided"
    CHECKLIST = "checklist"
    ASSESSMENT = "the assessment"


class FirstVisit(Form):
    title = "First visit to the family"
    what = "Visit the family, tell them what being a network family means, and record whether both sides want to go on."
    why = (
        "A network family is approved only after a first visit at which the family and the municipality agree to go on."
    )
    row = "J1"

    held_on: Held
    both_sides_go_on: bool
    remark: Text | None = None


class Consent(Form):
    title = "Consent to obtain attests"
    what = (
        "Say whether you consent to the municipality obtaining attests and further information about the person "
        "with this reference."
    )
    why = (
        "Attests are obtained only with the consent of the person they concern; "
        "a young person whose own attest is needed consents too."
    )
    row = "J1"

    given: bool
    signed_on: Held


class OrderAttests(Form):
    title = "Order the attests"
    what = "Order the attests that the consents cover, before the consents lapse."
    why = "A consent lapses when nothing has been ordered on it in time, and has to be asked for again."
    row = "J1"

    ordered_on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.ordered_on.isoformat() >= demands["signed_on"]:
            return []
        return [f"ordered_on: the last consent was signed on {demands['signed_on']}; an order can't come before it"]


class AttestResult(Form):
    """Only the result and its date: the content is never stored."""

    clean: bool
    issued_on: Held


class CriminalRecord(AttestResult):
    title = "Criminal record received"
    what = "Record the date of the criminal record and whether it is clean. Don't record what it says."
    why = "Every adult of a network family must have a clean criminal record."
    row = "J1"


class ChildProtectionAttest(AttestResult):
    title = "Child-protection attest received"
    what = "Record the date of the child-protection attest and whether it is clean. Don't record what it says."
    why = "Everyone in a network family's household who is old enough must have a clean child-protection attest."
    row = "J1"


class AttestDecision(Form):
    title = "Decide on an attest that isn't clean"
    what = "Decide whether the approval can go on although an attest isn't clean, and give your reason."
    why = "An attest that isn't clean stops the approval until the leader has decided."
    row = "J1"
    deadline = "leader_decision"
    discreet = True

    go_on: bool
    reason: Text


class PreStudy(Form):
    title = "Pre-study form"
    what = "Fill in the pre-study form about yourselves and your family."
    why = "The family's own account is the basis of the matching visit and of the assessment."
    row = "J1"

    about_us: Text
    relation_to_the_child: Text
    home_and_room: Text
    health: Text
    everyday_life_and_work: Text
    children_of_the_house: Text | None = None
    cooperation_with_parents: Text
    support_we_would_like: Text | None = None


class PlanMatchingVisit(Form):
    title = "Agree on a day for the matching visit"
    what = "Agree with the family and the match consultant on the day and time of the matching visit. All are invited."
    why = "The matching visit is made by the network adviser and a match consultant together."
    row = "J1"

    starts_at: datetime
    minutes: int = Field(default=120, ge=15, le=480)

    @field_validator("starts_at")
    @classmethod
    def local_time_to_come(cls, value: datetime, info: ValidationInfo) -> datetime:
        if value.tzinfo is not None:
            raise ValueError("give the local time without an offset, such as 2023-04-03T14:00")
        today = (info.context or {}).get("today")
        if today is not None and not today <= value.date() <= today + YEAR:
            raise ValueError(f"{value.date()} isn't within a year from now; check the day")
        return value


class MatchingVisit(Form):
    title = "Matching visit"
    what = "Hold the matching visit together and record that you did."
    why = "The matching visit is made by the network adviser and a match consultant together."
    row = "J1"

    held_on: Held
    network_adviser_present: bool
    match_consultant_present: bool
    summary: Text

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.network_adviser_present and self.match_consultant_present:
            return []
        return ["both the network adviser and a match consultant must be present; hold the visit again together"]


class ParentsView(Form):
    title = "The parents' view"
    what = "Talk with the child's parents about the family and record their view."
    why = "The parents' view is obtained and recorded before the family is assessed."
    row = "J1"

    obtained_on: Held
    view: Text | None = None
    not_obtainable_because: Text | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.view is None) == (self.not_obtainable_because is None):
            raise ValueError("give either view or not_obtainable_because")
        return self


class Assessment(Form):
    title = "Assessment of the family"
    what = (
        "Answer every requirement of the checklist, say what special support the placement needs, and approve or not."
    )
    why = (
        "A network family is approved by the network adviser and the match consultant together: "
        "two people, both answers needed."
    )
    row = "J1"

    checklist: dict[str, bool]
    approved: bool
    reason: Text
    special_support: Text | None = None

    def unmet(self) -> list[str]:
        return sorted(item for item, met in self.checklist.items() if not met)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        wanted, given = set(demands["checklist"]), set(self.checklist)
        lines = [f"checklist: {item} isn't answered; say true or false" for item in sorted(wanted - given)]
        lines += [f"checklist: {item} isn't one of its requirements; leave it out" for item in sorted(given - wanted)]
        # whether an attest that isn't clean may pass is the leader's decision, taken before
        blocking = [item for item in self.unmet() if item != CLEAN_ATTESTS or not demands["attests_accepted"]]
        if self.approved and blocking:
            lines.append(
                f"approved: not possible while {', '.join(blocking)} isn't met; say false, or mend the checklist"
            )
        return lines


class ApprovalDecision(Form):
    title = "Decide on the approval"
    what = "The network adviser and the match consultant disagree. Decide whether the family is approved, and why."
    why = "The leader decides where the network adviser and the match consultant disagree."
    row = "J1"
    deadline = "leader_decision"
    discreet = True

    approved: bool
    reason: Text
    special_support: Text | None = None


class SpecialSupport(Form):
    title = "Arrange the special support"
    what = "Arrange the special support that the assessment found necessary, and record what was arranged from when."
    why = "The assessment says what special support the placement needs."
    row = "J1"

    arranged: Text
    starts_on: Near


class Contract(Form):
    title = "Issue the contract"
    what = (
        "Issue the contract with every item that this kind of family has, and record from when the child lives there."
    )
    why = "A contract is issued only when all items that belong to it are there."
    row = "J1"

    items: dict[str, Text]
    issued_on: Held
    placement_from: Near

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        wanted = list(demands["items"])
        lines = [f"items: {item} is missing from the contract" for item in wanted if item not in self.items]
        lines += [f"items: {item} doesn't belong to this kind of contract" for item in self.items if item not in wanted]
        moved_in = demands.get("moved_in_on")
        if moved_in is not None and self.placement_from.isoformat() != moved_in:
            lines.append(f"placement_from: the child moved in on {moved_in}; give that day")
        approved_on = demands["approved_on"]
        if moved_in is None and self.placement_from.isoformat() < approved_on:
            lines.append(f"placement_from: the family is approved from {approved_on}; the child can't move in before")
        return lines


class ContractReview(Form):
    title = "Offer a review of the contract"
    what = "Offer the family a review of the contract, and record whether it was held or declined."
    why = "Every network family is offered a review of its contract."
    row = "J1"

    outcome: Literal["held", "declined"]
    on: Held


class EmergencyMoveIn(Form):
    title = "Emergency move-in"
    what = "Only if the child has to move in before the approval: record from when and why."
    why = "A child may move in before the approval in an emergency, with the reason recorded."
    row = "J1"

    moved_in_on: Held
    reason: Text


class Withdrawal(Form):
    title = "Withdrawal"
    what = "Only if the family or the municipality no longer wants to go on: record who withdrew and when."
    why = "The approval goes on only while both sides want it."
    row = "J1"

    withdrawn_by: Literal["family", "municipality"]
    withdrawn_on: Held
    remark: Text | None = None


class EndEmergencyPlacement(Form):
    title = "End the emergency placement"
    what = "The family isn't approved but the child lives there. Find another place, and record when the child moved."
    why = "A child stays with a network family only if the family is approved."
    row = "J1"
    deadline = "end_emergency"

    moved_out_on: Held
    reason: EndReason

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        if self.moved_out_on.isoformat() >= demands["moved_in_on"]:
            return []
        return [f"moved_out_on: the child moved in on {demands['moved_in_on']}; it can't have left before"]

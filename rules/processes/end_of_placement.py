"""R6, J9: what people answer when a placement ends."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, Self

from pydantic import Field, model_validator

from rules.forms.base import Form, Held, Near, Reference, Text
from rules.forms.matching import unlike
from rules.needs import PolicyNeeds, deadlines, each, under
from rules.policy_kinds import DAYS, GUIDANCE, ITEMS, WORKING_DAYS, YES_NO, Kind
from rules.process import PLACED_WITH, Process
from rules.processes.incident import EveryPlacement
from rules.vocabulary import EndReason, PlacementKind, Role

PROCESS = Process(
    name="end-of-placement",
    row="J9",
    version=1,
    policy="placement_end",
    family_kinds=PLACED_WITH,
    needs_child=True,
    responsible=Role.CHILD_ADVISER,
)

STEPS = (
    "end_placement",
    "check_equipment",
    "still_confidential",
    "closing_talk",
    "final_report",
)

KEYS: dict[str, Kind] = {
    "placement_end.claims_days": DAYS,
    "placement_end.equipment": ITEMS,
    **{f"placement_end.reasons.{kind}": ITEMS for kind in PlacementKind},
    **{f"placement_end.appeal.{kind}": GUIDANCE for kind in PlacementKind},
    **{f"placement_end.final_report.{kind}": YES_NO for kind in PlacementKind},
    **{f"placement_end.deadline.{step}": WORKING_DAYS for step in STEPS},
}
NEEDS = PolicyNeeds(
    (
        *under("placement_end", "claims_days", "equipment"),
        *each("placement_end.reasons", PlacementKind),
        *each("placement_end.appeal", PlacementKind),
        *each("placement_end.final_report", PlacementKind),
        *deadlines("placement_end", *STEPS),
        "matching.consultant",
        "half_year.headings",
        "payout.payment_day",
    )
)


class EndPlacement(Form):
    title = "End the placement"
    what = (
        "Record which placement ends, why, who was told when, and the day on which the child leaves. "
        "Keep to the contract's notice, or say why it is shorter."
    )
    why = "A placement ends for one of the reasons that are laid down; the contract says with which notice."
    row = "J9"

    placement: Reference
    reason: EndReason
    because: Text
    notice_given_on: Held
    departure: Near
    notice_kept: bool
    shorter_notice_because: Text | None = None

    @model_validator(mode="after")
    def says_why_the_notice_is_shorter(self) -> Self:
        if self.notice_kept == (self.shorter_notice_because is not None):
            raise ValueError("shorter_notice_because: say it where the notice isn't kept, and only there")
        return self

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        known = demands["placements"].get(self.placement)
        if known is None:
            return [f"placement: give one of {', '.join(demands['placements'])}"]
        lines = []
        if self.reason not in known["reasons"]:
            lines.append(f"reason: for this kind of placement, one of {', '.join(known['reasons'])}")
        if known["start"] is not None and self.departure.isoformat() < known["start"]:
            lines.append(f"departure: the placement starts on {known['start']}; the child can't leave before")
        return lines


class CheckEquipment(Form):
    title = "Lent equipment"
    what = "Go through the equipment that may have been lent, and record for each item what became of it."
    why = "What was lent to the family is returned when the placement ends."
    row = "R6"

    equipment: dict[str, Literal["returned", "not_lent", "left_with_the_child"]]

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return unlike("equipment", self.equipment, demands["equipment"])


class StillConfidential(Form):
    title = "Your duty of confidentiality continues"
    what = "Confirm that you know that your duty of confidentiality continues after the placement has ended."
    why = "Confidentiality holds after the contract has ended, too."
    row = "R7"

    acknowledged: bool
    on: Held

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return [] if self.acknowledged else ["acknowledged: the duty continues; confirm that you know, or ask about it"]


class ClosingTalk(Form):
    title = "Offer a closing talk"
    what = "Offer the family a closing talk, and record whether it was held or declined."
    why = "It can be hard for a family when a placement ends."
    row = "R6"

    outcome: Literal["held", "declined"]
    on: Held


class FinalReport(Form):
    title = "Write the final report"
    what = (
        "Describe under each heading how the child has fared with you, how the child is now, "
        "and what those who take over should know."
    )
    why = "A placement ends with a final report about the child."
    row = "J9"

    sections: dict[str, Text] = Field(max_length=40)

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        return unlike("sections", self.sections, demands["headings"])


class AfterEighteen(EveryPlacement):
    title = "After the 18th birthday: aftercare or end"
    what = (
        "The child with this reference turns 18 soon or has done so, or the aftercare that was decided is over soon. "
        "Say for each placement whether it goes on as aftercare or ends, and for aftercare its last day. "
        "Give your reason."
    )
    why = (
        "From the 18th birthday on a placement is paid for only while aftercare is decided; "
        "what ends is prepared in time."
    )
    row = "J9"

    aftercare_until: date | None = None

    @model_validator(mode="after")
    def says_until_when(self) -> Self:
        if (self.aftercare_until is None) == ("goes_on" in self.placements.values()):
            raise ValueError("aftercare_until: give its last day where a placement goes_on, and only there")
        return self

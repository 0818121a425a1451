"""Forms of group supervision (V2)."""

from collections.abc import Mapping
from typing import Any, Self

from pydantic import model_validator

from rules.forms.base import Form, Held, Reference, Text
from rules.needs import PolicyNeeds, deadlines
from rules.policy import DUTIES
from rules.policy_kinds import DAYS, TEXT, WORKING_DAYS, Kind
from rules.process import Process
from rules.processes.joint_meeting import Link, Minutes, MoveJointMeeting, ToCome
from rules.vocabulary import Role

PROCESS = Process(
    name="group-supervision",
    row="V2",
    version=1,
    policy="group_supervision",
    family_kinds=frozenset(),
    needs_child=False,
    responsible=Role.FAMILY_CARE_CONSULTANT,
    opened_by="quarterly-group-supervision",
)

KEYS: dict[str, Kind] = {
    "group_supervision.theme": TEXT,
    "group_supervision.least_days_left": DAYS,
    "group_supervision.deadline.plan_group_supervision": WORKING_DAYS,
}
NEEDS = PolicyNeeds(
    (
        f"{DUTIES}group_supervision",
        "group_supervision.theme",
        *deadlines("group_supervision", "plan_group_supervision"),
    )
)


class PlanGroupSupervision(Form):
    """A `place` may be an address: it stays in the case."""

    title = "Plan the quarter's group supervision"
    what = "Choose day and time for the team, and give the place or the meeting link. Everybody is invited."
    why = "Each quarter the families of a team meet on the quarter's theme, with their consultants."
    row = "V2"

    starts_at: ToCome
    minutes: Minutes = 120
    link: Link | None = None
    place: Text | None = None

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        if (self.link is None) == (self.place is None):
            raise ValueError("give either link (it begins with https://) or place")
        return self


class MoveGroupSupervision(MoveJointMeeting):
    title = "Move or cancel the group supervision"
    what = "Only if it is moved or cancelled: give the new time, or say that it is cancelled. Everybody is told."
    why = "Those who are invited need the right time in their calendars."
    row = "V2"


class GroupSupervision(Form):
    title = "Group supervision"
    what = "Record the day and which families took part, by reference."
    why = "What each family took part in is counted."
    row = "V2"

    held_on: Held
    attended: list[Reference]

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        invited = demands["families"]
        lines = [
            f"attended: number {nth} isn't of this team; it may be {', '.join(invited)}"
            for nth, family in enumerate(self.attended, 1)
            if family not in invited
        ]
        if len(set(self.attended)) < len(self.attended):
            lines.append("attended: a family is given twice")
        return lines

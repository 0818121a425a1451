"""N5: the quarterly meeting of all resource families with their contacts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, model_validator

from rules.forms.base import YEAR, Form, Held, Reference, Text
from rules.needs import PolicyNeeds, deadlines
from rules.policy_kinds import WORKING_DAYS, Kind
from rules.process import Process
from rules.vocabulary import Role

PROCESS = Process(
    name="joint-meeting",
    row="N5",
    version=1,
    policy="joint_meeting",
    family_kinds=frozenset(),
    needs_child=False,
    responsible=Role.CHILD_WELFARE_CONTACT,
)

KEYS: dict[str, Kind] = {
    "joint_meeting.deadline.plan_joint_meeting": WORKING_DAYS,
}
NEEDS = PolicyNeeds(("resource_network.municipalities", *deadlines("joint_meeting", "plan_joint_meeting")))


def _to_come(value: datetime, info: ValidationInfo) -> datetime:
    if value.tzinfo is not None:
        raise ValueError("give the local time without an offset, such as 2025-04-03T18:00")
    today = (info.context or {}).get("today")
    if today is not None and not today < value.date() <= today + YEAR:
        raise ValueError(f"{value.date()} isn't within a year from tomorrow; check the day")
    return value


ToCome = Annotated[datetime, AfterValidator(_to_come)]
"""Local time, from tomorrow on."""
Link = Annotated[str, StringConstraints(pattern=r"^https://[^\s@<>]+$", max_length=800)]
Minutes = Annotated[int, Field(ge=15, le=480)]


class PlanJointMeeting(Form):
    """A `place` may be an address: it stays in the case."""

    title = "Plan the joint meeting of the resource families"
    what = "Choose day and time, give the meeting link or the place, and write the agenda. Everybody is invited."
    why = "Each quarter all resource families and their contacts meet, share experience and get guidance together."
    row = "N5"

    starts_at: ToCome
    minutes: Minutes = 90
    link: Link | None = None
    place: Text | None = None
    agenda: list[Text] = Field(min_length=1, max_length=20)

    @model_validator(mode="after")
    def somewhere(self) -> Self:
        if (self.link is None) == (self.place is None):
            raise ValueError("give either link (it begins with https://) or place")
        return self


class MoveJointMeeting(Form):
    """What isn't said stays as it was."""

    title = "Move or cancel the joint meeting"
    what = (
        "Only if the meeting is moved or cancelled: give the new time, or say that it is cancelled. Everybody is told."
    )
    why = "Those who are invited need the right time in their calendars."
    row = "N5"

    cancelled: bool = False
    starts_at: ToCome | None = None
    minutes: Minutes | None = None
    link: Link | None = None
    place: Text | None = None

    @model_validator(mode="after")
    def one_of_both(self) -> Self:
        if (self.starts_at is None) != self.cancelled:
            raise ValueError("give either the new starts_at or cancelled")
        if self.link is not None and self.place is not None:
            raise ValueError("give either link or place")
        return self


class JointMeetingHeld(Form):
    title = "The joint meeting: who came, and notes"
    what = "Record who took part, by reference, and the notes of the meeting."
    why = "What is shared at the joint meeting is kept for everybody who couldn't come."
    row = "N5"

    held_on: Held
    attendance: list[Reference] = Field(min_length=1, max_length=200)
    notes: Text

    def faults(self, demands: Mapping[str, Any]) -> list[str]:
        lines = [
            f"attendance: number {nth} wasn't invited; check the reference"
            for nth, ref in enumerate(self.attendance, 1)
            if ref not in demands["invited"]
        ]
        if self.held_on.isoformat() < demands["planned_for"]:
            lines.append(f"held_on: it was to be held on {demands['planned_for']}; move it first if it was earlier")
        return lines

"""Meetings that are planned, moved and cancelled (N5, V2)."""

from dataclasses import dataclass, replace
from datetime import datetime

from rules.processes.group_supervision import PlanGroupSupervision
from rules.processes.joint_meeting import MoveJointMeeting, PlanJointMeeting


@dataclass(frozen=True)
class Appointment:
    starts_at: datetime
    """The host's local time."""
    minutes: int
    link: str | None
    place: str | None
    sequence: int = 0
    """Rises when it is moved or cancelled."""
    cancelled: bool = False


def planned(plan: PlanJointMeeting | PlanGroupSupervision) -> Appointment:
    return Appointment(plan.starts_at, plan.minutes, plan.link, plan.place)


def moved(before: Appointment, to: MoveJointMeeting) -> Appointment:
    """What `to` doesn't say stays as it was."""
    elsewhere = bool(to.link or to.place)
    return replace(
        before,
        starts_at=to.starts_at or before.starts_at,
        minutes=to.minutes or before.minutes,
        link=to.link if elsewhere else before.link,
        place=to.place if elsewhere else before.place,
        sequence=before.sequence + 1,
        cancelled=to.cancelled,
    )

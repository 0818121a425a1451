"""N5: one joint meeting of all resource families with their contacts, across the project's municipalities."""

from itertools import count

from rules.appointments import Appointment, moved, planned
from rules.processes.joint_meeting import JointMeetingHeld, MoveJointMeeting, PlanJointMeeting
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.documents.made import Paper, issue_document
from tasks.networks import joint_meetings as meetings
from tasks.networks.joint_meetings import Invited
from tasks.runs.case_flow import case_flow

CONTACT = Role.CHILD_WELFARE_CONTACT


@case_flow(name="joint-meeting")
def joint_meeting(case: Case) -> Outcome:
    """Planned, invited to, moved or cancelled, held and written down (N5)."""
    invited: Invited = case.recall("invited", meetings.invited, case.policy, case.today)
    plan = case.ask(PlanJointMeeting, of=CONTACT)
    meeting = told_of(case, invited, planned(plan))
    if meeting.cancelled:
        return Outcome("Withdrawn", "cancelled")
    demands = {
        "planned_for": meeting.starts_at.date().isoformat(),
        "invited": sorted(ref for people in invited.values() for ref in people),
    }
    held = case.ask(
        JointMeetingHeld, of=CONTACT, part=str(meeting.sequence), due=meeting.starts_at.date(), demands=demands
    )
    issue_document(case, Paper("meeting_notes"), meetings.notes_paper, case.policy, plan.agenda, meeting, held)
    case.do("record meeting", meetings.count_for_networks, case.policy, case.ref, held.held_on, case.now)
    return Outcome("Completed", f"held on {held.held_on}")


def told_of(case: Case, invited: Invited, meeting: Appointment) -> Appointment:
    """Everybody is invited, and told each time it is moved or cancelled; the appointment that holds."""
    for nth in count():
        case.do(
            f"tell {nth}",
            meetings.invite,
            case=case.ref,
            policy=case.policy,
            people=invited,
            meeting=meeting,
            now=case.now,
        )
        if meeting.cancelled:
            break
        change = case.offer(MoveJointMeeting, of=CONTACT, part=str(nth))
        if change is None:
            break
        case.take_back(f"{JointMeetingHeld.key()}:{nth}")
        meeting = moved(meeting, change)
    return meeting

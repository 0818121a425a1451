"""V2: the families of a team meet on the quarter's theme with their consultants."""

from itertools import count

from rules.appointments import Appointment, moved, planned
from rules.processes.group_supervision import GroupSupervision, MoveGroupSupervision, PlanGroupSupervision
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.families import group_supervision as groups
from tasks.runs.case_flow import case_flow

CONSULTANT = Role.FAMILY_CARE_CONSULTANT


@case_flow(name="group-supervision")
def group_supervision(case: Case) -> Outcome:
    """One team's meeting of one quarter (V2)."""
    team, _quarter = case.opened_with(groups.ABOUT)
    theme = case.value(groups.THEME)
    consultant = case.recall("consultant", groups.consultant, team=team, municipality=case.municipality, on=case.today)
    plan = case.ask(PlanGroupSupervision, of=CONSULTANT, to=consultant, about=team, demands={"topic": theme})
    people = case.recall("people", groups.those_of, team=team, policy=case.policy, on=case.today)
    meeting = told_of(case, team, people, theme, planned(plan))
    if meeting.cancelled:
        return Outcome("Withdrawn", "cancelled")
    demands = {"families": people["families"], "topic": theme}
    on, nth = meeting.starts_at.date(), str(meeting.sequence)
    held = case.ask(GroupSupervision, of=CONSULTANT, to=consultant, about=team, part=nth, due=on, demands=demands)
    case.do(
        "record who came", groups.record_attended, case=case.ref, families=held.attended, on=held.held_on, now=case.now
    )
    return Outcome("Completed", f"held on {held.held_on}")


def told_of(case: Case, team: str, people: dict[str, list[str]], theme: str, meeting: Appointment) -> Appointment:
    """Everybody is invited, and told each time it is moved or cancelled; the appointment that holds."""
    for nth in count():
        case.do(
            f"tell {nth}",
            groups.invite,
            case=case.ref,
            policy=case.policy,
            people=people,
            theme=theme,
            meeting=meeting,
            now=case.now,
        )
        change = None if meeting.cancelled else case.offer(MoveGroupSupervision, of=CONSULTANT, part=str(nth))
        if change is None:
            break
        case.take_back(f"{GroupSupervision.key()}:{team}:{nth}")
        meeting = moved(meeting, change)
    return meeting

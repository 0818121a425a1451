"""R3, R7, R8, N6: something happens in a family, or to a child there."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import ParamSpec

from data.incidents import placed_now
from rules.calendar import add_working_days
from rules.incidents import Cover, IncidentKind, cover
from rules.processes.incident import (
    ChildConcern,
    ClaimForm,
    DecideOnConcern,
    DecideOnWithdrawal,
    EveryPlacement,
    IncidentReport,
    SeeToChild,
)
from rules.vocabulary import Role
from tasks.cases.case import Case, Effect, Outcome
from tasks.families import changes as families
from tasks.placements import incidents
from tasks.placements.incidents import Told, ask_them
from tasks.runs.case_flow import case_flow

P = ParamSpec("P")


@case_flow(name="incident")
def incident(case: Case) -> Outcome:
    """What happens in a family is seen to the same day by whoever it concerns (R3, R7, R8, N6)."""
    report = reported(case)
    return SEEN_TO[report.kind](case, report)


def reported(case: Case) -> IncidentReport:
    """By whoever opened the case: staff, or the family itself."""
    role, to = case.recall("reporter", incidents.reporter, case.ref)
    demands = case.recall("reportable", incidents.reportable, case.family, role, case.policy, case.today)
    return case.ask(IncidentReport, of=Role(role), to=to, demands=demands)


def concern(case: Case, report: IncidentReport) -> Outcome:
    """About the family (R3): nothing new is matched there until the leader lets it."""
    due = case.day_of("report")
    follow = those(case, "advisers", incidents.hear_of_family, case.family, case.today, child=report.child)
    see_to = ask_them(case, SeeToChild, follow, due=due)
    contacts = those(case, "contacts", incidents.contacts, case.family, case.today)
    heard = ask_them(case, ChildConcern, contacts, due=due)
    for attempt in map(str, count(1)):
        placed = case.recall(f"placed {attempt}", placed_now, case.family, case.today)
        demands = {"placements": placed}
        decision = case.ask(DecideOnConcern, of=Role.LEADER, about=case.family, part=attempt, due=due, demands=demands)
        end_placements(case, decision)
        if decision.look_again_on is None:
            break
        due = decision.look_again_on
    case.ask_all(see_to)
    case.ask_all(heard)
    return Outcome("Completed", report.kind)


def approval_withdrawn(case: Case, report: IncidentReport) -> Outcome:
    """R3: the nights after it are held, and every placement is decided on."""
    last_day = report.withdrawn_on or report.happened_on
    case.do("end approval", families.withdraw_approval, family=case.family, on=last_day, case=case.ref, now=case.now)
    due = case.day_of("report")
    see_to = ask_them(case, SeeToChild, advisers(case, "R3"), due=due)
    placed = case.recall("placed", placed_now, case.family, case.today)
    demands = {"placements": placed}
    end_placements(case, case.ask(DecideOnWithdrawal, of=Role.LEADER, about=case.family, due=due, demands=demands))
    case.ask_all(see_to)
    return Outcome("Completed", report.kind)


def end_placements(case: Case, decision: EveryPlacement) -> None:
    """Those that end get a case of their own; of another municipality's child only that one decides."""
    for ref in decision.ending:
        child = case.recall(f"child of {ref}", incidents.own_child, placement=ref, municipality=case.municipality)
        if child is not None:
            case.start("end-of-placement", key=ref, child=child)


def use_of_force(case: Case, report: IncidentReport) -> Outcome:
    """R7: the child's adviser hears at once."""
    case.ask_all(ask_them(case, SeeToChild, advisers(case, "R7", report.child), due=case.day_of("report")))
    return Outcome("Completed", report.kind)


def reporting_duty(case: Case, report: IncidentReport) -> Outcome:
    """The family's own concern reaches the child's adviser (R7) and both contacts of a network (N6)."""
    of = (case.family, case.municipality, case.today, report.child)
    heard = those(case, "heard", incidents.hear_of_concern, *of)
    case.ask_all(ask_them(case, ChildConcern, heard, due=case.day_of("report")))
    return Outcome("Completed", report.kind)


def damage(case: Case, report: IncidentReport) -> Outcome:
    """R8: the family is told who pays; what isn't small is claimed from the municipality's insurer."""
    limit = case.value("damage.family_pays_below_ore")
    found = cover(report.amount_ore, in_childs_care=bool(report.in_childs_care), family_pays_below_ore=limit)
    case.do(
        "tell the family",
        incidents.tell_cover,
        case=case.ref,
        family=case.family,
        found=found,
        limit_ore=limit,
        now=case.now,
        policy=case.policy,
    )
    if found is Cover.CLAIM:
        days = case.value("incident.deadline.claim_form")
        due = add_working_days(case.day_of("claim"), days, case.policy.country)
        case.ask_all(ask_them(case, ClaimForm, advisers(case, "R8", report.child), due=due))
    return Outcome("Completed", found)


SEEN_TO: Mapping[IncidentKind, Callable[[Case, IncidentReport], Outcome]] = {
    IncidentKind.CONCERN: concern,
    IncidentKind.APPROVAL_WITHDRAWN: approval_withdrawn,
    IncidentKind.REPORTING_DUTY: reporting_duty,
    IncidentKind.USE_OF_FORCE: use_of_force,
    IncidentKind.DAMAGE: damage,
}


def advisers(case: Case, row: str, child: str | None = None) -> list[Told]:
    return those(case, "advisers", incidents.advisers, case.family, case.today, row=row, child=child)


def those(case: Case, which: str, find: Effect[P, list[Told]], /, *args: P.args, **how: P.kwargs) -> list[Told]:
    """Who they were when the incident was reported."""
    return [Told(*each) for each in case.recall(which, find, *args, **how)]

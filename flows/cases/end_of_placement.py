"""R6, J9: a placement ends."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from rules.calendar import add_working_days
from rules.forms.base import Form
from rules.processes.end_of_placement import CheckEquipment, ClosingTalk, EndPlacement, FinalReport, StillConfidential
from rules.vocabulary import PlacementKind, Role
from tasks.cases.case import Case, Outcome
from tasks.cases.question import Question
from tasks.documents import contexts as says
from tasks.documents.made import Paper, issue_document
from tasks.placements import opened as placements
from tasks.placements import placement_end
from tasks.runs.case_flow import case_flow


@case_flow(name="end-of-placement")
def end_of_placement(case: Case) -> Outcome:
    """Why and when the child leaves, and what is left to do (R6, J9)."""
    endable = case.recall("endable", placement_end.endable, case=case)
    end = case.ask(EndPlacement, of=Role.CHILD_ADVISER, demands={"placements": endable})
    kind = PlacementKind(endable[end.placement]["kind"])
    case.do(
        "end placement", placements.end_placement, ref=end.placement, on=end.departure, reason=end.reason, now=case.now
    )
    case.do("tell the family", placement_end.tell, case=case, end=end, kind=kind)
    answers = case.so_far(closing_steps(case, end, kind))
    keep_report(case, end, answers)
    case.wake_on(end.departure)
    case.hold_until(case.today >= end.departure and None not in answers)
    return Outcome("Completed", f"{end.placement} on {end.departure}")


def closing_steps(case: Case, end: EndPlacement, kind: PlacementKind) -> Iterator[Question[Form]]:
    """All outstanding at the same time, from the day the child leaves."""
    equipment = {"equipment": case.value("placement_end.equipment")}
    yield closing_step(case, end, CheckEquipment, Role.ADMINISTRATION, equipment)
    yield closing_step(case, end, StillConfidential, Role.FAMILY)
    yield closing_step(case, end, ClosingTalk, Role(case.value("matching.consultant")))
    if case.value(f"placement_end.final_report.{kind}"):
        headings = {"headings": case.value("half_year.headings")}
        yield closing_step(case, end, FinalReport, Role.FAMILY, headings)


def closing_step(
    case: Case, end: EndPlacement, form: type[Form], of: Role, demands: Mapping[str, Any] = {}
) -> Question[Form]:
    from_day = max(case.today, end.departure)
    return Question(form, of, about=end.placement, due=due(case, form, from_day), demands=demands)


def due(case: Case, form: type[Form], from_day: date) -> date:
    days = case.value(f"placement_end.deadline.{form.key()}")
    return add_working_days(from_day, days, case.policy.country)


def keep_report(case: Case, end: EndPlacement, answers: list[Form | None]) -> None:
    report = next((answer for answer in answers if isinstance(answer, FinalReport)), None)
    if report is not None:
        issue_document(case, Paper("final_report"), says.final_report, case.policy, end.placement, report)

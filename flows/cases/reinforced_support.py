"""J8: more support than ordinary supervision gives, and the child-psychological examination."""

from datetime import date, timedelta
from itertools import count

from rules.processes.reinforced_support import (
    SupportElement,
    SupportHandover,
    SupportLate,
    SupportMidwayMeeting,
    SupportReferral,
    SupportRequest,
    SupportStartMeeting,
    SupportSupervision,
    WrittenReport,
)
from rules.reinforced_support import COMES_NEAR, Duration, duration
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome, Waiting
from tasks.cases.deadlines import Deadline, watch
from tasks.cases.question import Question
from tasks.placements.accompanied import Placed, childs_adviser, has_ended, placed
from tasks.runs.case_flow import case_flow

A_DAY = timedelta(days=1)


@case_flow(name="reinforced-support")
def reinforced_support(case: Case) -> Outcome:
    """Reinforced support of one child in its family (J8)."""
    placement = placed(case)
    if has_ended(case, placement):
        return Outcome("Withdrawn", "the placement has ended")
    adviser = case.recall("child's adviser", childs_adviser, case=case)
    asked = case.ask(SupportRequest, of=Role.CHILD_ADVISER, to=adviser)
    if not case.ask(SupportReferral, of=Role.CHILD_ADVISER, to=adviser).refer:
        return Outcome("Refused", "the child's adviser doesn't refer")
    start = case.ask(SupportStartMeeting, of=Role.ASSESSMENT_UNIT, about=placement.ref)
    handover = carry_out(case, placement, asked, start.held_on)
    if handover is None:
        raise Waiting
    case.withdraw_open(but=[WrittenReport])
    if asked.examination:
        case.ask(WrittenReport, of=Role.ASSESSMENT_UNIT, about=placement.ref)
    return Outcome("Completed", f"handed over on {handover.held_on}")


def carry_out(case: Case, placement: Placed, asked: SupportRequest, start: date) -> SupportHandover | None:
    """Supervision goes on beside the meetings until the effort is handed over."""
    lasts = duration(
        start,
        midway_months=case.value("reinforced_support.midway_months"),
        least_months=case.value("reinforced_support.least_months"),
        most_months=case.value("reinforced_support.most_months"),
    )
    handover = meetings(case, placement, lasts)
    end_in_time(case, placement, lasts, handover)
    if handover is None:
        if asked.support:
            supervision(case, placement, start)
        elements(case, placement)
    return handover


def supervision(case: Case, placement: Placed, start: date) -> None:
    """The next session is due the policy's days after the last one was held, and asked for from the day after that."""
    interval = timedelta(days=case.value("reinforced_support.supervision_interval_days"))
    last = start
    for number in count(1):
        if case.today <= last:
            case.wake_on(last + A_DAY)
            return
        session = Question(
            SupportSupervision,
            Role.SUPERVISOR,
            about=placement.ref,
            part=str(number),
            due=last + interval,
            demands={"after": last.isoformat()},
        )
        [held] = case.so_far([session])
        if held is None:
            return
        last = held.held_on


def elements(case: Case, placement: Placed) -> None:
    for element in case.value("reinforced_support.elements"):
        topic = {"topic": element.replace("_", " ")}
        case.offer(SupportElement, of=Role.ASSESSMENT_UNIT, about=placement.ref, part=element, demands=topic)


def meetings(case: Case, placement: Placed, lasts: Duration) -> SupportHandover | None:
    unit, about = Role.ASSESSMENT_UNIT, placement.ref
    if case.so_far([Question(SupportMidwayMeeting, unit, about, due=lasts.midway)]) == [None]:
        return None
    demands = {"not_before": lasts.not_before.isoformat()}
    [handover] = case.so_far([Question(SupportHandover, unit, about, due=lasts.at_latest, demands=demands)])
    return handover


def end_in_time(case: Case, placement: Placed, lasts: Duration, handover: SupportHandover | None) -> None:
    warn_on = lasts.at_latest - timedelta(days=case.value("reinforced_support.warn_days"))
    deadline = Deadline("duration", COMES_NEAR["duration"], "J8", lasts.at_latest, warn_on, SupportLate)
    watch(case, deadline, about=placement.ref, met_on=handover.held_on if handover else None)

"""J4: intensive support for a new placement, module by module, begun and finished in time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from rules.calendar import add_working_days
from rules.intensive_start import COMES_NEAR, Deadlines, deadlines, warning_day
from rules.processes.intensive_start import (
    IntensiveStartLate,
    ModuleElearning,
    ModuleLogbook,
    ModulePart,
    ModuleSupervision,
    ModuleTeaching,
    PickModules,
    PostponeIntensiveStart,
)
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.cases.deadlines import Deadline, watch
from tasks.cases.question import Question
from tasks.placements.accompanied import Placed, has_ended, placed
from tasks.placements.intensive_start import record_finished
from tasks.runs.case_flow import case_flow

PARTS: dict[type[ModulePart], Role] = {
    ModuleTeaching: Role.FAMILY_CARE_CONSULTANT,
    ModuleElearning: Role.FAMILY_CARE_CONSULTANT,
    ModuleLogbook: Role.FAMILY,
    ModuleSupervision: Role.SUPERVISOR,
}


@case_flow(name="intensive-start")
def intensive_start(case: Case) -> Outcome:
    """Intensive start of one placement (J4)."""
    placement = placed(case)
    if has_ended(case, placement):
        return Outcome("Withdrawn", "the placement has ended")
    limits = last_days(case, placement)
    picked = pick(case, placement)
    parts = case.so_far(every_part(case, placement, picked, limits)) if picked else []
    keep_in_time(case, placement, limits, parts)
    case.hold_until(bool(parts) and None not in parts)
    finished_on = max(day for part in parts if part for day in part.days)
    case.do("record as finished", record_finished, placement=placement.ref, on=finished_on, now=case.now)
    return Outcome("Completed", f"on {finished_on}")


def last_days(case: Case, placement: Placed) -> Deadlines:
    """Special consideration for the child, with its reason, lets it begin later."""
    postponed = case.offer(PostponeIntensiveStart, of=Role.FAMILY_CARE_CONSULTANT)
    return deadlines(
        placement.start,
        begins_within=case.value("intensive_start.begins_within_months"),
        finished_within=case.value("intensive_start.finished_within_months"),
        postponed=postponed is not None,
    )


def minutes_by_module(case: Case) -> dict[str, int]:
    return {
        module: case.value(f"intensive_start.minutes.{kind}")
        for kind in ("general", "themed")
        for module in case.value(f"intensive_start.modules.{kind}")
    }


def pick(case: Case, placement: Placed) -> PickModules | None:
    demands = {
        "modules": minutes_by_module(case),
        "least": case.value("intensive_start.modules_least"),
        "most": case.value("intensive_start.modules_most"),
    }
    question = Question(PickModules, Role.FAMILY_CARE_CONSULTANT, about=placement.ref, demands=demands)
    [picked] = case.so_far([question])
    return picked


def every_part(case: Case, placement: Placed, picked: PickModules, limits: Deadlines) -> list[Question[ModulePart]]:
    """Each part of each module, all at the same time."""
    minutes = minutes_by_module(case)
    supervision = {
        f"minutes_{end}": case.value(f"intensive_start.supervision_minutes.{end}") for end in ("least", "most")
    }

    def part(form: type[ModulePart], module: str) -> Question[ModulePart]:
        days = case.value(f"intensive_start.deadline.{form.key()}")
        due = min(add_working_days(case.today, days, case.policy.country), max(limits.finish_by, case.today))
        demands: dict[str, Any] = {"topic": module.replace("_", " "), "minutes": minutes[module], **supervision}
        return Question(form, PARTS[form], about=placement.ref, part=module, due=due, demands=demands)

    return [part(form, module) for module in picked.modules for form in PARTS]


def keep_in_time(case: Case, placement: Placed, limits: Deadlines, parts: Sequence[ModulePart | None]) -> None:
    """Warns while a deadline can still be kept, and tells the leader when it can't any more."""
    days = sorted(day for part in parts if part for day in part.days)
    left = parts.count(None) if parts else len(PARTS) * case.value("intensive_start.modules_least")
    warn_days = case.value("intensive_start.warn_days")
    days_a_part = case.value("intensive_start.days_a_part")

    def keep(name: str, by: date, left: int, met_on: date | None) -> None:
        warn_on = warning_day(by, parts_left=left, warn_days=warn_days, days_a_part=days_a_part)
        deadline = Deadline(name, COMES_NEAR[name], "J4", by, warn_on, IntensiveStartLate)
        watch(case, deadline, about=placement.ref, met_on=met_on)

    if limits.begin_by is not None:
        keep("begin", limits.begin_by, 1, days[0] if days else None)
    keep("finish", limits.finish_by, left, days[-1] if days and not left else None)

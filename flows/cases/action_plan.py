"""R5: a placement's action plan is revised."""

from tasks.cases.case import Case, Outcome
from tasks.placements.accompanied import has_ended, placed
from tasks.placements.action_plans import ask_for_revision, record_plan
from tasks.runs.case_flow import case_flow


@case_flow(name="action-plan")
def action_plan(case: Case) -> Outcome:
    """The next version of a placement's action plan (R5)."""
    placement = placed(case)
    if has_ended(case, placement):
        return Outcome("Withdrawn", "the placement has ended")
    plan = ask_for_revision(case, placement.ref)
    return Outcome("Completed", record_plan(case, placement.ref, plan))

"""V3: a family's concrete goals, reviewed each quarter."""

from datetime import date
from itertools import count

from rules.calendar import add_working_days
from rules.processes.development_plan import DevelopmentGoals, DevelopmentReview
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome, Waiting
from tasks.families import development_plan as plans
from tasks.runs.case_flow import case_flow

CONSULTANT = Role.FAMILY_CARE_CONSULTANT


@case_flow(name="development-plan")
def development_plan(case: Case) -> Outcome:
    """One family's plan, from its first goals until the family no longer needs it (V3)."""
    if case.has_become("family gone", plans.has_gone, family=case.family, on=case.today):
        return Outcome("Withdrawn", "the family has neither approval nor placement")
    case.recall(
        "switched on", plans.next_review, family=case.family, policy=case.policy, last=case.today, on=case.today
    )
    plan = case.ask(DevelopmentGoals, of=CONSULTANT, about=case.family)
    last = plan.agreed_on
    for number in map(str, count(1)):
        review = reviewed(case, number, last)
        last = review.reviewed_on
        case.do(f"record review {number}", plans.record_review, family=case.family, on=last, now=case.now)
        if review.ended_because is not None:
            return Outcome("Completed", f"closed at the review of {last}")
    raise AssertionError("unreachable")


def reviewed(case: Case, number: str, last: date) -> DevelopmentReview:
    """Asked for so many working days before it is due as the step has."""
    when = case.recall(
        f"review {number}", plans.next_review, family=case.family, policy=case.policy, last=last, on=case.today
    )
    due = date.fromisoformat(when)
    days = case.value("development_plan.deadline.development_review")
    asked_on = add_working_days(due, -days, case.policy.country)
    if case.today < asked_on:
        case.wake_on(asked_on)
        raise Waiting
    return case.ask(DevelopmentReview, of=CONSULTANT, about=case.family, part=number, due=due)

"""R10, J10: a family applies for a supplementary benefit; R11: its documentation arrives before the year-end day."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import count
from typing import Any

from rules.benefits import paid_by, row_of
from rules.calendar import add_working_days
from rules.grounds import Ground
from rules.processes.supplementary_benefit import (
    BenefitApplication,
    BenefitDecision,
    CheckDocumentation,
    LateDocumentation,
    PayInvoice,
    SendDocumentation,
    WithdrawApplication,
    ore,
)
from rules.vocabulary import Regime, Role
from rules.year_end import last_day
from tasks.cases.case import Case, Outcome, Waiting
from tasks.cases.question import Question
from tasks.claims import benefits
from tasks.documents import contexts as says
from tasks.documents.made import Paper, issue_document
from tasks.mail.notices import BenefitLetter
from tasks.runs.case_flow import case_flow

COMPLAINT = {"lost_earnings": "lost_earnings", "free_costs": "free_costs"}
"""Kind of decision that the policy's guidance on complaint is for; any other is a supplement."""


@case_flow(name="supplementary-benefit")
def supplementary_benefit(case: Case) -> Outcome:
    """One benefit for one placement, from the application to its documentation (R10, R11, J10)."""
    if case.offer(WithdrawApplication, of=Role.FAMILY):
        return withdrawn(case)
    asked = application(case)
    decision = decide(case, asked)
    if decision.ground is not None:
        return refused(case, asked, decision, decision.ground)
    grant(case, asked, decision)
    return DOCUMENTED[Regime(str(decision.regime))](case, asked, decision)


def application(case: Case) -> BenefitApplication:
    offered = case.recall("offered", benefits.offered, case.family, case.policy, case.today)
    asked = case.ask(BenefitApplication, of=Role.FAMILY, demands={"offered": offered})
    applied_on = case.day_of("application")
    case.do("record application", benefits.apply, case.ref, asked, on=applied_on, now=case.now)
    return asked


def decide(case: Case, asked: BenefitApplication) -> BenefitDecision:
    """The right contact's decision, within what the rules allow."""
    role = Role(case.value(f"benefits.contact.{asked.benefit}"))
    person = None
    if role is Role.CHILD_ADVISER:
        person = case.recall("adviser", benefits.contact, asked.placement, role, case.municipality, case.today)
    demands = rests_on(case, asked)
    return case.ask(BenefitDecision, of=role, to=person, about=asked.placement, demands=demands)


def rests_on(case: Case, asked: BenefitApplication) -> dict[str, Any]:
    return case.recall("rests on", benefits.rests_on, asked, case.policy, case.today)


def grant(case: Case, asked: BenefitApplication, decision: BenefitDecision) -> None:
    granted_on = case.day_of("grant")
    case.do("record grant", benefits.grant, case.ref, decision, on=granted_on, now=case.now)
    at_once = decision.regime in (Regime.GRANT, Regime.NONE)
    tell(
        case,
        asked,
        decision,
        "granted",
        BenefitLetter(
            granted=True,
            rule=row_of(asked.benefit),
            regime=str(decision.regime),
            proof_years=case.value("benefits.proof_kept_years"),
            paid_by=paid_by(granted_on, case.value("benefits.paid_within_months")) if at_once else None,
        ),
    )


def nothing_more(case: Case, asked: BenefitApplication, decision: BenefitDecision) -> Outcome:
    return Outcome("Approved", str(decision.regime))


def proof_kept(case: Case, asked: BenefitApplication, decision: BenefitDecision) -> Outcome:
    """The family keeps the proof of what a grant was used for, and shows it where it is asked to."""
    if decision.ask_for_proof:
        papers = documentation(case, asked)
        if papers is None:
            raise Waiting
        record_documentation(case, papers.received_on, at_most_ore=None)
    return Outcome("Approved", Regime.GRANT)


def invoice_paid(case: Case, asked: BenefitApplication, decision: BenefitDecision) -> Outcome:
    """The municipality pays the supplier and keeps the documentation."""
    invoice = case.ask(PayInvoice, of=Role.ADMINISTRATION, about=asked.placement)
    record_documentation(case, invoice.received_on, at_most_ore=ore(invoice.amount_kr))
    return Outcome("Approved", Regime.INVOICE)


def covered_in_full(case: Case, asked: BenefitApplication, decision: BenefitDecision) -> Outcome:
    """Paid once the documentation is there; what is late is the leader's to decide."""
    spent_on = asked.planned_on or case.day_of("application")
    until = last_day(spent_on, case.value("benefits.year_end_cutoff"))
    papers = documentation(case, asked, latest=until)
    if papers is not None:
        record_documentation(case, papers.received_on, at_most_ore=papers.amount_ore)
    if papers is not None and papers.received_on <= until:
        return Outcome("Approved", Regime.FULL)
    if case.today <= until:
        case.wake_on(until + timedelta(days=1))
        raise Waiting
    verdict = case.ask(LateDocumentation, of=Role.LEADER, about=asked.placement)
    if not verdict.let_through:
        return refused(case, asked, decision, Ground.LATE_DOCUMENTATION)
    exception_on = case.day_of("exception")
    case.do("let through", benefits.let_through, case.ref, on=exception_on, now=case.now)
    if papers is None:
        raise Waiting
    return Outcome("Approved", "let through by the leader")


DOCUMENTED: Mapping[Regime, Callable[[Case, BenefitApplication, BenefitDecision], Outcome]] = {
    Regime.NONE: nothing_more,
    Regime.GRANT: proof_kept,
    Regime.INVOICE: invoice_paid,
    Regime.FULL: covered_in_full,
}


def documentation(case: Case, asked: BenefitApplication, *, latest: date = date.max) -> CheckDocumentation | None:
    """Asked of the family until it is in order; None while it isn't there."""
    due = documentation_due(case, asked)
    if case.today <= latest:
        due = min(due, latest)
    for attempt in map(str, count(1)):
        sent = Question(SendDocumentation, Role.FAMILY, about=asked.placement, part=attempt, due=due)
        [papers] = case.so_far([sent])
        if papers is None:
            return None
        check = Question(CheckDocumentation, Role.ADMINISTRATION, about=asked.placement, part=attempt)
        [checked] = case.so_far([check])
        # what was sent in time isn't late while nobody has looked at it
        case.hold_until(checked is not None or papers.sent_on > latest)
        if checked is None or checked.in_order:
            return checked
    raise AssertionError("unreachable")


def documentation_due(case: Case, asked: BenefitApplication) -> date:
    """Not before what was applied for takes place."""
    from_day = max(case.today, asked.planned_on or case.today)
    return add_working_days(from_day, case.value("benefits.deadline.send_documentation"), case.policy.country)


def record_documentation(case: Case, on: date, *, at_most_ore: int | None) -> None:
    case.do("record documentation", benefits.document, case=case.ref, on=on, at_most_ore=at_most_ore, now=case.now)


def refused(case: Case, asked: BenefitApplication, decision: BenefitDecision, ground: Ground) -> Outcome:
    """A letter with the rule, and the guidance on complaint that there is for this kind of decision."""
    late = ground is Ground.LATE_DOCUMENTATION
    kind = "late_documentation" if late else COMPLAINT.get(asked.benefit, "supplement")
    if late:
        case.do("withdraw claim", benefits.withdraw, case=case.ref, on=case.today, now=case.now)
    tell(
        case,
        asked,
        decision,
        "refused",
        BenefitLetter(
            granted=False,
            rule="R11" if late else row_of(asked.benefit),
            ground=ground,
            covered=rests_on(case, asked)["covered"] if ground is Ground.COST_SHARE else (),
            law=case.value("benefits.parents_grant_law") if ground is Ground.PARENTS_GRANT else None,
            complaint=case.value(f"benefits.complaint.{kind}") or None,
        ),
    )
    return Outcome("Refused", ground)


def withdrawn(case: Case) -> Outcome:
    if case.did("record application"):
        case.do("withdraw claim", benefits.withdraw, case=case.ref, on=case.today, now=case.now)
    return Outcome("Withdrawn", "by the family")


def tell(case: Case, asked: BenefitApplication, decision: BenefitDecision, which: str, letter: BenefitLetter) -> None:
    """By mail without anything personal, and in a document with all of it."""
    case.do(f"tell the family: {which}", benefits.tell, case, which, letter)
    issue_document(case, Paper("benefit_decision", part=which), says.benefit, case, asked, decision, letter)

"""N1: a foster home joins a resource family's network, and may leave it again."""

from datetime import date

from data.networks import CONSENT, DECLARATION
from rules.ages import turns
from rules.processes.network_home import (
    ChildsConsent,
    ConfidentialityDeclaration,
    NetworkHomeJoins,
    NetworkHomeLeaves,
    WhatToExpect,
)
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.cases.question import Question
from tasks.documents.made import Paper, issue_document
from tasks.networks import agreements as networks
from tasks.runs.case_flow import case_flow

CONTACT = Role.CHILD_WELFARE_CONTACT


@case_flow(name="network-home")
def network_home(case: Case) -> Outcome:
    """One home's part in a network (N1)."""
    since = case.recall("member since", networks.member_since, case.family, case.today)
    if leaving := case.offer(NetworkHomeLeaves, of=CONTACT, demands={"joined_on": since}):
        case.do("leave", networks.leave, family=case.family, on=leaving.left_on, now=case.now)
        return Outcome("Withdrawn", "the home leaves")
    network = case.recall("network", networks.of_parent, case.ref) or chosen_network(case)
    if case.has_become("network over", networks.is_over, network, case.today):
        return Outcome("Withdrawn", f"{network} is over")
    if not case.ask(WhatToExpect, of=Role.FAMILY, about=network).takes_part:
        return Outcome("Withdrawn", "by the home")
    if not signed_by_all(case, network):
        return Outcome("Refused", "a declaration or a consent")
    joined_on = case.day_of("joining")
    case.do("join", networks.join, network=network, family=case.family, on=joined_on, now=case.now)
    return Outcome("Approved", network)


def chosen_network(case: Case) -> str:
    demands = case.recall("to join", networks.to_join, case.policy, case.family, case.today)
    return case.ask(NetworkHomeJoins, of=CONTACT, demands=demands).network


def signed_by_all(case: Case, network: str) -> bool:
    """Every foster parent's declaration and every older child's consent, all at once; one refusal is enough.

    Who has become a foster parent there by the time all have signed signs as well.
    """
    asked: list[str] = []
    while new := [carer for carer in carers(case, len(asked)) if carer not in asked]:
        asked += new
        declared = [declaration(case, network, carer) for carer in asked]
        consented = [consent(case, network, child) for child in old_enough(case)]
        answers = [*declared, *consented]
        if False in answers:
            return False
        case.hold_until(None not in answers)
    return True


def carers(case: Case, asked: int) -> list[str]:
    """As they are known when so many of them have signed."""
    return case.recall(f"carers {asked}" if asked else "carers", networks.carers, case.family)


def old_enough(case: Case) -> list[str]:
    """Children in the home who have turned the policy's age by now; the case wakes when another one does."""
    since = case.day_of("signing")
    age = case.value("resource_network.consent_above_age")
    children = case.recall("children", networks.birth_dates, case.family, since)
    asked_from = {child: turns(date.fromisoformat(born), age) for child, born in children}
    for day in asked_from.values():
        case.wake_on(day)
    return [child for child, day in asked_from.items() if day <= case.today]


def declaration(case: Case, network: str, carer: str) -> bool | None:
    """None while it is waited for."""
    paper = Paper("group_confidentiality", about=carer)
    issue_document(case, paper, networks.declaration_paper, network, case.family, carer)
    [answer] = case.so_far([Question(ConfidentialityDeclaration, Role.FAMILY, about=carer)])
    if answer is None:
        return None
    note(case, network, carer, DECLARATION, given=answer.signed, on=answer.signed_on)
    return answer.signed


def consent(case: Case, network: str, child: str) -> bool | None:
    """None while it is waited for."""
    paper = Paper("child_consent", about=child)
    issue_document(case, paper, networks.consent_paper, case.policy, network, case.family, child, case.today)
    [answer] = case.so_far([Question(ChildsConsent, CONTACT, about=child)])
    if answer is None:
        return None
    note(case, network, child, CONSENT, given=answer.given, on=answer.signed_on)
    return answer.given


def note(case: Case, network: str, person: str, kind: str, *, given: bool, on: date) -> None:
    case.do(
        f"note {kind} {person}",
        networks.note,
        network=network,
        family=case.family,
        person=person,
        kind=kind,
        given=given,
        on=on,
        now=case.now,
    )

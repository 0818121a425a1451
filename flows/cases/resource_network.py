"""N1: a resource family is found for a group of children, and their foster homes form its network."""

from itertools import count

from data import networks as known
from rules.processes.resource_network import (
    AskInPerson,
    AssignmentAgreement,
    Candidate,
    ChooseChildren,
    EndNetwork,
    IntroductionTalk,
    MoreHomes,
    NameContacts,
    Suitability,
)
from rules.vocabulary import Role
from tasks.cases.case import Case, Outcome
from tasks.cases.question import Question
from tasks.documents.made import Paper, issue_document
from tasks.networks import agreements as networks
from tasks.runs.case_flow import case_flow

CONTACT = Role.CHILD_WELFARE_CONTACT
BOTH = "contacts"


@case_flow(name="resource-network")
def resource_network(case: Case) -> Outcome:
    """A resource family and its network of foster homes (N1)."""
    # cases that were opened before a network could be ended here remember under this name that the family led none
    if led := case.recall("leads none", networks.led, case.family, case.today):
        return end_network(case, led)
    homes = choose_children(case)
    if not case.ask(Candidate, of=CONTACT).suits_the_children:
        return Outcome("Refused", "doesn't suit the children")
    contacts = name_contacts(case)
    if not case.ask(AskInPerson, of=CONTACT).says_yes:
        return Outcome("Withdrawn", "by the family")
    if not suited(case, contacts):
        return Outcome("Refused", "personal suitability")
    agreement = case.ask(AssignmentAgreement, of=CONTACT, demands={"introduced_on": introduce(case)})
    agreed_on = case.day_of("agreement")
    network = case.do(
        "start network",
        networks.start,
        case=case.ref,
        family=case.family,
        municipality=case.municipality,
        on=agreement.starts_on,
        contacts=contacts,
        now=case.now,
    )
    issue_document(case, Paper("assignment_agreement"), networks.agreement_paper, case.policy, network, agreed_on)
    if case.has_become("network over", networks.is_over, network, case.today):
        return Outcome("Completed", f"{network} is over")
    gather_homes(case, network, homes)
    return Outcome("Approved", network)


def end_network(case: Case, led: dict[str, str | None]) -> Outcome:
    """The closing step of the network that the family leads; a family leads one at a time."""
    end = case.ask(EndNetwork, of=CONTACT, demands=led)
    if end.ended_on is None:
        return Outcome("Withdrawn", "the network goes on")
    case.do("end network", networks.end, network=str(led["network"]), on=end.ended_on, case=case.ref, now=case.now)
    return Outcome("Completed", f"{led['network']} on {end.ended_on}")


def choose_children(case: Case) -> list[str]:
    """The children come first; the homes they live in are asked to join."""
    choice = case.recall("to choose from", networks.to_choose_from, case.policy, case.today)
    return case.ask(ChooseChildren, of=CONTACT, demands=choice).homes(choice["living_in"])


def name_contacts(case: Case) -> tuple[str, str]:
    able = case.recall("contacts", known.contacts, case.municipality, case.today)
    named = case.ask(NameContacts, of=CONTACT, demands={"contacts": able})
    return named.contact_1, named.contact_2


def suited(case: Case, contacts: tuple[str, str]) -> bool:
    """Both contacts must agree; no reason lets a lack of suitability through."""
    demands = {"checklist": case.value("resource_network.suitability")}
    opinions = case.ask_all(
        Question(Suitability, CONTACT, part=str(nth), to=contact, apart_from=BOTH, demands=demands)
        for nth, contact in enumerate(contacts, 1)
    )
    return all(opinion.suited for opinion in opinions)


def introduce(case: Case) -> str:
    """The introduction course, talk by talk; the day of the last."""
    held = ""
    talks = case.value("resource_network.introduction_talks")
    for nth in range(1, talks + 1):
        minutes = case.value("resource_network.introduction_talk_minutes")
        demands = {"minutes": minutes, "after": held, "last": nth == talks}
        held = case.ask(IntroductionTalk, of=CONTACT, part=str(nth), demands=demands).held_on.isoformat()
    return held


def gather_homes(case: Case, network: str, homes: list[str]) -> None:
    """Each home joins by a case of its own; where too few did, others are asked."""
    for nth in map(str, count(1)):
        cases = [case.start("network-home", key=f"{home} {nth}", family=home) for home in homes]
        case.until_ended(cases)
        demands = case.recall(f"homes {nth}", networks.to_find, case.policy, network, case.today)
        if demands["joined"] >= demands["least"]:
            return
        homes = sorted(set(case.ask(MoreHomes, of=CONTACT, part=nth, demands=demands).homes))

"""N1: what is missing in networks and is asked for: signatures of new foster parents, birth dates, contacts."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from sqlmodel import Session

from data import network_gaps as query
from data.errands import given_before
from data.networks import CONTACTS, DECLARATION, contacts, contacts_of
from data.policies import policy_of
from data.store.audit import Actor, audit, job
from data.store.facts import current, find, revise
from data.tables import Child, GeneratedTask, HouseholdMember, Network, Staff
from rules.policy import Policy
from rules.processes.network_home import BirthDateMissing, ConfidentialityDeclaration, NameMissingContact
from rules.refusal import Refusal
from rules.vocabulary import Role
from tasks.cases.assign import adviser_or_leader
from tasks.cases.question import Question
from tasks.documents.made import make_document
from tasks.networks import agreements as networks

Asked = Question[ConfidentialityDeclaration] | Question[BirthDateMissing] | Question[NameMissingContact]
MADE_BY = "network watch"


def missing_contacts(s: Session, network: Network, today: date) -> Iterator[Asked]:
    """The leader names both, once for each time that one is missing or has left."""
    named = [find(s, Staff, ref) for ref in (network.contact_1, network.contact_2)]
    if len(contacts_of(s, network, today)) >= CONTACTS:
        return
    were = ".".join(f"{person.ref} {person.left_on or ''}".strip() if person else "none" for person in named)
    yield Question(NameMissingContact, Role.LEADER, about=network.ref, part=were)


def gaps_in_homes(s: Session, policy: Policy, around: Sequence[Network], today: date, now: datetime) -> Iterator[Asked]:
    """Of the municipality's homes, and of the children it placed, in whichever of the project's networks they are."""
    refs, by_ref = [network.ref for network in around], {network.ref: network for network in around}
    yield from _declarations(s, policy, refs, today, now)
    municipalities = policy.value("resource_network.municipalities", today)
    for child in query.children_without_birth_date(s, refs, municipalities, policy.key, today):
        role, to = adviser_or_leader(s, policy.key, child.adviser, today)
        yield Question(BirthDateMissing, role, about=child.person, part=child.network, to=to)
    for member in query.household_without_birth_date(s, refs, policy.key, today):
        theirs = contacts_of(s, by_ref[member.network], today)
        near = next((contact.ref for contact in theirs if contact.municipality == policy.key), None)
        yield Question(BirthDateMissing, Role.CHILD_WELFARE_CONTACT, about=member.person, part=member.network, to=near)


def _declarations(s: Session, policy: Policy, refs: Sequence[str], today: date, now: datetime) -> list[Asked]:
    """Each with the paper that is signed, made when it is first asked for."""
    asked: list[Asked] = [
        Question(
            ConfidentialityDeclaration,
            Role.FAMILY,
            about=new.carer,
            part=new.network,
            to=new.home,
            demands={"network": new.network, "family": new.home},
        )
        for new in query.new_carers(s, refs, policy.key, today)
    ]
    before = given_before(s, policy.key, [question.step for question in asked])
    for question in asked:
        if question.step not in before:
            network, home, carer = question.part, str(question.to), str(question.about)
            make_document(
                s,
                "group_confidentiality",
                about=f"{network}/{carer}",
                municipality=policy.key,
                context=networks.declaration_paper(s, network, home, carer),
                made_by=job(MADE_BY).ref,
                now=now,
            )
    return asked


def declaration_answered(
    s: Session, task: GeneratedTask, answer: ConfidentialityDeclaration, by: Actor, now: datetime
) -> None:
    """A home where somebody won't sign leaves that network; once they all have it may join again."""
    network, family = task.demands["network"], task.demands["family"]
    networks.note(
        s,
        network=network,
        family=family,
        person=str(task.about),
        kind=DECLARATION,
        given=answer.signed,
        on=answer.signed_on,
        now=now,
    )
    if not answer.signed:
        networks.leave(s, network=network, family=family, on=policy_of(task.municipality).today(now), now=now, actor=by)


def birth_date_found(s: Session, task: GeneratedTask, answer: BirthDateMissing, by: Actor, now: datetime) -> None:
    """Of a child or somebody in a household; what was imported meanwhile stands."""
    person = find(s, Child, task.about) or current(s, HouseholdMember, str(task.about))
    if person.birth_date is not None:
        raise Refusal(f"the birth date of {person.ref} is known by now; where it is wrong, mend it in its sheet")
    revise(s, person, now, birth_date=answer.birth_date)
    audit(s, by, "birth date recorded", person.ref, now)


def contacts_named(s: Session, task: GeneratedTask, answer: NameMissingContact, by: Actor, now: datetime) -> None:
    network, on = current(s, Network, str(task.about)), policy_of(task.municipality).today(now)
    for name, ref in (("contact_1", answer.contact_1), ("contact_2", answer.contact_2)):
        person = find(s, Staff, ref)
        if person is None or not person.is_contact(on):
            able = ", ".join(contacts(s, network.municipality, on)) or "none; give somebody the role in the sheet staff"
            raise Refusal(f"{name}: isn't a child-welfare contact who works here; there is {able}")
    revise(s, network, now, contact_1=answer.contact_1, contact_2=answer.contact_2)
    audit(s, by, "contacts named", network.ref, now, contacts=[answer.contact_1, answer.contact_2])

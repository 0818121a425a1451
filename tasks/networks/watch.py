"""N1: what is looked after in networks: children who turn 15, their size, what is missing, the end of the trial."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlmodel import Session, and_, col, or_, select

from data import networks as query
from data.beginnings import began_on
from data.cases import opening
from data.network_gaps import just_over
from data.networks import CONSENT, children_in, homes_of
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.session import writing
from data.tables import GeneratedTask, Network, TaskState
from rules.ages import turns
from rules.beginning import comes_on
from rules.duties.span import Span
from rules.policy import Policy
from rules.processes.network_home import (
    BirthDateMissing,
    ChildsConsent,
    ConfidentialityDeclaration,
    NameMissingContact,
    NetworkSize,
    TrialEvaluation,
)
from rules.vocabulary import Role
from tasks.cases.errands import give_each
from tasks.cases.opened import wake
from tasks.cases.question import Question
from tasks.cases.steps import take_back_all
from tasks.networks import agreements as networks
from tasks.networks.gaps import Asked as Missing
from tasks.networks.gaps import gaps_in_homes, missing_contacts

CONTACT = Role.CHILD_WELFARE_CONTACT
WHILE_SO = (ChildsConsent, NetworkSize, ConfidentialityDeclaration, BirthDateMissing, NameMissingContact)
"""What nobody need answer once the reason is gone."""
LOOKS_BACK = timedelta(days=7)
"""So late what was imported, or a run that was missed, is still seen."""
Asked = Missing | Question[ChildsConsent] | Question[NetworkSize] | Question[TrialEvaluation]


def watch_networks(municipality: str, today: date, now: datetime) -> int:
    """How many tasks were given; each once for its reason. What no longer has one is taken back."""
    policy = policy_of(municipality)
    if not policy.has("resource_network.homes_least", today):
        return 0
    with writing() as s:
        wake_where_over(s, municipality, today, now)
        around = query.networks_of(s, policy.value("resource_network.municipalities", today), today)
        starting = {networks.started_by(case) for case in opening(s, networks.PROCESS, municipality)}
        questions: list[Asked] = [*gaps_in_homes(s, policy, around, today, now), *_evaluation(policy, today)]
        for network in (each for each in around if each.municipality == municipality):
            questions += [*_consents(s, policy, network, today), *missing_contacts(s, network, today)]
            questions += [] if network.ref in starting else _sizes(s, policy, network, today)
        _take_back(s, municipality, {question.step for question in questions}, now)
    return give_each(municipality, questions, now)


def wake_where_over(s: Session, municipality: str, today: date, now: datetime) -> None:
    """Cases in which a network gathers homes, or a home joins, go no further once it is over."""
    if just_over(s, today - LOOKS_BACK, now - LOOKS_BACK, today):
        for process in (networks.PROCESS, networks.JOINING):
            for case in opening(s, process, municipality):
                wake(s, case, now)


def _consents(s: Session, policy: Policy, network: Network, today: date) -> list[Asked]:
    """Of every child who is old enough and hasn't been asked for this network."""
    age = policy.value("resource_network.consent_above_age", today)
    answered, began = query.consents(s, network.ref, CONSENT), began_on(s, policy.key)
    joined = {
        home: max((first for first, _ in stays if first <= today), default=today)
        for home, stays in query.stays(s, network.ref).items()
    }
    within = _settles_within(policy, today)
    to = next((contact.ref for contact in query.contacts_of(s, network, today)), None)
    return [
        Question(
            ChildsConsent,
            CONTACT,
            about=child.ref,
            part=f"{network.ref}.{placement.ref}",
            to=to,
            demands={"network": network.ref, "family": placement.family},
        )
        for child, placement in children_in(s, homes_of(s, network.ref, today), today)
        if child.birth_date and child.ref not in answered
        if (since := max(turns(child.birth_date, age), joined[placement.family], placement.start or date.min)) <= today
        if comes_on(f"{child.ref} consent", since, began, within) <= today
    ]


def _settles_within(policy: Policy, today: date) -> Span:
    return Span(months=policy.value("beginning.settles_within_months", today))


def _sizes(s: Session, policy: Policy, network: Network, today: date) -> list[Asked]:
    """To both contacts, once for each time the number of homes changed."""
    limits = networks.limits(policy, today)
    changes = [day for there in query.stays(s, network.ref).values() for stay in there for day in stay if day]
    if limits["least"] <= len(homes_of(s, network.ref, today)) <= limits["most"]:
        return []
    since = max(changes, default=network.started_on or today)
    if comes_on(f"{network.ref} size", since, began_on(s, policy.key), _settles_within(policy, today)) > today:
        return []
    contacts = [contact.ref for contact in query.contacts_of(s, network, today)]
    if not contacts:
        return [Question(NetworkSize, CONTACT, about=network.ref, part=f"{since}")]
    parts = [f"{since}.{contact}" for contact in contacts]
    given = _given(s, network.ref, f"{since}.", contacts)
    # what was asked of a contact in whose place another came stands for the other, who has it or finds it answered
    spare = [part for part in given if part not in parts]
    parts = [part if part in given or not spare else spare.pop() for part in parts]
    return [
        Question(NetworkSize, CONTACT, about=network.ref, part=part, to=contact)
        for part, contact in zip(parts, contacts, strict=True)
    ]


def _given(s: Session, network: str, since: str, contacts: Sequence[str]) -> list[str]:
    """Parts of the tasks of this time that are answered, or with one of the contacts."""
    step = Question(NetworkSize, CONTACT, about=network).step
    steps = select(GeneratedTask.step).where(
        GeneratedTask.form == NetworkSize.__name__,
        GeneratedTask.about == network,
        col(GeneratedTask.step).startswith(f"{step}:{since}", autoescape=True),
        or_(
            GeneratedTask.state == TaskState.ANSWERED,
            and_(GeneratedTask.state == TaskState.OPEN, col(GeneratedTask.assignee).in_(contacts)),
        ),
    )
    return [found.removeprefix(f"{step}:") for found in s.exec(steps.order_by(col(GeneratedTask.step)))]


def _evaluation(policy: Policy, today: date) -> list[Asked]:
    if not policy.has("resource_network.trial_ends", today):
        return []
    ends = policy.value("resource_network.trial_ends", today)
    return [Question(TrialEvaluation, Role.LEADER, part=ends.isoformat())] if today > ends else []


def _take_back(s: Session, municipality: str, wanted: set[str], now: datetime) -> None:
    """A child who has moved, a network that has its size again, what has become known."""
    alone = select(GeneratedTask).where(
        col(GeneratedTask.case).is_(None),
        GeneratedTask.municipality == municipality,
        GeneratedTask.state == TaskState.OPEN,
        col(GeneratedTask.form).in_([form.__name__ for form in WHILE_SO]),
    )
    take_back_all(s, [task for task in s.exec(alone) if task.step not in wanted], now)


def consent_answered(s: Session, task: GeneratedTask, answer: ChildsConsent, by: Actor, now: datetime) -> None:
    """A home whose child refuses leaves that network; once the child consents it may join again."""
    network, family, child = task.demands["network"], task.demands["family"], str(task.about)
    on = policy_of(task.municipality).today(now)
    networks.note(
        s, network=network, family=family, person=child, kind=CONSENT, given=answer.given, on=answer.signed_on, now=now
    )
    if not answer.given:
        networks.leave(s, network=network, family=family, on=on, now=now, actor=by)


def size_considered(s: Session, task: GeneratedTask, answer: NetworkSize, by: Actor, now: datetime) -> None:
    audit(s, by, "network size considered", str(task.about), now)


def trial_evaluated(s: Session, task: GeneratedTask, answer: TrialEvaluation, by: Actor, now: datetime) -> None:
    audit(s, by, "trial evaluated", task.municipality, now, visits=answer.visits_with_parents, respite=answer.respite)

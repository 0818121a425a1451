"""N3, J6: each half-year the families are asked, and what they answer becomes a document."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data import half_years as known
from data import networks
from data.beginnings import began_on
from data.duty_changes import excused
from data.happenings import record_held
from data.policies import policy_of
from data.store.audit import Actor, audit
from data.store.facts import current
from data.store.session import reading
from data.tables import Child, GeneratedTask, Network, Placement
from rules.duties.duty import Duty
from rules.forms.half_year import Experiences, ReadStatusReport, StatusReport
from rules.half_years import EXPERIENCES, REPORT, Collection, asked_from, open_collection, within, within_placement_year
from rules.policy import Policy
from rules.vocabulary import Role
from tasks.cases.errands import already_asked, deadline, give, give_each
from tasks.cases.question import Question


def collect_experiences(municipality: str, today: date, now: datetime) -> int:
    """How many resource families were asked; each once for its half-year."""
    policy = policy_of(municipality)
    found = _open(policy, EXPERIENCES, today)
    if found is None:
        return 0
    _, collection = found
    with reading() as s:
        settle = policy.value("half_year.asked_after_days", today)
        settled = excused(s, EXPERIENCES, today) | already_asked(s, municipality, Experiences, str(collection.of))
        new = [
            network
            for network in networks.networks_of(s, [municipality], today)
            if network.started_on and asked_from(network.started_on, collection, settle) <= today
            if settled.isdisjoint((network.ref, network.resource_family))
        ]
        held = known.happened_to_networks(s, municipality, collection.of) if new else {}
        questions = [
            _experiences(s, policy, network, held.get(network.ref, Counter()), collection, today) for network in new
        ]
    return give_each(municipality, questions, now)


def _experiences(
    s: Session, policy: Policy, network: Network, held: Counter[str], collection: Collection, today: date
) -> Question[Experiences]:
    half = collection.of
    there = networks.stays(s, network.ref)
    homes = [
        home
        for home, stays in there.items()
        if any(joined <= half.last and (left is None or left >= half.first) for joined, left in stays)
    ]
    demands = {
        **_period(collection),
        "gatherings": known.gatherings(s, network.ref, half),
        "homes": homes,
        "held": dict(held),
    }
    return Question(
        Experiences,
        Role.FAMILY,
        about=network.ref,
        part=str(half),
        to=network.resource_family,
        due=within(deadline(policy, "experiences", today), half.last, today),
        demands=demands,
    )


def collect_reports(municipality: str, today: date, now: datetime) -> int:
    """How many reports were asked for; one for each placement in its half-year."""
    policy = policy_of(municipality)
    found = _open(policy, REPORT, today)
    if found is None:
        return 0
    duty, collection = found
    with reading() as s:
        settled = excused(s, REPORT, today) | already_asked(s, municipality, StatusReport, str(collection.of))
        settle = policy.value("half_year.asked_after_days", today)
        new = [
            home
            for home in known.placed(s, municipality, duty.kinds, since=collection.opened_on, today=today)
            if asked_from(home.start, collection, settle) <= today
            if settled.isdisjoint((home.ref, home.child, home.family))
        ]
        held = known.happened_to_placements(s, municipality, collection.of) if new else {}
    theirs = {home: held.get(home.ref, Counter()) + held.get(home.family, Counter()) for home in new}
    questions = [_report(policy, home, theirs[home], collection, today) for home in new]
    return give_each(municipality, questions, now)


def _report(
    policy: Policy, home: known.Placed, held: Counter[str], collection: Collection, today: date
) -> Question[StatusReport]:
    demands = {
        **_period(collection),
        "headings": policy.value("half_year.headings", today),
        "held": dict(held),
    }
    return Question(
        StatusReport,
        Role.FAMILY,
        about=home.ref,
        part=str(collection.of),
        to=home.family,
        due=within_placement_year(deadline(policy, "status_report", today), home.start, today),
        demands=demands,
    )


def _open(policy: Policy, duty: str, today: date) -> tuple[Duty, Collection] | None:
    """None where the municipality's policy doesn't have that duty, or its day hasn't come."""
    collected = next((found for found in policy.duties(today) if found.key == duty and found.collected), None)
    collection = open_collection(today, policy.value("half_year.opens_on", today)) if collected else None
    if collected is None or collection is None or _opened_before_it_began(policy, collection):
        return None
    return collected, collection


def _opened_before_it_began(policy: Policy, collection: Collection) -> bool:
    with reading() as s:
        began = began_on(s, policy.key)
    return began is not None and collection.opened_on < began


def _period(collection: Collection) -> dict[str, str]:
    return {"period_from": collection.of.first.isoformat(), "period_to": collection.of.last.isoformat()}


def experiences_in(s: Session, task: GeneratedTask, answer: Experiences, by: Actor, now: datetime) -> None:
    from tasks.placements.half_year_papers import experiences_paper

    _keep(s, task, "experiences", experiences_paper(s, task, answer), by, now)
    _done(s, task, EXPERIENCES, now)


def report_in(s: Session, task: GeneratedTask, answer: StatusReport, by: Actor, now: datetime) -> None:
    """The child's own adviser is asked to read it."""
    from tasks.placements.half_year_papers import report_paper

    document = _keep(s, task, "status_report", report_paper(s, task, answer), by, now)
    _done(s, task, REPORT, now)
    adviser = current(s, Child, current(s, Placement, str(task.about)).child).adviser
    read = Question(
        ReadStatusReport,
        Role.CHILD_ADVISER,
        about=task.about,
        part=_half(task),
        demands={"document": document},
    )
    give(s, read, municipality=task.municipality, now=now, prefer=[adviser])


def report_read(s: Session, task: GeneratedTask, answer: ReadStatusReport, by: Actor, now: datetime) -> None:
    audit(s, by, "report read", task.demands["document"], now)


def _keep(s: Session, task: GeneratedTask, kind: str, context: Mapping[str, Any], by: Actor, now: datetime) -> str:
    """Each half-year's is a document of its own."""
    from tasks.documents.made import make_document

    about = f"{task.about}/{_half(task)}"
    made = make_document(s, kind, about=about, municipality=task.municipality, context=context, made_by=by.ref, now=now)
    return made.ref


def _half(task: GeneratedTask) -> str:
    return task.step.rpartition(":")[2]


def _done(s: Session, task: GeneratedTask, duty: str, now: datetime) -> None:
    on = policy_of(task.municipality).today(now)
    record_held(s, str(task.about), duty, on, ref=f"{task.about}/{duty}/{_half(task)}", now=now)

"""N3, J6: each half-year the families are asked, and what they answer becomes a document."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data import half_years as known
from data import networks
from data.audit import Actor, audit
from data.facts import current, record
from data.policies import policy
from data.session import writing
from data.tables import Child, GeneratedTask, Happening, Network, Placement
from rules.calendar import add_working_days
from rules.duties.duty import Duty
from rules.forms.half_year import Experiences, ReadStatusReport, StatusReport
from rules.half_years import Collection, open_collection, within_placement_year
from rules.policy import Policy
from rules.vocabulary import Role
from tasks.errands import give
from tasks.postman import wake_postman
from tasks.question import Question

EXPERIENCES, REPORT = "experiences", "report"
"""Duty keys."""


def collect_experiences(municipality: str, today: date, now: datetime) -> int:
    """How many resource families were asked; each once for its half-year."""
    pack = policy(municipality)
    found = _open(pack, EXPERIENCES, today)
    if found is None:
        return 0
    _, collection = found
    with writing() as s:
        excused = known.excused(s, EXPERIENCES, today)
        questions = [
            _experiences(s, pack, network, collection, today)
            for network in networks.networks_of(s, [municipality])
            if network.ref not in excused and network.started_on and network.started_on <= collection.opened_on
        ]
        given = [give(s, question, municipality=municipality, now=now) for question in questions]
    wake_postman()
    return sum(task is not None for task in given)


def _experiences(
    s: Session, pack: Policy, network: Network, collection: Collection, today: date
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
        "held": known.happened(s, [network.ref], half),
    }
    return Question(
        Experiences,
        Role.FAMILY,
        about=network.ref,
        part=str(half),
        to=network.resource_family,
        due=min(_due(pack, "experiences", today), half.last),
        demands=demands,
    )


def collect_reports(municipality: str, today: date, now: datetime) -> int:
    """How many reports were asked for; one for each placement in its half-year."""
    pack = policy(municipality)
    found = _open(pack, REPORT, today)
    if found is None:
        return 0
    duty, collection = found
    with writing() as s:
        placed = known.placed(s, municipality, duty.kinds, since=collection.opened_on, today=today)
        excused = known.excused(s, REPORT, today)
        questions = [_report(s, pack, home, collection, today) for home in placed if home.ref not in excused]
        given = [give(s, question, municipality=municipality, now=now) for question in questions]
    wake_postman()
    return sum(task is not None for task in given)


def _report(
    s: Session, pack: Policy, home: known.Placed, collection: Collection, today: date
) -> Question[StatusReport]:
    demands = {
        **_period(collection),
        "headings": pack.value("half_year.headings", today),
        "held": known.happened(s, [home.ref, home.family], collection.of),
    }
    return Question(
        StatusReport,
        Role.FAMILY,
        about=home.ref,
        part=str(collection.of),
        to=home.family,
        due=within_placement_year(_due(pack, "status_report", today), home.start, today),
        demands=demands,
    )


def _due(pack: Policy, step: str, today: date) -> date:
    return add_working_days(today, pack.value(f"errands.deadline.{step}", today), pack.country)


def _open(pack: Policy, duty: str, today: date) -> tuple[Duty, Collection] | None:
    """None where the municipality's policy doesn't have that duty, or its day hasn't come."""
    collected = next((found for found in pack.duties(today) if found.key == duty and found.collected), None)
    collection = open_collection(today, pack.value("half_year.opens_on", today)) if collected else None
    return (collected, collection) if collected and collection else None


def _period(collection: Collection) -> dict[str, str]:
    return {"period_from": collection.of.first.isoformat(), "period_to": collection.of.last.isoformat()}


def experiences_in(s: Session, task: GeneratedTask, answer: Experiences, by: Actor, now: datetime) -> None:
    from tasks.half_year_papers import experiences_paper

    _keep(s, task, "experiences", experiences_paper(s, task, answer), by, now)
    _done(s, task, EXPERIENCES, now)


def report_in(s: Session, task: GeneratedTask, answer: StatusReport, by: Actor, now: datetime) -> None:
    """The child's own adviser is asked to read it."""
    from tasks.half_year_papers import report_paper

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
    from tasks.documents import make_document

    about = f"{task.about}/{_half(task)}"
    made = make_document(s, kind, about=about, municipality=task.municipality, context=context, made_by=by.ref, now=now)
    return made.ref


def _half(task: GeneratedTask) -> str:
    return task.step.rpartition(":")[2]


def _done(s: Session, task: GeneratedTask, duty: str, now: datetime) -> None:
    on = policy(task.municipality).today(now)
    happening = Happening(
        ref=f"{task.about}/{duty}/{_half(task)}", recorded_at=now, subject=str(task.about), duty=duty, held_on=on
    )
    record(s, happening, now)

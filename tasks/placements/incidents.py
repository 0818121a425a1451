"""Incidents: who must know the same day, what they found, and whether the family may be matched meanwhile."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar

from sqlmodel import Session

from data.cases import find_case
from data.incidents import children_there, homes_around, network_around, reports_in_open_cases
from data.networks import CONTACTS, contacts_of
from data.store.audit import Actor, audit
from data.store.facts import current, find
from data.tables import Family, GeneratedTask, Placement, Staff
from rules.forms.base import Form
from rules.incidents import FAMILY_REPORTS, STOPS_MATCHES, Cover
from rules.policy import Policy
from rules.processes.incident import ChildConcern, IncidentReport
from rules.vocabulary import Role
from tasks.cases.assign import adviser_or_leader, for_role
from tasks.cases.case import Case
from tasks.cases.errands import give
from tasks.cases.question import Question
from tasks.mail.notices import Notice
from tasks.mail.queue import queue_mail
from tasks.words.language import kroner
from tasks.words.rule_words import rule_in_words

F = TypeVar("F", bound=Form)
INCIDENT = "incident"


class Told(NamedTuple):
    """Who is asked about whom, by which source row; JSON."""

    row: str
    role: str
    to: str
    municipality: str
    about: str
    part: str = ""


def open_incidents(s: Session, family: str) -> list[str]:
    """Cases because of which no new child is matched with the family without a decision (R3).

    One that nobody has reported in yet counts, where such a thing may still be reported.
    """
    found = []
    for ref, task in reports_in_open_cases(s, INCIDENT, family):
        if task is None:
            found.append(ref)
        elif task.answer is None:
            found += [ref] if STOPS_MATCHES & set(task.demands["kinds"]) else []
        elif IncidentReport.model_validate_json(task.answer).kind in STOPS_MATCHES:
            found.append(ref)
    return found


def reporter(s: Session, case: str) -> tuple[str, str | None]:
    """Role and reference of whoever opened the case; the leader, where it was nobody by name."""
    opened_by = find_case(s, case).opened_by
    if find(s, Family, opened_by) is not None:
        return Role.FAMILY, opened_by
    person = find(s, Staff, opened_by)
    return (person.roles.split(",")[0], person.ref) if person and person.roles else (Role.LEADER, None)


def reportable(s: Session, family: str, role: str, policy: Policy, on: date) -> dict[str, list[str]]:
    """What may be reported, and of which children: the first form's demands."""
    kinds = [kind for kind in policy.value("incident.kinds", on) if role != Role.FAMILY or kind in FAMILY_REPORTS]
    nameable = children_there(s, *homes_around(s, family, on))
    return {"kinds": kinds, "children": [concerned.child for concerned in nameable]}


def advisers(s: Session, family: str, on: date, *, row: str, child: str | None = None) -> list[Told]:
    """Of this child, in the family or in its network, else of every child that is there: its own adviser, in the
    municipality that placed it."""
    there = children_there(s, family, on=on) if child is None else children_there(s, *homes_around(s, family, on))
    return [
        Told(row, *adviser_or_leader(s, each.municipality, each.adviser, on), each.municipality, each.child)
        for each in there
        if child in (None, each.child)
    ]


def hear_of_family(s: Session, family: str, on: date, *, child: str | None) -> list[Told]:
    """R3: the adviser of every child that is there, and of the one it is about wherever that lives in the network."""
    named = advisers(s, family, on, row="R3", child=child) if child else []
    return list(dict.fromkeys([*advisers(s, family, on, row="R3"), *named]))


def own_child(s: Session, *, placement: str, municipality: str) -> str | None:
    row = current(s, Placement, placement)
    return row.child if row.municipality == municipality else None


def contacts(s: Session, family: str, on: date) -> list[Told]:
    """Both contacts of the network around the family (N6), the leader in the place of one who is missing; none where
    there is no network."""
    network = network_around(s, family, on)
    if network is None:
        return []
    people = contacts_of(s, network, on)
    role, at = Role.CHILD_WELFARE_CONTACT, network.municipality
    told = [Told("N6", role, person.ref, person.municipality, network.ref, person.ref) for person in people]
    if len(people) < CONTACTS:
        told.append(Told("N6", Role.LEADER, for_role(s, Role.LEADER, at, on=on), at, network.ref, Role.LEADER))
    return told


def hear_of_concern(s: Session, family: str, municipality: str, on: date, child: str | None) -> list[Told]:
    """R7, N6: the adviser of the child it is about and both contacts; else whoever follows the children there."""
    own = advisers(s, family, on, row="R7", child=child) if child else []
    told = [*own, *contacts(s, family, on)] or advisers(s, family, on, row="R7")
    return told or [Told("R7", Role.LEADER, for_role(s, Role.LEADER, municipality, on=on), municipality, family)]


def ask_them(case: Case, form: type[F], people: Iterable[Told], *, due: date) -> list[Question[F]]:
    """Asks all of them at once; the questions that the case waits for.

    Who works for another municipality is asked there, and nobody waits for it here.
    """
    ours = []
    for told in people:
        question = Question(
            form, Role(told.role), about=told.about, part=told.part, to=told.to, due=due, source=told.row
        )
        if told.municipality == case.municipality:
            ours.append(question)
        else:
            case.do(
                f"tell {told.to} about {told.about}",
                _tell_elsewhere,
                question=question,
                case=case.ref,
                at=told.municipality,
                now=case.now,
            )
    case.so_far(ours)
    return ours


def _tell_elsewhere(s: Session, question: Question[Any], case: str, at: str, now: datetime) -> bool:
    part = "/".join(filter(None, (case, question.part)))
    return give(s, replace(question, part=part), municipality=at, now=now) is not None


def log_referral(s: Session, task: GeneratedTask, answer: Form, actor: Actor, now: datetime) -> None:
    """N6: what belongs to child welfare is referred on, and logged; other answers speak for themselves."""
    if isinstance(answer, ChildConcern) and answer.referred_on is not None:
        audit(s, actor, "concern referred on", task.ref, now, case=task.case, on=answer.referred_on.isoformat())


def tell_cover(
    s: Session, *, case: str, family: str, policy: Policy, found: Cover, limit_ore: int, now: datetime
) -> bool:
    """R8: the family is told who pays."""
    mail = queue_mail(
        s,
        damage(found, limit_ore, policy),
        recipient=family,
        to_family=True,
        about=case,
        municipality=policy.key,
        dedup=f"{case}:damage",
        now=now,
    )
    return mail is not None


def damage(found: Cover, limit_ore: int, policy: Policy) -> Notice:
    limit = kroner(limit_ore, policy.language)
    return Notice("damage", {"cover": found.value, "limit": limit, "rule": rule_in_words("R8", policy)})

"""Tells who is in charge of what is overdue, and of who left without handing over: one mail a reader and day (X1)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlmodel import Session

from data.belongings import how_much
from data.people import current_staff
from data.policies import policy_of
from data.tables import GeneratedTask, Staff
from rules.policy import Policy
from rules.substitutes import above, in_charge
from tasks.mail.held_mail import FORMS, contact_beside, held_lines
from tasks.mail.notices import Notice, Site, concern_of, in_a_list, task_notice
from tasks.mail.parties import behind
from tasks.mail.queue import Wanted, queue_mails, site
from tasks.words.language import long_date

AT_MOST = 30
"""Listed in the mail; the page has them all."""


@dataclass
class Told:
    """What one person hears of in a day's mail."""

    overdue: list[GeneratedTask] = field(default_factory=list)
    left: list[tuple[Staff, dict[str, int]]] = field(default_factory=list)
    """Who has left, and how much of what is with them still."""


def escalate(s: Session, municipality: str, tasks: Sequence[GeneratedTask], today: date, now: datetime) -> int:
    """How many mails; `tasks` of the municipality, the longest overdue first.

    What comes after the day's mail waits for the next day's; so does what nobody is there to hear of.
    """
    policy = policy_of(municipality)
    told = _by_reader(s, tasks, current_staff(s, municipality), today)
    wanted = [
        Wanted(f"{policy.key}:escalated:{reader}:{today}", _notice(s, each, policy, today, now), reader, _about(each))
        for reader, each in sorted(told.items())
    ]
    written = queue_mails(s, wanted, municipality=policy.key, now=now)
    for each, ident in zip((told[mail.recipient] for mail in wanted), written, strict=True):
        for task in each.overdue if ident is not None else ():
            task.escalated_with = task.assignee
            s.add(task)
    return sum(ident is not None for ident in written)


def _by_reader(s: Session, tasks: Sequence[GeneratedTask], staff: Mapping[str, Staff], today: date) -> dict[str, Told]:
    told: dict[str, Told] = defaultdict(Told)
    for task in tasks:
        reader = above(staff, task.assignee, today)
        if reader is not None:
            told[reader].overdue.append(task)
    left = [ref for ref, person in staff.items() if person.has_left(today)]
    for ref, much in (how_much(s, left, today) if left else {}).items():
        reader = in_charge(staff, today)
        if reader is not None:
            told[reader].left.append((staff[ref], much))
    return told


def _about(told: Told) -> str:
    return told.overdue[0].ref if told.overdue else told.left[0][0].ref


def _notice(s: Session, told: Told, policy: Policy, today: date, now: datetime) -> Notice:
    tasks, place = told.overdue, site(policy)
    if not told.left:
        first = tasks[0]
        if len(tasks) == 1 and first.form not in FORMS:
            return task_notice(first, "escalated", policy, today, place, behind(s, tasks, policy, now)[first.ref])
        if first.due_on and {(task.form in FORMS, task.assignee, task.due_on) for task in tasks} == {
            (True, first.assignee, first.due_on)
        }:
            contact = contact_beside(s, first.assignee, policy, now)
            return held_lines(tasks, first.assignee, first.due_on, policy, place, contact=contact)
    return together(tasks, told.left, policy, place)


def together(
    tasks: Sequence[GeneratedTask], left: Sequence[tuple[Staff, Mapping[str, int]]], policy: Policy, place: Site
) -> Notice:
    context = {
        "overdue": [in_a_list(task, policy, _concerns(task)) for task in tasks[:AT_MOST]],
        "overdue_count": len(tasks),
        "overdue_more": len(tasks[AT_MOST:]),
        "leavers": [
            {
                "ref": person.ref,
                "left_on": long_date(person.left_on, policy.language) if person.left_on else "–",
                "has": dict(much),
            }
            for person, much in left
        ],
        "link": place.page("overview", policy.key),
    }
    return Notice("task_escalated", context)


def _concerns(task: GeneratedTask) -> str:
    return ", ".join(filter(None, (concern_of(task.form, task.about), task.assignee)))

"""Tells who is in charge of what is overdue with others: one mail a day, however much it is (X1)."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from data.people import current_staff
from data.policies import policy
from data.tables import GeneratedTask
from rules.forms import FORMS as KNOWN
from rules.policy import Policy
from rules.substitutes import in_charge
from tasks.behind import behind
from tasks.held_mail import FORMS, held_lines
from tasks.language import long_date, translator
from tasks.mail import Wanted, queue_mails, queue_task_mails, site
from tasks.notices import Notice, task_notice, title_of

AT_MOST = 30
"""Listed in the mail; the page has them all."""


def escalate(s: Session, tasks: Sequence[GeneratedTask], today: date, now: datetime) -> int:
    """How many mails; tasks of one municipality, the longest overdue first. What comes after the day's mail waits for
    the next day's."""
    if not tasks:
        return 0
    pack = policy(tasks[0].municipality)
    leader = in_charge(current_staff(s, pack.key), today)
    if leader is None:
        return sum(ident is not None for ident in queue_task_mails(s, tasks, "escalated", now))
    wanted = Wanted(f"{pack.key}:escalated:{leader}:{today}", _notice(s, tasks, pack, today, now), leader, tasks[0].ref)
    [written] = queue_mails(s, [wanted], municipality=pack.key, now=now)
    if written is None:
        return 0
    for task in tasks:
        task.escalated_with = task.assignee
    s.add_all(tasks)
    return 1


def _notice(s: Session, tasks: Sequence[GeneratedTask], pack: Policy, today: date, now: datetime) -> Notice:
    first, place = tasks[0], site(pack)
    if len(tasks) == 1 and first.form not in FORMS:
        return task_notice(first, "escalated", pack, today, place, behind(s, tasks, pack, now)[first.ref])
    if first.due_on and {(task.form in FORMS, task.assignee, task.due_on) for task in tasks} == {
        (True, first.assignee, first.due_on)
    }:
        return held_lines(tasks, first.assignee, first.due_on, pack, place)
    context = {
        "overdue": [_row(task, pack) for task in tasks[:AT_MOST]],
        "overdue_count": len(tasks),
        "overdue_more": len(tasks[AT_MOST:]),
        "link": place.page("overview", pack.key),
    }
    return Notice("task_escalated", context)


def _row(task: GeneratedTask, pack: Policy) -> dict[str, Any]:
    named = task.form in KNOWN
    return {
        "ref": task.ref,
        "title": title_of(task.form, task.demands, translator(pack.language)) if named else task.form,
        "due": long_date(task.due_on, pack.language) if task.due_on else "–",
        "concerns": ", ".join(filter(None, (task.about, task.assignee))),
    }

"""Mails about held lines: one to a person for all of theirs, as an import gone wrong can hold thousands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.people import current_staff
from data.policies import policy
from data.tables import GeneratedTask, OutboxMail
from rules.policy import Policy
from rules.substitutes import in_charge, present_with
from rules.vocabulary import Role
from tasks.language import long_date, translator
from tasks.mail import queue_mail, site
from tasks.notices import Notice, Site, TaskMail
from tasks.rule_words import rule_in_words

FORMS = frozenset({"HeldLineDecision", "OverpaymentDecision"})
MOST_LISTED = 50


def queue_held_lines(s: Session, tasks: Sequence[GeneratedTask], kind: TaskMail, now: datetime) -> list[OutboxMail]:
    """To each person of theirs that are due on the same day."""
    together: dict[tuple[str, date], list[GeneratedTask]] = defaultdict(list)
    for task in tasks:
        if task.due_on is not None:
            together[task.assignee, task.due_on].append(task)
    queued = [_queue(s, theirs, assignee, due, kind, now) for (assignee, due), theirs in together.items()]
    return [mail for mail in queued if mail is not None]


def _queue(
    s: Session, tasks: Sequence[GeneratedTask], assignee: str, due: date, kind: TaskMail, now: datetime
) -> OutboxMail | None:
    pack = policy(tasks[0].municipality)
    # while they are waited for some are answered: what is left makes no new reason
    reason = tasks[0].ref if kind == "issued" else f"{pack.key}:{due}"
    return queue_mail(
        s,
        held_lines(tasks, assignee, due, pack, site(pack), contact=contact_beside(s, assignee, pack, now)),
        recipient=assignee,
        about=tasks[0].ref,
        municipality=pack.key,
        dedup=f"{reason}:held_lines:{kind}:{assignee}",
        now=now,
    )


def contact_beside(s: Session, assignee: str, pack: Policy, now: datetime) -> str | None:
    """Who can be asked about them beside whoever decides."""
    staff, today = current_staff(s, pack.key), pack.today(now)
    but = frozenset({assignee})
    return present_with(staff, Role.PAYROLL, today, but=but) or in_charge(staff, today, but=but)


def held_lines(
    tasks: Sequence[GeneratedTask], assignee: str, due: date, pack: Policy, place: Site, *, contact: str | None
) -> Notice:
    context = {
        "count": len(tasks),
        "lines": [f"{task.ref} ({task.demands['line']})" for task in tasks[:MOST_LISTED]],
        "more": len(tasks[MOST_LISTED:]),
        "due": long_date(due, pack.language),
        "assignee": assignee,
        "contact": contact,
        "rule": rule_in_words("R9", translator(pack.language)),
        "link": place.page("tasks", "").rstrip("/"),
    }
    return Notice("held_lines", context)

"""Mails about held lines: one to a person for all of theirs, as an import gone wrong can hold thousands."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.policies import policy
from data.tables import GeneratedTask, OutboxMail
from rules.policy import Policy
from tasks.language import long_date
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
        held_lines(tasks, assignee, due, pack, site(pack)),
        recipient=assignee,
        about=tasks[0].ref,
        municipality=pack.key,
        dedup=f"{reason}:held_lines:{kind}:{assignee}",
        now=now,
    )


def held_lines(tasks: Sequence[GeneratedTask], assignee: str, due: date, pack: Policy, place: Site) -> Notice:
    context = {
        "count": len(tasks),
        "lines": [f"{task.ref} ({task.demands['line']})" for task in tasks[:MOST_LISTED]],
        "more": len(tasks[MOST_LISTED:]),
        "due": long_date(due, pack.language),
        "assignee": assignee,
        "rule": rule_in_words("R9", pack),
        "link": place.page("tasks", "").rstrip("/"),
    }
    return Notice("held_lines", context)

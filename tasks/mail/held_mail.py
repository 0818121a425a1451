"""Tasks that a person hears of in one mail for all of theirs, as an import gone wrong can make thousands of them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime

from sqlmodel import Session

from data.people import current_staff
from data.policies import policy_of
from data.tables import GeneratedTask, OutboxMail
from rules.policy import Policy
from rules.substitutes import in_charge, present_with
from rules.vocabulary import Role
from tasks.mail.notices import Notice, Site, TaskMail
from tasks.mail.pay_notices import unpaid
from tasks.mail.queue import queue_mail, site
from tasks.words.language import long_date
from tasks.words.rule_words import rule_in_words

FORMS = frozenset({"HeldLineDecision", "OverpaymentDecision"})
TOGETHER: Mapping[str, frozenset[str]] = {"held_lines": FORMS, "unpaid": frozenset({"UnpaidEntitlement"})}
"""Forms by the mail that tells of them."""
MOST_LISTED = 50


def queue_together(s: Session, tasks: Sequence[GeneratedTask], kind: TaskMail, now: datetime) -> list[OutboxMail]:
    """To each person of theirs of one sort that are due on the same day."""
    together: dict[tuple[str, str, date], list[GeneratedTask]] = defaultdict(list)
    for task in tasks:
        if task.due_on is not None:
            sort = next(name for name, forms in TOGETHER.items() if task.form in forms)
            together[sort, task.assignee, task.due_on].append(task)
    queued = [_queue(s, theirs, sort, assignee, due, kind, now) for (sort, assignee, due), theirs in together.items()]
    return [mail for mail in queued if mail is not None]


def _queue(
    s: Session, tasks: Sequence[GeneratedTask], sort: str, assignee: str, due: date, kind: TaskMail, now: datetime
) -> OutboxMail | None:
    policy = policy_of(tasks[0].municipality)
    notice = held_lines if sort == "held_lines" else unpaid_list
    # while they are waited for some are answered: what is left makes no new reason
    reason = tasks[0].ref if kind == "issued" else f"{policy.key}:{due}"
    return queue_mail(
        s,
        notice(tasks, assignee, due, policy, site(policy), contact=contact_beside(s, assignee, policy, now)),
        recipient=assignee,
        about=tasks[0].ref,
        municipality=policy.key,
        dedup=f"{reason}:{sort}:{kind}:{assignee}",
        now=now,
    )


def contact_beside(s: Session, assignee: str, policy: Policy, now: datetime) -> str | None:
    """Who can be asked about them beside whoever decides."""
    staff, today = current_staff(s, policy.key), policy.today(now)
    but = frozenset({assignee})
    return present_with(staff, Role.PAYROLL, today, but=but) or in_charge(staff, today, but=but)


def held_lines(
    tasks: Sequence[GeneratedTask], assignee: str, due: date, policy: Policy, place: Site, *, contact: str | None
) -> Notice:
    lines = [f"{task.ref} ({task.demands['line']})" for task in tasks[:MOST_LISTED]]
    return Notice("held_lines", {"lines": lines, **_all(tasks, assignee, due, "R9", policy, place, contact)})


def unpaid_list(
    tasks: Sequence[GeneratedTask], assignee: str, due: date, policy: Policy, place: Site, *, contact: str | None
) -> Notice:
    lines = [_difference(task, policy) for task in tasks[:MOST_LISTED]]
    return Notice("unpaid", {"lines": lines, **_all(tasks, assignee, due, "X4", policy, place, contact)})


def _difference(task: GeneratedTask, policy: Policy) -> str:
    said = unpaid(task.demands, policy.language)
    return f"{task.ref}: {task.about} ({said['placements']}), {said['months']}, {said['difference']}"


def _all(
    tasks: Sequence[GeneratedTask], assignee: str, due: date, row: str, policy: Policy, place: Site, contact: str | None
) -> dict[str, object]:
    return {
        "count": len(tasks),
        "more": len(tasks[MOST_LISTED:]),
        "due": long_date(due, policy.language),
        "assignee": assignee,
        "contact": contact,
        "rule": rule_in_words(row, policy),
        "link": place.page("tasks", "").rstrip("/"),
    }

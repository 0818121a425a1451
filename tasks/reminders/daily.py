"""Reminds of what is due and tells the leader of what is late (X1)."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time
from functools import partial
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from sqlmodel import Session

from data.policies import policy_of
from data.reminders import Whose, open_among, unescalated, untold, untold_together
from data.store.session import reading, writing
from data.tables import GeneratedTask
from rules.forms.duties import DutyHeld
from rules.policy import Policy
from rules.processes.monthly_payout import PayoutApproval
from rules.reminders import Owed, Reminder, all_owed
from tasks.failures.one_by_one import together
from tasks.mail.held_mail import TOGETHER, queue_together
from tasks.mail.postman import wake_postman
from tasks.mail.queue import queue_task_mails
from tasks.payout.late import tell_of_late_months
from tasks.reminders.escalation import escalate


def send_reminders(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written; none a second time, however often it is called, nor on the day of issue."""
    policy = policy_of(municipality)
    whose = Whose(municipality, datetime.combine(today, time.min, ZoneInfo(policy.timezone)), TOGETHER)
    with reading() as s:
        alone = [(ref, owed.kind) for owed in _milder(policy, today) for ref in untold(s, whose, owed)]
    with writing() as s:
        written, late = tell_of_late_months(s, municipality, today, now)
    try:
        told = together(alone, partial(_tell, late=late, now=now), called=itemgetter(0))
    finally:
        written += sum(_tell_together(whose, owed, now) for owed in _milder(policy, today))
        written += _escalate(whose, _owed(policy, today), late, today, now)
        wake_postman()
    return len(told) + written


def _owed(policy: Policy, today: date) -> list[Owed]:
    return all_owed(
        today,
        before_days=policy.value("reminders.before_due_days", today),
        escalate_after_days=policy.value("reminders.escalate_after_days", today),
        country=policy.country,
    )


def _milder(policy: Policy, today: date) -> list[Owed]:
    return [owed for owed in _owed(policy, today) if owed.kind is not Reminder.ESCALATED]


def _is_chased(task: GeneratedTask, late: Collection[str]) -> bool:
    """Whether whoever is concerned hears of it today because its month is `late`."""
    return task.form == PayoutApproval.__name__ and task.case in late


def _tell(s: Session, owed: Sequence[tuple[str, Reminder]], late: Collection[str], now: datetime) -> list[int | None]:
    """Of those that still wait for an answer."""
    tasks = open_among(s, [ref for ref, _ in owed])
    told: dict[str, int | None] = {}
    for kind, same in groupby(owed, key=itemgetter(1)):
        waiting = [tasks[ref] for ref, _ in same if ref in tasks and not _is_chased(tasks[ref], late)]
        told |= zip((task.ref for task in waiting), queue_task_mails(s, waiting, kind.value, now), strict=True)
    return [told.get(ref) for ref, _ in owed]


def _tell_together(whose: Whose, owed: Owed, now: datetime) -> int:
    with writing() as s:
        untold = [task for mail in whose.together for task in untold_together(s, whose, owed, mail)]
        return len(queue_together(s, untold, owed.kind.value, now))


def _escalate(whose: Whose, owed: Sequence[Owed], late: Collection[str], today: date, now: datetime) -> int:
    """On a day off nothing is owed, and nobody is told."""
    optional = {duty.key for duty in policy_of(whose.municipality).duties(today) if not duty.binding}

    def told(task: GeneratedTask) -> bool:
        return not _is_chased(task, late) and not _holds(task, optional)

    with writing() as s:
        return sum(
            escalate(s, whose.municipality, list(filter(told, unescalated(s, whose, each))), today, now)
            for each in owed
            if each.kind is Reminder.ESCALATED
        )


def _holds(task: GeneratedTask, duties: Collection[str]) -> bool:
    """Whether it asks somebody to hold one of the duties."""
    return task.form == DutyHeld.__name__ and task.demands.get("duty") in duties

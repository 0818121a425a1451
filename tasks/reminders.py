"""Reminds of what is due and tells the leader of what is late (X1)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session, col, select

from data.policies import policy
from data.session import writing
from data.tables import GeneratedTask, TaskState
from rules.calendar import add_working_days
from rules.policy import Policy
from rules.reminders import Reminder, owed
from tasks.held_mail import FORMS, queue_held_lines
from tasks.mail import queue_task_mail
from tasks.postman import wake_postman


def send_reminders(municipality: str, today: date, now: datetime) -> int:
    """How many mails were written; none a second time, however often it is called."""
    pack = policy(municipality)
    with writing() as s:
        owed_now = [(task, kind) for task in _soon_due(s, pack, today) if (kind := _owed(task, pack, today))]
        alone = [(task, kind) for task, kind in owed_now if task.form not in FORMS]
        written = sum(queue_task_mail(s, task, kind.value, now) is not None for task, kind in alone)
        for kind in Reminder:
            together = [task for task, due in owed_now if due is kind and task.form in FORMS]
            written += len(queue_held_lines(s, together, kind.value, now))
    wake_postman()
    return written


def _soon_due(s: Session, pack: Policy, today: date) -> list[GeneratedTask]:
    # one working day more, for a task that is due on a day off
    horizon = add_working_days(today, pack.value("reminders.before_due_days", today) + 1, pack.country)
    query = select(GeneratedTask).where(
        GeneratedTask.municipality == pack.key,
        GeneratedTask.state == TaskState.OPEN,
        col(GeneratedTask.standing).is_(False),
        col(GeneratedTask.due_on) <= horizon,
    )
    return list(s.exec(query.order_by(col(GeneratedTask.ref))))


def _owed(task: GeneratedTask, pack: Policy, today: date) -> Reminder | None:
    if task.due_on is None:
        return None
    return owed(
        task.due_on,
        today,
        issued_on=task.issued_at.astimezone(ZoneInfo(pack.timezone)).date(),
        before_days=pack.value("reminders.before_due_days", today),
        escalate_after_days=pack.value("reminders.escalate_after_days", today),
        country=pack.country,
    )

"""Reminders and escalation (X1): each working day; before due, when due, overdue, then the leader."""

from datetime import date, datetime

from prefect import flow, task

from data.policies import municipalities, policy
from tasks.clock import scheduled
from tasks.patience import PATIENT
from tasks.reminders import send_reminders

remind = task(
    name="remind",
    task_run_name="remind {municipality}",
    **PATIENT,
)(send_reminders)


@flow(name="reminders")
def reminders(today: date | None = None) -> dict[str, int]:
    """Mails written, by municipality."""
    runs = {key: remind.submit(key, *_day(key, today)) for key in municipalities()}
    return {key: run.result() for key, run in runs.items()}


def _day(municipality: str, today: date | None) -> tuple[date, datetime]:
    now = scheduled(today, policy(municipality).timezone)
    return now.date(), now

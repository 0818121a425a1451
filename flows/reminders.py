"""Reminders and escalation (X1): each working day; before due, when due, overdue, then the leader."""

from datetime import date

from prefect import flow, task

from data.policies import municipalities
from tasks.clock import named_by_its_day, scheduled_for
from tasks.patience import PATIENT
from tasks.reminders import send_reminders

remind = task(
    name="remind",
    task_run_name="remind {municipality}",
    **PATIENT,
)(send_reminders)


@flow(name="reminders", flow_run_name=named_by_its_day)
def reminders(today: date | None = None) -> dict[str, int]:
    """Mails written, by municipality."""
    runs = {key: remind.submit(key, *scheduled_for(key, today)) for key in municipalities()}
    return {key: run.result() for key, run in runs.items()}

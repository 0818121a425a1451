"""Reminders and escalation (X1): each working day; before due, when due, overdue, then the leader."""

from datetime import date, datetime

from tasks.reminders.daily import send_reminders
from tasks.runs.job_flow import job


@job(name="reminders", step="remind")
def reminders(municipality: str, today: date, now: datetime) -> int:
    """Reminds of what is due and tells the leader of what is late (X1); counts mails."""
    return send_reminders(municipality, today, now)

"""Reminders and escalation (X1): each working day; before due, when due, overdue, then the leader."""

from datetime import date, datetime

from tasks.job_flow import job
from tasks.reminders import send_reminders


@job(name="reminders", step="remind")
def reminders(municipality: str, today: date, now: datetime) -> int:
    """Reminds of what is due and tells the leader of what is late (X1); counts mails."""
    return send_reminders(municipality, today, now)

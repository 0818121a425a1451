"""The week in one mail (X2): Monday morning, to everybody with something to do, and an overview to the leader."""

from datetime import date, datetime

from tasks.reminders.digest import send_digests
from tasks.runs.job_flow import job


@job(name="weekly-digest", step="the week's mails")
def weekly_digest(municipality: str, today: date, now: datetime) -> int:
    """Sends everybody their week, and the leader an overview of what is late and what will be (X2); counts mails."""
    return send_digests(municipality, today, now)

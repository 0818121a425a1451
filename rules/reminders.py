"""Which reminder a task is owed today (X1)."""

from datetime import date, timedelta
from enum import StrEnum

from rules.calendar import add_working_days, is_working_day


class Reminder(StrEnum):
    REMINDER = "reminder"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


def owed(
    due_on: date, today: date, *, issued_on: date, before_days: int, escalate_after_days: int, country: str
) -> Reminder | None:
    """The gravest one, so that missed days are caught up with by one mail; none on a day off or the day of issue.

    `before_days` and `escalate_after_days` are working days of the country.
    """
    if not is_working_day(today, country) or today <= issued_on:
        return None
    if today >= add_working_days(due_on, escalate_after_days, country) and today > due_on:
        return Reminder.ESCALATED
    if today > due_on:
        return Reminder.OVERDUE
    if due_on < add_working_days(today + timedelta(days=1), 0, country):
        return Reminder.DUE
    if today >= add_working_days(due_on, -before_days, country):
        return Reminder.REMINDER
    return None

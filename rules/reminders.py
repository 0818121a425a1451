"""Which reminder a task is owed today (X1)."""

from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import NamedTuple

from rules.calendar import add_working_days, is_working_day

DAY = timedelta(days=1)


class Reminder(StrEnum):
    REMINDER = "reminder"
    DUE = "due"
    OVERDUE = "overdue"
    ESCALATED = "escalated"


class Owed(NamedTuple):
    """What tasks due from `first` to `last` are owed; `first` None is any day before."""

    kind: Reminder
    first: date | None
    last: date


def owed(due_on: date, today: date, *, before_days: int, escalate_after_days: int, country: str) -> Reminder | None:
    """The gravest one, so that missed days are caught up with by one mail; none on a day off.

    `before_days` and `escalate_after_days` are working days of the country.
    """
    if not is_working_day(today, country):
        return None
    if today >= add_working_days(due_on, escalate_after_days, country) and today > due_on:
        return Reminder.ESCALATED
    if today > due_on:
        return Reminder.OVERDUE
    if due_on < add_working_days(today + DAY, 0, country):
        return Reminder.DUE
    if today >= add_working_days(due_on, -before_days, country):
        return Reminder.REMINDER
    return None


def all_owed(today: date, *, before_days: int, escalate_after_days: int, country: str) -> list[Owed]:
    """What is owed today by the day on which tasks are due, the gravest first."""

    def kind(due_on: date) -> Reminder | None:
        return owed(due_on, today, before_days=before_days, escalate_after_days=escalate_after_days, country=country)

    if not is_working_day(today, country):
        return []
    # the later a task is due the milder what it is owed: the days in between are few
    earliest = latest = today
    while kind(earliest) is not Reminder.ESCALATED:
        earliest -= DAY
    while kind(latest + DAY) is not None:
        latest += DAY
    days = [earliest + DAY * number for number in range((latest - earliest).days + 1)]
    return [
        Owed(found, None if found is Reminder.ESCALATED else same[0], same[-1])
        for found, group in groupby(days, key=kind)
        if found is not None and (same := list(group))
    ]

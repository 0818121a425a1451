from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.reminders import Reminder, all_owed, owed

THURSDAY = date(2023, 4, 13)
"""The week after Easter: Easter Monday is the 10th."""


def on(today: date, *, due_on: date = THURSDAY, escalate: int = 2) -> str | None:
    return owed(due_on, today, before_days=2, escalate_after_days=escalate, country="DK")


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        (date(2023, 4, 5), None),
        (date(2023, 4, 11), Reminder.REMINDER),
        (date(2023, 4, 12), Reminder.REMINDER),
        (date(2023, 4, 13), Reminder.DUE),
        (date(2023, 4, 14), Reminder.OVERDUE),
        (date(2023, 4, 17), Reminder.ESCALATED),
        (date(2023, 5, 17), Reminder.ESCALATED),
    ],
)
def test_a_task_is_reminded_of_before_on_and_after_its_day_and_then_the_leader_is_told(day: date, kind: str) -> None:
    assert on(day) == kind


def test_days_before_are_working_days_so_easter_moves_the_reminder_forward() -> None:
    due_on_easter_tuesday = date(2023, 4, 11)
    assert on(date(2023, 4, 3), due_on=due_on_easter_tuesday) is None
    assert on(date(2023, 4, 4), due_on=due_on_easter_tuesday) == Reminder.REMINDER
    assert on(date(2023, 4, 5), due_on=due_on_easter_tuesday) == Reminder.REMINDER


def test_nothing_is_sent_at_weekends_and_on_holidays() -> None:
    assert [on(day, due_on=date(2023, 4, 4)) for day in (date(2023, 4, 8), date(2023, 4, 9), date(2023, 4, 10))] == [
        None
    ] * 3


def test_a_task_due_on_a_sunday_has_its_last_day_on_friday() -> None:
    sunday = date(2023, 4, 16)
    assert [on(date(2023, 4, day), due_on=sunday) for day in (13, 14, 17)] == [
        Reminder.REMINDER,
        Reminder.DUE,
        Reminder.OVERDUE,
    ]


def test_where_the_leader_is_told_at_once_the_day_itself_is_still_the_assignees() -> None:
    assert [on(date(2023, 4, day), escalate=0) for day in (13, 14)] == [Reminder.DUE, Reminder.ESCALATED]


@given(
    today=st.dates(date(2021, 1, 1), date(2027, 12, 31)),
    away=st.integers(-60, 60),
    before=st.integers(0, 12),
    escalate=st.integers(0, 12),
    country=st.sampled_from(["DK", "NO"]),
)
def test_the_days_a_job_asks_the_database_for_are_those_on_which_the_rule_owes_something(
    today: date, away: int, before: int, escalate: int, country: str
) -> None:
    due_on = today + timedelta(days=away)
    ways = {"before_days": before, "escalate_after_days": escalate}
    found = [
        each.kind
        for each in all_owed(today, **ways, country=country)
        if each.last >= due_on and (each.first is None or each.first <= due_on)
    ]
    kind = owed(due_on, today, **ways, country=country)
    assert found == ([] if kind is None else [kind])


def test_on_a_day_off_the_database_is_asked_for_nothing() -> None:
    assert all_owed(date(2023, 4, 10), before_days=2, escalate_after_days=2, country="DK") == []

from datetime import date, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from sqlmodel import select

from data.outbox import list_mails
from data.settings import Settings
from data.store.audit import Actor
from data.store.facts import record
from data.store.session import reading, writing
from data.tables import GeneratedTask, OutboxMail, TaskState
from data.tables.base import Fact
from tasks.mail.queue import configure
from tasks.reminders.daily import send_reminders
from tasks.reminders.handover import hand_over
from tests import people
from tests.letters import opened, part, task
from tests.people import ADMINISTRATION, FAMILY, LEADER, NETWORK_ADVISER, at

DUE = date(2023, 4, 13)
"""The Thursday after Easter."""


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    name = "database" if "database" in request.fixturenames else "sqlite_database"
    configure(request.getfixturevalue(name))
    people.move_in()


def issue(*tasks: GeneratedTask) -> None:
    with writing() as s:
        s.add_all(tasks)


def remind(day: date, municipality: str = "hjoerring") -> int:
    return send_reminders(municipality, day, at(day, 5))


def sent() -> list[tuple[str, str]]:
    """Template and recipient, oldest first."""
    with reading() as s:
        return [(mail.template, mail.recipient) for mail in reversed(list_mails(s))]


def test_a_task_nobody_answers_gives_one_mail_of_each_kind_however_often_the_job_runs(database: Settings) -> None:
    issue(task(due_on=DUE))
    for days in range(40):
        for _ in range(2):
            remind(date(2023, 3, 20) + timedelta(days=days))
    assert sent() == [
        ("task_reminder", NETWORK_ADVISER),
        ("task_due", NETWORK_ADVISER),
        ("task_overdue", NETWORK_ADVISER),
        ("task_escalated", LEADER),
    ]


def test_days_on_which_the_job_did_not_run_are_made_up_for_by_the_gravest_mail_alone(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    assert remind(date(2023, 4, 19)) == 1
    assert sent() == [("task_escalated", LEADER)]


@pytest.mark.parametrize("state", [TaskState.ANSWERED, TaskState.WITHDRAWN])
def test_what_nobody_has_to_do_any_more_is_not_reminded_of(sqlite_database: Settings, state: TaskState) -> None:
    issue(task(due_on=DUE, state=state))
    assert remind(DUE) == 0


def test_offers_that_stand_and_other_municipalities_tasks_are_left_alone(sqlite_database: Settings) -> None:
    issue(
        task(due_on=DUE, standing=True),
        task("HJ-2023-0001-02", due_on=None),
        task("RA-2023-0001-01", due_on=DUE, municipality="randers"),
    )
    assert remind(DUE) == 0


def test_a_family_is_reminded_too_and_its_late_task_told_to_the_leader(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE, role="family", assignee=FAMILY, form="PreStudy"))
    remind(DUE)
    remind(DUE + timedelta(days=5))
    assert sent() == [("task_due", FAMILY), ("task_escalated", LEADER)]


def test_whoever_takes_an_overdue_task_over_is_reminded_for_themselves(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    remind(DUE)
    with writing() as s:
        handed_on = s.get_one(GeneratedTask, "HJ-2023-0001-01")
        handed_on.assignee = people.MATCH_CONSULTANT
    assert remind(DUE) == 1
    assert sent()[-1] == ("task_due", people.MATCH_CONSULTANT)


def test_a_task_due_on_a_sunday_is_reminded_of_by_its_last_working_day(sqlite_database: Settings) -> None:
    issue(task(due_on=date(2023, 4, 16)))
    remind(date(2023, 4, 14))
    assert sent() == [("task_due", NETWORK_ADVISER)]


def test_a_mail_about_a_past_day_is_dated_when_it_is_written(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    written = at(date(2023, 5, 2), 9)
    assert send_reminders("hjoerring", date(2023, 4, 19), written) == 1
    with reading() as s:
        [mail] = list_mails(s)
        assert opened(mail)["Date"] == format_datetime(written)


def test_a_leader_has_one_mail_a_day_about_what_is_overdue_with_others_however_much_it_is(database: Settings) -> None:
    demands = {"duty": "child_visit", "called": "Tilsyn med barnet", "occurrence": "1"}
    issue(
        *(task(f"HJ-2023-{number:04}-01", due_on=DUE - timedelta(days=number)) for number in range(34)),
        task("HJ-2023-T00001", case=None, form="DutyHeld", row="J2", due_on=date(2023, 3, 1), demands=demands),
        task("HJ-2023-T00002", case=None, form="HeldLineDecision", row="R9", due_on=DUE, demands={"line": "HJ-1"}),
        task("HJ-2023-0999-01", form="FormOfAnotherAge", due_on=DUE),
        task("HJ-2023-0998-01", due_on=DUE, role="family", assignee=FAMILY, form="PreStudy"),
    )
    for _ in range(2):
        remind(date(2023, 5, 2))
    assert sent() == [("task_escalated", LEADER)]
    with reading() as s:
        [mail] = list_mails(s)
        assert mail.subject == "Over fristen hos andre: 38 opgaver"
        text = part(opened(mail), "plain").replace("\r\n", "\n")
        assert part(opened(mail), "html").count("<li") == 31
    listed = [line for line in text.splitlines() if line.startswith("- ")]
    said = f"Gennemfør og registrér: Tilsyn med barnet (HJ-2023-T00001, {FAMILY}, {NETWORK_ADVISER})"
    assert listed[0] == f"- onsdag den 1. marts 2023: {said}"
    assert len(listed) == 30
    assert "og 8 til" in text
    remind(date(2023, 5, 3))
    assert sent() == [("task_escalated", LEADER)], "none of it is told a second time"


def test_who_is_in_charge_is_not_told_of_their_own_task_as_if_it_were_with_others(database: Settings) -> None:
    month = task("HJ-2023-02-01", case="HJ-2023-02", form="PayoutApproval", row="R9", assignee=LEADER, about=None)
    month.due_on = DUE
    issue(month, task(due_on=DUE))
    for days in range(10):
        remind(DUE + timedelta(days=days))
    about_own = [mail for mail in sent() if mail[1] == LEADER]
    assert about_own == [("task_due", LEADER), ("task_overdue", LEADER), ("task_escalated", LEADER)]
    assert ("task_escalated", ADMINISTRATION) in sent(), "of the leader's own"
    with reading() as s:
        subjects = [mail.subject for mail in list_mails(s) if mail.recipient == LEADER]
    assert f"Frist overskredet hos {NETWORK_ADVISER} – Første besøg hos familien (HJ-2023-0001-01)" in subjects
    assert "Sidste dag – Godkend udbetalingen, februar 2023 (HJ-2023-02-01)" in subjects, "whose month it is"


def test_a_leader_reads_to_get_in_touch_with_a_family_whose_task_is_late(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE, role="family", assignee=FAMILY, form="PreStudy"))
    remind(DUE + timedelta(days=5))
    with reading() as s:
        [mail] = list_mails(s)
        text = part(opened(mail), "plain")
        assert "Tag kontakt til familien" in text
        assert "giv sagen videre" not in text
        assert part(opened(mail), "calendar") == "", "the day is past, and somebody else's"


def test_what_becomes_overdue_after_the_days_mail_is_told_on_the_next_working_day(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    remind(date(2023, 5, 2))
    issue(task("HJ-2023-0002-01", due_on=DUE), task("HJ-2023-0003-01", due_on=DUE))
    remind(date(2023, 5, 2))
    assert sent() == [("task_escalated", LEADER)]
    remind(date(2023, 5, 3))
    assert sent() == [("task_escalated", LEADER)] * 2
    with reading() as s:
        assert list_mails(s)[0].subject == "Over fristen hos andre: 2 opgaver"


def test_what_is_handed_on_and_overdue_again_is_told_to_the_leader_again(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    remind(date(2023, 5, 2))
    with writing() as s:
        s.get_one(GeneratedTask, "HJ-2023-0001-01").assignee = people.MATCH_CONSULTANT
    remind(date(2023, 5, 3))
    remind(date(2023, 5, 4))
    assert sent() == [("task_escalated", LEADER)] * 2


def test_what_a_leader_was_told_of_before_there_was_one_mail_a_day_is_not_told_again(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE))
    remind(date(2023, 5, 1))
    with writing() as s:
        [mail] = s.exec(select(OutboxMail))
        mail.dedup = f"HJ-2023-0001-01:escalated:{NETWORK_ADVISER}"
        s.get_one(GeneratedTask, "HJ-2023-0001-01").escalated_with = None
    assert remind(date(2023, 5, 2)) == 0


def know(*facts: Fact) -> None:
    with writing() as s:
        for fact in facts:
            record(s, fact, people.NOW)


AWAY = {"absent_from": date(2023, 4, 1), "absent_to": date(2023, 6, 1)}


@pytest.mark.parametrize(
    ("own", "more", "told"),
    [
        ({"substitute": people.OUTSIDER}, {}, people.OUTSIDER),
        ({"substitute": people.OUTSIDER}, {people.OUTSIDER: {"roles": "supervisor", **AWAY}}, ADMINISTRATION),
        ({"substitute": people.OUTSIDER, **AWAY}, {}, ADMINISTRATION),
        ({}, {"HJ-S30": {"roles": "leader"}}, "HJ-S30"),
        ({}, {}, ADMINISTRATION),
    ],
    ids=["the substitute", "an absent one isn't", "who stands in is as late", "another leader", "administration"],
)
def test_a_leaders_own_overdue_task_is_told_to_somebody_else(
    sqlite_database: Settings, own: dict[str, Any], more: dict[str, dict[str, Any]], told: str
) -> None:
    know(people.staff(LEADER, "leader", **own), *(people.staff(ref, **given) for ref, given in more.items()))
    issue(task(due_on=DUE, assignee=LEADER, role="leader", form="ApprovalDecision"))
    remind(date(2023, 5, 2))
    assert sent() == [("task_escalated", told)]


def test_each_of_two_leaders_hears_of_the_others_and_nobody_of_their_own(sqlite_database: Settings) -> None:
    know(people.staff("HJ-S30", "leader"))
    issue(
        task("HJ-2023-0001-01", due_on=DUE, assignee=LEADER, role="leader"),
        task("HJ-2023-0002-01", due_on=DUE, assignee="HJ-S30", role="leader"),
        task("HJ-2023-0003-01", due_on=DUE),
    )
    assert remind(date(2023, 5, 2)) == 2
    assert sorted(sent()) == [("task_escalated", LEADER), ("task_escalated", "HJ-S30")]
    assert remind(date(2023, 5, 3)) == 0


def test_where_nobody_else_is_there_nobody_is_told_until_somebody_is(sqlite_database: Settings) -> None:
    gone = {"left_on": date(2023, 3, 1)}
    know(people.staff(ADMINISTRATION, "administration", **gone))
    issue(task(due_on=DUE, assignee=LEADER, role="leader"))
    remind(date(2023, 5, 2))
    assert [kind for kind, _ in sent()] == []
    know(people.staff("HJ-S31", "administration"))
    remind(date(2023, 5, 3))
    assert sent() == [("task_escalated", "HJ-S31")]


def test_who_left_with_things_open_is_told_in_the_leaders_one_mail_daily_until_handed_over(database: Settings) -> None:
    know(people.staff(NETWORK_ADVISER, "network_adviser", left_on=date(2023, 4, 28)), people.staff("HJ-S20", ROLES))
    issue(task(due_on=DUE), task("HJ-2023-0002-01", due_on=date(2023, 12, 1)))
    assert [remind(date(2023, 5, day)) for day in (2, 2, 3, 4)] == [1, 0, 1, 1]
    assert sent() == [("task_escalated", LEADER)] * 3
    with reading() as s:
        subjects = [mail.subject for mail in reversed(list_mails(s))]
        assert subjects == ["Over fristen hos andre: 1 opgaver", *[f"Fratrådt, ikke overdraget: {NETWORK_ADVISER}"] * 2]
        text = part(opened(list_mails(s)[0]), "plain")
        assert f"- {NETWORK_ADVISER} (fredag den 28. april 2023): Opgaver 2" in text
    with writing() as s:
        hand_over(s, NETWORK_ADVISER, "HJ-S20", by=Actor(LEADER, "tests"), now=at(date(2023, 5, 4)))
    sent_before = len(sent())
    remind(date(2023, 5, 8))
    assert sent()[sent_before:] == [("task_escalated", LEADER)], "the task is overdue with the one who has it now"
    remind(date(2023, 5, 9))
    assert len(sent()) == sent_before + 1


ROLES = "network_adviser,match_consultant"

from datetime import date, timedelta
from email.utils import format_datetime

import pytest

from data.outbox import list_mails
from data.session import reading, writing
from data.settings import Settings
from data.tables import GeneratedTask, TaskState
from tasks.mail import configure, queue_task_mail
from tasks.reminders import send_reminders
from tests import people
from tests.letters import opened, part, task
from tests.people import FAMILY, LEADER, NETWORK_ADVISER, at

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
    with reading() as s:
        subjects = [mail.subject for mail in list_mails(s) if mail.recipient == LEADER]
    assert f"Frist overskredet hos {NETWORK_ADVISER} – Første besøg hos familien (HJ-2023-0001-01)" in subjects
    assert "Sidste dag – Godkend udbetalingen, februar 2023 (HJ-2023-02-01)" in subjects, "whose month it is"


def test_days_without_the_job_leave_who_is_in_charge_told_of_their_own_task_once(sqlite_database: Settings) -> None:
    issue(task(due_on=DUE, assignee=LEADER))
    for _ in range(2):
        remind(DUE + timedelta(days=10))
    remind(DUE + timedelta(days=11))
    assert sent() == [("task_overdue", LEADER)]


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
    row = task(due_on=DUE)
    issue(row)
    with writing() as s:
        queue_task_mail(s, s.get_one(GeneratedTask, row.ref), "escalated", at(date(2023, 5, 1)))
    assert remind(date(2023, 5, 2)) == 0

from datetime import date, timedelta

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import CaseRow, Document, ExpenseClaim, GeneratedTask, OutboxMail, Placement, TravelClaim
from tasks.cases.answers import answer_task
from tasks.claims.year_end import give_late_claims, late_documentation, send_year_end_reminders
from tests import people
from tests.letters import opened, part
from tests.people import CHILD, FAMILY, LEADER, at


@pytest.fixture(autouse=True)
def _cast(request: pytest.FixtureRequest) -> None:
    request.getfixturevalue("database" if "database" in request.fixturenames else "sqlite_database")
    people.move_in()
    home = {"child": CHILD, "family": FAMILY, "kind": "network", "start": date(2022, 1, 1)}
    people.move_in(Placement(ref="HJ-P1", recorded_at=people.NOW, **home))


def granted(ref: str, on: date, documented: date | None = None, regime: str = "full", **more: object) -> None:
    given = {"placement": "HJ-P1", "benefit": "holiday", "granted_on": on, "documentation_on": documented, **more}
    people.move_in(ExpenseClaim(ref=ref, recorded_at=people.NOW, regime=regime, **given))


def run(first: date, last: date) -> list[date]:
    """The days on which the daily job wrote a mail."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [day for day in days if send_year_end_reminders("hjoerring", day, at(day, 6))]


def test_a_family_that_lacks_documentation_is_reminded_in_december_and_in_early_january_once_each(
    database: Settings,
) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    granted("HJ-E2", date(2023, 6, 4))
    assert run(date(2023, 11, 20), date(2024, 1, 12)) == [date(2023, 12, 1), date(2024, 1, 2)]
    with reading() as s:
        mails = list(s.exec(select(OutboxMail)))
    assert [mail.recipient for mail in mails] == [FAMILY, FAMILY]
    text = part(opened(mails[0]), "plain")
    assert "HJ-E1, HJ-E2" in text
    assert "fredag den 5. januar 2024" in text


def test_a_job_that_was_down_on_the_day_catches_up(sqlite_database: Settings) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    assert run(date(2023, 12, 9), date(2023, 12, 12)) == [date(2023, 12, 9)]


def test_nobody_is_reminded_of_what_needs_nothing_more() -> None:
    granted("HJ-E1", date(2023, 5, 4), documented=date(2023, 6, 1))
    granted("HJ-E2", date(2023, 5, 4), regime="grant")
    granted("HJ-E3", date(2023, 5, 4), withdrawn_on=date(2023, 6, 1))
    granted("HJ-E4", date(2022, 5, 4))
    granted("HJ-E5", date(2024, 1, 2))
    assert run(date(2023, 12, 1), date(2024, 1, 5)) == []


def test_what_came_late_or_not_at_all_is_listed_by_reference(database: Settings) -> None:
    granted("HJ-E1", date(2023, 5, 4))
    granted("HJ-E2", date(2023, 5, 4), documented=date(2024, 1, 5))
    granted("HJ-E3", date(2023, 5, 4), documented=date(2024, 1, 6))
    granted("HJ-E4", date(2024, 1, 2))
    assert late_documentation("hjoerring", date(2024, 1, 9)) == [
        ("HJ-E1", FAMILY, "2023-05-04", ""),
        ("HJ-E3", FAMILY, "2023-05-04", "2024-01-06"),
    ]
    assert late_documentation("randers", date(2024, 1, 9)) == []


def test_before_the_last_day_has_passed_nothing_is_late() -> None:
    granted("HJ-E1", date(2023, 5, 4))
    assert late_documentation("hjoerring", date(2024, 1, 5)) == []
    assert len(late_documentation("hjoerring", date(2024, 1, 6))) == 1


def test_an_expense_belongs_to_the_year_it_was_spent_or_applied_for_not_to_that_of_its_grant() -> None:
    july, december = date(2024, 7, 8), date(2023, 12, 14)
    granted("HJ-E1", december, applied_on=date(2023, 11, 20), spent_on=july)
    granted("HJ-E2", date(2024, 1, 8), date(2024, 1, 20), applied_on=date(2023, 12, 28))
    assert [late.claim for late in late_documentation("hjoerring", date(2024, 2, 9))] == ["HJ-E2"]
    assert [late.claim for late in late_documentation("hjoerring", date(2025, 1, 6))] == ["HJ-E1"]
    assert run(date(2023, 12, 1), date(2024, 1, 5)) == []
    assert run(date(2024, 12, 1), date(2024, 12, 2)) == [date(2024, 12, 1)]


def driven(ref: str, on: date, reported: date) -> None:
    given = {"placement": "HJ-P1", "driven_on": on, "metres": 10_000, "agreed": True, "reported_on": reported}
    people.move_in(TravelClaim(ref=ref, recorded_at=people.NOW, purpose="treatment", **given))


def test_driving_of_the_year_before_that_is_reported_in_february_is_late(database: Settings) -> None:
    driven("HJ-K1", date(2023, 12, 30), date(2024, 1, 5))
    driven("HJ-K2", date(2023, 12, 30), date(2024, 2, 6))
    driven("HJ-K3", date(2024, 1, 2), date(2024, 2, 6))
    assert late_documentation("hjoerring", date(2024, 2, 9)) == [("HJ-K2", FAMILY, "2023-12-30", "2024-02-06")]


def test_what_is_two_years_old_and_comes_now_is_late_as_well(database: Settings) -> None:
    granted("HJ-E1", date(2022, 5, 4), date(2024, 1, 3))
    granted("HJ-E2", date(2022, 5, 4), date(2023, 1, 3))
    granted("HJ-E3", date(2022, 5, 4))
    driven("HJ-K1", date(2022, 12, 30), date(2024, 1, 3))
    assert late_documentation("hjoerring", date(2024, 2, 9)) == [
        ("HJ-E1", FAMILY, "2022-05-04", "2024-01-03"),
        ("HJ-K1", FAMILY, "2022-12-30", "2024-01-03"),
    ]


FEBRUARY = date(2024, 2, 9)


def put_forward() -> list[GeneratedTask]:
    give_late_claims("hjoerring", FEBRUARY, at(FEBRUARY, 7))
    with reading() as s:
        return [task for task in open_tasks(s) if task.row == "R11"]


def answer(task: GeneratedTask, *, let_through: bool) -> None:
    raw = {"let_through": let_through, "reason": "Sygdom"}
    with writing() as s:
        answer_task(s, task.ref, raw, email=people.email(LEADER), os_account="tests", now=at(FEBRUARY, 9))


def both_late() -> None:
    """Receipts and a drive of 2023, told of in February."""
    granted("HJ-E1", date(2023, 5, 4), date(2024, 2, 1))
    driven("HJ-K1", date(2023, 12, 30), date(2024, 2, 6))


def test_late_claims_that_have_no_case_go_to_the_leader_once_each(database: Settings) -> None:
    both_late()
    tasks = put_forward()
    assert [(task.demands["claim"], task.assignee) for task in tasks] == [("HJ-E1", LEADER), ("HJ-K1", LEADER)]
    assert {task.ref for task in put_forward()} == {task.ref for task in tasks}
    with reading() as s:
        asked = [mail.recipient for mail in s.exec(select(OutboxMail)) if mail.template == "task_issued"]
    assert asked == [LEADER, LEADER]


def test_a_claim_whose_own_case_asks_isnt_asked_about_twice() -> None:
    granted("HJ-2023-0009-E", date(2023, 5, 4))
    with writing() as s:
        s.add(
            CaseRow(
                ref="HJ-2023-0009",
                municipality="hjoerring",
                process="supplementary-benefit",
                process_version=1,
                opened_at=people.NOW,
                opened_by=LEADER,
                woken_at=people.NOW,
            )
        )
    assert put_forward() == []


def test_what_the_leader_lets_through_is_late_no_longer(database: Settings) -> None:
    both_late()
    for task in put_forward():
        answer(task, let_through=True)
    with reading() as s:
        assert current(s, ExpenseClaim, "HJ-E1").let_through_on == FEBRUARY
        assert current(s, TravelClaim, "HJ-K1").let_through_on == FEBRUARY
    assert late_documentation("hjoerring", FEBRUARY) == []


def test_what_the_leader_refuses_is_withdrawn_with_a_letter(database: Settings) -> None:
    both_late()
    for task in put_forward():
        answer(task, let_through=False)
    with reading() as s:
        assert current(s, ExpenseClaim, "HJ-E1").withdrawn_on == FEBRUARY
        assert current(s, TravelClaim, "HJ-K1").withdrawn_on == FEBRUARY
        letters = [mail for mail in s.exec(select(OutboxMail)) if mail.template == "decision"]
        assert sorted(made.about for made in s.exec(select(Document))) == ["HJ-E1", "HJ-K1"]
    assert [mail.recipient for mail in letters] == [FAMILY, FAMILY]
    told = part(opened(letters[0]), "plain")
    assert "dokumentation ved årsskiftet" in told
    assert "R11" not in told
    assert put_forward() == []


def test_driving_of_which_nobody_says_when_it_was_reported_was_on_the_day_it_was_first_recorded(
    database: Settings,
) -> None:
    unsaid = {"placement": "HJ-P1", "driven_on": date(2023, 11, 4), "metres": 10_000, "agreed": True}
    with writing() as s:
        s.add(TravelClaim(ref="HJ-K1", recorded_at=at(date(2023, 12, 20)), **unsaid))
        s.add(TravelClaim(ref="HJ-K2", recorded_at=at(date(2024, 2, 6)), **unsaid))
        s.flush()
        revise(s, current(s, TravelClaim, "HJ-K1"), at(date(2024, 2, 6)), purpose="treatment")
    assert late_documentation("hjoerring", date(2024, 2, 9)) == [("HJ-K2", FAMILY, "2023-11-04", "2024-02-06")]

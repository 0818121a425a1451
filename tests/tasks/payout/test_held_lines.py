"""What the check before payment holds is a task for whoever decides about pay (R9)."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.outbox import list_mails
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import Decision, GeneratedTask, NightStay, PayDecision, TaskState, Terms
from rules.forms.base import AnswerInvalid
from rules.holds import Hold
from rules.refusal import Refusal
from tasks.cases.answers import AlreadyAnswered, NotYours, answer_task
from tasks.payout import decide_line
from tasks.payout.decisions import AlreadyDecided
from tasks.payout.roles import MayNot
from tasks.reminders.daily import send_reminders
from tasks.words.language import translator
from tasks.words.pay_words import HOLDS
from tests.flows.cases.test_survival import together
from tests.letters import opened, part
from tests.tasks.pay_runs import JULY, change, lines, pay, prepare, said
from tests.tasks.payroll import (
    ADVISER,
    CLERK,
    IMPORTED,
    JUNE,
    LEADER,
    acting,
    guest,
    know,
    move_in,
    staff,
    stay,
    weekend,
)


def people() -> None:
    """One night more than agreed: its board and its fee are held."""
    move_in()
    for ref, roles in ((CLERK, "administration,payroll"), (ADVISER, "child_adviser"), (LEADER, "leader")):
        person = staff(ref, roles)
        person.email = f"{ref.lower()}@randers.example"
        know(person)
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=1)
    know(weekend(1, "RA-P1"))


def waiting() -> list[GeneratedTask]:
    with reading() as s:
        return [task for task in open_tasks(s) if task.row == "R9"]


def fee() -> GeneratedTask:
    return next(task for task in waiting() if "/fee/" in task.step)


def answer(task: GeneratedTask, by: str = CLERK, now: datetime = JUNE, **given: Any) -> None:
    with writing() as s:
        raw = {"reason": "Aftalt", **given}
        answer_task(s, task.ref, raw, email=f"{by.lower()}@randers.example", os_account="tests", now=now)


def mails(template: str = "held_lines") -> list[str]:
    with reading() as s:
        return [mail.recipient for mail in list_mails(s) if mail.template == template]


def test_each_held_line_is_a_task_that_says_in_words_why_and_names_its_line(on_sqlite: Settings) -> None:
    prepare()
    held = {line["id"] for line in lines() if line["status"] == "held"}
    assert {task.demands["line"] for task in waiting()} == held
    assert {(task.assignee, task.form, task.due_on) for task in waiting()} == {
        (CLERK, "HeldLineDecision", date(2023, 6, 9))
    }
    assert fee().demands["held_because"] == translator("da").gettext(HOLDS[Hold.MORE_THAN_AGREED])


def test_whoever_decides_has_one_mail_a_run_with_references_only(on_sqlite: Settings) -> None:
    prepare()
    assert mails() == [CLERK]
    assert mails("task_issued") == []
    with reading() as s:
        read = opened(list_mails(s)[0])
    assert read["Subject"].endswith(": 2")
    for task in waiting():
        assert f"{task.ref} ({task.demands['line']})" in part(read, "plain")
    for kind, words in (("plain", f"Kontakt: {LEADER}"), ("html", LEADER)):
        assert words in part(read, kind), "somebody else can be asked"


def test_a_draft_made_again_asks_nobody_again_and_its_tasks_follow_their_lines(randers: Settings) -> None:
    prepare()
    before = {task.ref: task.demands["line"] for task in waiting()}
    _, placement, terms = guest(3, date(2015, 3, 1))
    placement.ref, terms.placement = "RA-A3", "RA-A3"  # type: ignore[attr-defined]
    know(*guest(3, date(2015, 3, 1))[:1], placement, terms, weekend(3, "RA-A3"))
    prepare()
    held = {line["id"] for line in lines() if line["status"] == "held"}
    assert {task.ref for task in waiting()} == before.keys()
    assert {task.demands["line"] for task in waiting()} == held
    assert mails() == [CLERK]


def test_what_is_held_no_longer_is_taken_back_and_asked_about_again_when_it_comes_again(randers: Settings) -> None:
    prepare()
    first = {task.ref for task in waiting()}
    change(Terms, "RA-P1/2022-01-01", at=JUNE, nights_per_month=2)
    prepare()
    assert waiting() == []
    change(Terms, "RA-P1/2022-01-01", at=JUNE, nights_per_month=1)
    prepare()
    assert len(waiting()) == 2
    assert not first & {task.ref for task in waiting()}


def test_the_next_months_draft_asks_nothing_again_and_the_answer_counts_there(on_sqlite: Settings) -> None:
    pay()
    tasks = {task.ref for task in waiting()}
    prepare("2023-06", JULY)
    assert {task.ref for task in waiting()} == tasks
    answer(fee(), decision="pay", now=JULY)
    prepare("2023-06", JULY)
    assert said("2023-06") == [
        "2023-05 RA-P1 board_lodging 201.00 held: more_than_agreed",
        "2023-05 RA-P1 fee 308.62 payable",
    ]


def test_an_earlier_draft_made_again_leaves_a_later_months_tasks_alone(on_sqlite: Settings) -> None:
    know(stay(5, "RA-P1", "2023-06-02T14:00", "2023-06-04T14:00"))
    prepare("2023-05", JULY)
    prepare("2023-06", JULY)
    periods = sorted(task.demands["period"] for task in waiting())
    assert periods == ["2023-05", "2023-05", "2023-06", "2023-06"]
    prepare("2023-05", JULY)
    assert sorted(task.demands["period"] for task in waiting()) == periods


def test_the_answer_is_the_decision_in_one_transaction(randers: Settings) -> None:
    prepare()
    task = fee()
    answer(task, decision="pay")
    with reading() as s:
        [made] = s.exec(select(PayDecision)).all()
        assert (made.line, made.decision, made.decided_by) == (task.demands["line"], "pay", CLERK)
    with pytest.raises(AlreadyAnswered):
        answer(task, decision="waive")
    prepare()
    assert "2023-05 RA-P1 fee 308.62 payable" in said("2023-05")


def test_an_answer_while_the_draft_is_computed_again_waits_its_turn(randers: Settings) -> None:
    prepare()
    task = fee()
    results = together(prepare, lambda: answer(task, decision="pay"), prepare)
    assert [result for result in results if isinstance(result, Refusal)] == []
    with reading() as s:
        assert [made.decision for made in s.exec(select(PayDecision))] == ["pay"]


def test_a_decision_made_by_hand_takes_the_task_back(on_sqlite: Settings) -> None:
    prepare()
    task = fee()
    decide_line(task.demands["line"], Decision.PAY, reason="Aftalt", actor=acting(LEADER), now=JUNE)
    assert [left.step for left in waiting()] != []
    assert task.ref not in {left.ref for left in waiting()}
    with pytest.raises(Refusal, match="nobody needs to do it any more"):
        answer(task, decision="pay")


def test_who_may_not_decide_and_what_does_not_fit_leaves_the_task_open(on_sqlite: Settings) -> None:
    know(staff("RA-S8", "administration"))
    change(Terms, "RA-P2/2022-01-01", at=IMPORTED, fees_tenths=None)
    know(weekend(2, "RA-P2"))
    prepare()
    unknown = next(task for task in waiting() if task.demands["amount_ore"] == 0)
    with pytest.raises(Refusal, match="holds nothing that could be paid"):
        answer(unknown, decision="pay")
    with pytest.raises(NotYours):
        answer(fee(), by=ADVISER, decision="pay")
    with pytest.raises(MayNot):
        decide_line(fee().demands["line"], Decision.PAY, reason="Aftalt", actor=acting(ADVISER), now=JUNE)
    with reading() as s:
        assert s.exec(select(PayDecision)).all() == []
    assert unknown.ref in {task.ref for task in waiting()}


def test_whoever_stands_in_for_the_clerk_and_has_the_mail_decides_for_them(on_sqlite: Settings) -> None:
    away = staff(CLERK, "payroll")
    away.absent_from, away.absent_to, away.substitute = date(2023, 6, 1), date(2023, 6, 30), ADVISER
    know(away)
    change(Terms, "RA-P2/2022-01-01", at=IMPORTED, fees_tenths=None)
    know(weekend(2, "RA-P2"))
    prepare()
    task = fee()
    answer(task, by=ADVISER, decision="pay")
    with reading() as s:
        assert [made.decided_by for made in s.exec(select(PayDecision))] == [ADVISER]
        assert s.get_one(GeneratedTask, task.ref).assignee == CLERK


def test_an_overpayment_is_decided_in_as_many_instalments_as_policy_allows_wherever_it_is_decided(
    on_sqlite: Settings,
) -> None:
    change(Terms, "RA-P1/2022-01-01", at=IMPORTED, nights_per_month=None)
    pay()
    change(NightStay, "RA-N1", departure=datetime(2023, 5, 13, 20))  # noqa: DTZ001
    prepare("2023-06", JULY)
    task = fee()
    assert task.form == "OverpaymentDecision"
    with pytest.raises(AnswerInvalid, match="36 at most"):
        answer(task, decision="recover", instalments=37, now=JULY)
    with pytest.raises(Refusal, match="here 36"):
        decide_line(
            task.demands["line"], Decision.RECOVER, instalments=37, reason="Aftalt", actor=acting(LEADER), now=JULY
        )
    answer(task, decision="recover", instalments=3, now=JULY)
    with pytest.raises(AlreadyDecided):
        decide_line(task.demands["line"], Decision.WAIVE, reason="Aftalt", actor=acting(LEADER), now=JULY)
    pay("2023-06", JULY)
    assert "-102.87 released" in " ".join(said("2023-06"))


@pytest.mark.usefixtures("on_sqlite")
def test_thousands_of_held_lines_are_one_mail_and_one_reminder() -> None:
    nights = [
        stay(100 + day, "RA-P2", f"2023-05-{day:02}T14:00", f"2023-05-{day + 1:02}T14:00") for day in range(1, 25)
    ]
    know(*(stay(200 + n, "RA-P2", f"2023-05-{n:02}T14:00", f"2023-05-{n + 1:02}T14:00") for n in range(1, 25)), *nights)
    prepare()
    assert mails() == [CLERK]
    for _ in range(2):
        send_reminders("randers", date(2023, 6, 9), datetime(2023, 6, 9, 8, tzinfo=UTC))
    assert mails() == [CLERK, CLERK]
    answer(fee(), decision="pay")
    send_reminders("randers", date(2023, 6, 13), datetime(2023, 6, 13, 8, tzinfo=UTC))
    assert mails() == [LEADER, CLERK, CLERK]


def test_where_nobody_has_the_policys_role_somebody_else_who_may_is_asked(sqlite_database: Settings) -> None:
    move_in()
    know(staff(CLERK, "administration"), *guest(3, None), weekend(3, "RA-P3"))
    prepare()
    assert {(task.role, task.assignee) for task in waiting()} == {("leader", LEADER)}
    assert {task.state for task in waiting()} == {TaskState.OPEN}

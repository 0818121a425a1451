import pytest
from sqlmodel import Session, select

from data.cases import find_task
from data.settings import Settings
from data.store.audit import Actor
from data.store.session import reading, writing
from data.tables import GeneratedTask, JournalEntry, OutboxMail, TaskState
from rules.calendar import add_working_days
from rules.processes.monthly_payout import HeldLineDecision
from rules.refusal import Refusal
from rules.vocabulary import Role
from tasks.cases import errands
from tasks.cases.answers import AlreadyAnswered, NotYours, answer_task
from tasks.cases.errands import EFFECTS, effect_of, give, needless
from tasks.cases.opened import reassign_task
from tasks.cases.question import Question
from tests import people
from tests.letters import opened

QUESTION = Question(HeldLineDecision, Role.LEADER, about="HJ-2023-02-000007")
ANSWER = {"decision": "pay", "reason": "Agreed on the telephone."}


def noted(s: Session, task: GeneratedTask, answer: HeldLineDecision, by: Actor, now: object) -> None:
    """An effect for these tests: a journal entry."""
    if answer.decision == "waive":
        raise Refusal("nothing is waived here")
    s.add(JournalEntry(case=task.ref, key=answer.decision, recorded_at=people.NOW, recorded_by=by.ref))


@pytest.fixture
def task(database: Settings, monkeypatch: pytest.MonkeyPatch) -> GeneratedTask:
    people.move_in()
    monkeypatch.setitem(EFFECTS, "HeldLineDecision", f"{__name__}:noted")
    return given()


def given() -> GeneratedTask:
    with writing() as s:
        row = give(s, QUESTION, municipality="hjoerring", now=people.NOW)
    assert row is not None
    return row


def answer(task: GeneratedTask, by: str = people.LEADER, **instead: object) -> None:
    with writing() as s:
        answer_task(s, task.ref, ANSWER | instead, email=people.email(by), os_account="tests", now=people.NOW)


def test_a_task_that_stands_alone_reaches_its_person_once_for_its_reason(task: GeneratedTask) -> None:
    assert task.assignee == people.LEADER
    assert task.due_on == add_working_days(people.WEDNESDAY, 5, "DK")
    with writing() as s:
        assert give(s, QUESTION, municipality="hjoerring", now=people.NOW) is None
        [mail] = s.exec(select(OutboxMail)).all()
    assert task.ref in opened(mail)["Subject"]


def test_its_answer_has_its_effect_in_the_same_transaction(task: GeneratedTask) -> None:
    answer(task)
    with reading() as s:
        assert find_task(s, task.ref).state == TaskState.ANSWERED
        assert s.get_one(JournalEntry, (task.ref, "pay")).recorded_by == people.LEADER
    with pytest.raises(AlreadyAnswered):
        answer(task)


def test_an_effect_that_refuses_leaves_the_task_open(task: GeneratedTask) -> None:
    with pytest.raises(Refusal, match="nothing is waived"):
        answer(task, decision="waive")
    with reading() as s:
        assert find_task(s, task.ref).state == TaskState.OPEN


def test_somebody_else_may_not_answer_it(task: GeneratedTask) -> None:
    with pytest.raises(NotYours):
        answer(task, by=people.CHILD_ADVISER)


def test_what_has_come_about_otherwise_is_taken_back(task: GeneratedTask) -> None:
    with writing() as s:
        assert needless(s, [task.step], municipality="hjoerring", now=people.NOW) == [task.ref]
        assert needless(s, [task.step], municipality="hjoerring", now=people.NOW) == [None]
        mails = s.exec(select(OutboxMail.template)).all()
    assert sorted(mails) == ["task_issued", "task_withdrawn"]
    with pytest.raises(Refusal, match="nobody needs to do it any more"):
        answer(task)


def test_it_can_be_handed_to_somebody_of_its_role_only(task: GeneratedTask) -> None:
    by = Actor("os:tests", "tests")
    people.move_in(people.staff("HJ-S06", "leader"))
    with pytest.raises(Refusal, match="isn't leader"), writing() as s:
        reassign_task(s, task.ref, people.OUTSIDER, actor=by, now=people.NOW)
    with writing() as s:
        reassign_task(s, task.ref, "HJ-S06", actor=by, now=people.NOW)
        assert find_task(s, task.ref).assignee == "HJ-S06"


@pytest.mark.parametrize("form", sorted(errands.EFFECTS))
def test_every_effect_is_there(form: str) -> None:
    from rules.register import form_named

    assert callable(effect_of(form_named(form)))

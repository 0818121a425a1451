"""A case goes on after a crash at every gap, after two answers at once, after the same answer twice."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Literal

import pytest
from sqlalchemy import event, func
from sqlmodel import Session, SQLModel, select

from data.installation import carried
from data.settings import Settings
from data.store.session import reading, writing
from data.tables import Approval, AuditEntry, CaseRow, Family, GeneratedTask, JournalEntry, OutboxMail, Placement
from rules.refusal import Refusal
from tasks.cases.answers import AlreadyAnswered, answer_task
from tasks.rehearsal.answers import usual_answer
from tests import people
from tests.people import FAMILY, FATHER, MOTHER, at
from tests.story import Story


class Crash(BaseException):
    """The process is gone from one moment to the next."""


Moment = Literal["before_commit", "after_commit"]


@contextmanager
def crashing(moment: Moment) -> Iterator[None]:
    """The first transaction that would write dies, just before or just after its commit."""

    def die(session: Session) -> None:
        if session.get_bind().get_execution_options().get("writes", True):
            raise Crash

    event.listen(Session, moment, die)
    try:
        yield
    finally:
        event.remove(Session, moment, die)


def state() -> list[object]:
    """Everything that a case leaves behind, counted."""
    tables: list[type[SQLModel]] = [GeneratedTask, JournalEntry, OutboxMail, Placement, Family, AuditEntry]
    with reading() as s:
        counted: list[object] = [s.exec(select(func.count()).select_from(table)).one() for table in tables]
        return [*counted, *s.exec(select(CaseRow.seen, CaseRow.state, CaseRow.woken)).all()]


def survive(act: Callable[[], Any]) -> int:
    """Does it with a crash at every gap between two of its effects, then to the end; how often it crashed."""
    crashes = 0
    before: list[object] = []
    while (now := state()) != before:
        before = now
        for moment in ("before_commit", "after_commit"):
            try:
                with crashing(moment):
                    act()
            except Crash:
                crashes += 1
    act()
    return crashes


def left_behind(story: Story) -> dict[str, list[str]]:
    with reading() as s:
        return {
            "steps": sorted(s.exec(select(GeneratedTask.step)).all()),
            "mails": sorted(dedup.removeprefix(story.ref) for dedup in s.exec(select(OutboxMail.dedup)).all()),
            "placements": sorted(s.exec(select(Placement.kind)).all()),
            "approvals": [
                str(day) for day in s.exec(select(Approval.valid_from).where(Approval.family == FAMILY)).all()
            ],
        }


class Surviving(Story):
    """Every replay and every answer crashes at each of its gaps."""

    crashes = 0

    def replay(self) -> Any:
        self.crashes += survive(super().replay)
        return self.rested

    def answer(self, step: str, by: str = "", **instead: Any) -> None:
        task = self.tasks[step]
        raw = usual_answer(task, self.today) | instead

        def send() -> None:
            with writing() as s:
                who = people.email(by or task.assignee)
                answer_task(s, task.ref, raw, email=who, os_account="tests", now=at(self.today))

        def send_until_taken() -> None:
            try:
                send()
            except AlreadyAnswered:
                return

        self.crashes += survive(send_until_taken)
        self.replay()


def test_a_crash_at_every_gap_leaves_nothing_out_and_nothing_twice(database: Settings) -> None:
    people.move_in()
    story = Surviving()
    story.go_to("pre_study")
    story.answer("emergency_move_in", by=people.CHILD_ADVISER)
    assert story.finish() == "Approved"
    crashed = left_behind(story)
    assert story.crashes > 4 * len(crashed["steps"])
    assert len(set(crashed["mails"])) == len(crashed["mails"])
    assert crashed == undisturbed()


def undisturbed() -> dict[str, list[str]]:
    """What the same story leaves behind when nothing goes wrong."""
    with writing() as s:
        for table in (GeneratedTask, OutboxMail, Placement, JournalEntry, Approval, Family):
            for row in s.exec(select(table)):
                s.delete(row)
    people.move_in(*(person for person in people.cast() if isinstance(person, Family)))
    story = Story()
    story.go_to("pre_study")
    story.answer("emergency_move_in", by=people.CHILD_ADVISER)
    story.finish()
    return left_behind(story)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Does them at the same moment; what each returned or was refused with."""

    def one(act: Callable[[], Any]) -> Any:
        try:
            return act()
        except Refusal as refusal:
            return refusal

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(carried(one), acts))


def answering(story: Story, step: str, by: str = "") -> Callable[[], Any]:
    task = story.tasks[step]

    def send() -> Any:
        with writing() as s:
            raw = usual_answer(task, story.today)
            who = people.email(by or task.assignee)
            return answer_task(s, task.ref, raw, email=who, os_account="tests", now=at(story.today))

    return send


def test_two_who_open_the_same_case_at_the_same_moment_open_one(database: Settings) -> None:
    people.move_in()
    results = together(Story, Story, Story)
    assert sum(isinstance(result, Refusal) for result in results) == 2
    with reading() as s:
        assert s.exec(select(func.count()).select_from(CaseRow)).one() == 1


def test_two_answers_to_one_task_at_the_same_moment_one_stands(database: Settings) -> None:
    people.move_in()
    story = Story()
    results = together(*[answering(story, "first_visit")] * 4)
    assert sum(isinstance(result, AlreadyAnswered) for result in results) == 3
    assert story.case.woken == 2


def test_two_answers_to_different_tasks_at_the_same_moment_both_stand_and_the_case_goes_on(database: Settings) -> None:
    people.move_in()
    story = Story()
    story.go_to(f"criminal_record:{MOTHER}:1")
    last = story.waiting
    for step in last[2:]:
        story.answer(step)
    results = together(*(answering(story, step) for step in last[:2]))
    assert not [result for result in results if isinstance(result, Refusal)]
    together(story.replay, story.replay, story.replay)
    assert story.waiting == ["pre_study"]
    assert story.case.woken == story.case.seen


def test_two_workers_replaying_one_case_issue_each_task_once(database: Settings) -> None:
    people.move_in()
    story = Story()
    answering(story, "first_visit")()
    together(story.replay, story.replay, story.replay)
    assert story.waiting == [f"consent:{member}:1" for member in (MOTHER, FATHER, people.TEENAGER)]
    mails = left_behind(story)["mails"]
    assert len(mails) == len(set(mails)) == 4


def test_one_person_sending_both_assessments_at_the_same_moment_gives_only_one(database: Settings) -> None:
    people.move_in()
    away = {"absent_from": people.WEDNESDAY, "substitute": people.NETWORK_ADVISER}
    people.move_in(people.staff(people.MATCH_CONSULTANT, "match_consultant", **away))
    story = Story()
    story.go_to("assessment:network_adviser")
    both = [f"assessment:{role}" for role in ("network_adviser", "match_consultant")]
    results = together(*(answering(story, step, by=people.NETWORK_ADVISER) for step in both))
    assert sum(isinstance(result, Refusal) for result in results) == 1


def test_the_same_answer_sent_twice_is_refused_and_changes_nothing(database: Settings) -> None:
    people.move_in()
    story = Story()
    answering(story, "first_visit")()
    before = state()
    with pytest.raises(AlreadyAnswered, match="nothing was changed"):
        answering(story, "first_visit")()
    assert state() == before

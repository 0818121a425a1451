"""Who answers while somebody is away, and that who has left gets nothing new and acts no more (X6)."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.settings import Settings
from data.store.audit import Actor
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import AuditEntry, Family, GeneratedTask, OutboxMail, Placement, Staff
from rules.refusal import Refusal
from rules.vocabulary import Role
from tasks.cases.answers import NotYours, answer_task
from tasks.cases.assign import NobodyToAsk, for_role
from tasks.cases.opened import opener
from tasks.duties.asked import ask_what_is_due
from tasks.duties.changes import Wish, change_duty
from tasks.families.emergency_line import log_call
from tasks.mail.queue import configure
from tasks.mail.recipients import reached
from tasks.reminders.digest import send_digests
from tests import people
from tests.people import ADMINISTRATION, CHILD_ADVISER, LEADER, MATCH_CONSULTANT, NETWORK_ADVISER, OUTSIDER, at, staff
from tests.story import Story

AWAY = {"absent_from": date(2023, 3, 1), "absent_to": date(2023, 3, 31)}
LEFT = date(2023, 2, 28)
LATER = at(people.WEDNESDAY, 10)


@pytest.fixture(autouse=True)
def _cast(sqlite_database: Settings) -> None:
    configure(sqlite_database)
    people.move_in()


def change(ref: str, **changes: Any) -> None:
    with writing() as s:
        revise(s, current(s, Staff, ref), people.NOW, **changes)


def reader_of(task: str) -> str:
    with reading() as s:
        mails = select(OutboxMail.recipient).where(OutboxMail.about == task, OutboxMail.template == "task_issued")
        return s.exec(mails).one()


def test_whoever_stands_in_and_has_the_mail_may_answer_and_it_is_recorded_for_whom() -> None:
    change(NETWORK_ADVISER, substitute=OUTSIDER, **AWAY)
    story = Story()
    task = story.tasks["first_visit"]
    assert (task.assignee, reader_of(task.ref)) == (NETWORK_ADVISER, OUTSIDER)
    story.answer("first_visit", by=OUTSIDER)
    assert (story.tasks["first_visit"].assignee, story.tasks["first_visit"].answered_by) == (NETWORK_ADVISER, OUTSIDER)
    with reading() as s:
        noted = s.exec(select(AuditEntry).where(AuditEntry.subject == task.ref)).one()
        assert (noted.actor, noted.detail["of"]) == (OUTSIDER, NETWORK_ADVISER)


@pytest.mark.parametrize(
    ("more", "reader"),
    [
        ({MATCH_CONSULTANT: {"substitute": OUTSIDER, **AWAY}}, OUTSIDER),
        ({MATCH_CONSULTANT: {"substitute": OUTSIDER, "left_on": LEFT}}, OUTSIDER),
        ({MATCH_CONSULTANT: {"substitute": NETWORK_ADVISER, **AWAY}}, LEADER),
        ({MATCH_CONSULTANT: {"left_on": LEFT}, LEADER: {"substitute": OUTSIDER, **AWAY}}, OUTSIDER),
        ({MATCH_CONSULTANT: {**AWAY}, LEADER: {"left_on": LEFT}}, ADMINISTRATION),
    ],
    ids=["a chain", "one who left in it", "a circle", "the leader's own stand-in", "administration at last"],
)
def test_wherever_the_mail_goes_the_reader_may_answer(more: dict[str, dict[str, Any]], reader: str) -> None:
    change(NETWORK_ADVISER, substitute=MATCH_CONSULTANT, **AWAY)
    for ref, changes in more.items():
        change(ref, **changes)
    story = Story()
    assert reader_of(story.tasks["first_visit"].ref) == reader
    with pytest.raises(NotYours):
        story.answer("first_visit", by=CHILD_ADVISER)
    story.answer("first_visit", by=reader)
    assert story.tasks["first_visit"].answered_by == reader


def test_a_stand_in_answers_no_more_once_they_are_back() -> None:
    change(NETWORK_ADVISER, substitute=OUTSIDER, **AWAY)
    story = Story()
    story.come_to(date(2023, 4, 3))
    with pytest.raises(NotYours):
        story.answer("first_visit", by=OUTSIDER)


def test_who_has_left_is_asked_nothing_new_although_they_are_the_cases_own() -> None:
    people.move_in(staff("HJ-S20", "network_adviser"), staff("HJ-S21", "child_adviser"))
    story = Story()
    assert story.case.responsible == NETWORK_ADVISER
    change(NETWORK_ADVISER, left_on=people.WEDNESDAY)
    change(CHILD_ADVISER, left_on=people.WEDNESDAY)
    story.pass_days(1)
    story.answer("first_visit", by=LEADER)
    story.go_to("parents_view")
    asked = {task.step: task.assignee for task in story.tasks.values() if task.answered_at is None}
    assert asked["matching_visit"] == "HJ-S20"
    assert asked["parents_view"] == "HJ-S21"


def test_whom_the_process_chose_before_they_left_is_asked_nothing_either() -> None:
    people.move_in(staff("HJ-S22", "match_consultant"))
    story = Story()
    story.go_to("matching_visit")
    change(MATCH_CONSULTANT, left_on=people.WEDNESDAY)
    story.pass_days(1)
    story.answer("parents_view")
    story.answer("matching_visit")
    own, other = (task for step, task in story.tasks.items() if step.startswith("assessment"))
    assert {own.assignee, other.assignee} == {NETWORK_ADVISER, "HJ-S22"}


def test_work_of_one_who_left_goes_to_their_substitute_where_that_one_has_the_role() -> None:
    people.move_in(staff("HJ-S20", "network_adviser"), staff("HJ-S21", "network_adviser"))
    change(NETWORK_ADVISER, left_on=LEFT, substitute="HJ-S21")
    with reading() as s:
        ask = {"on": people.WEDNESDAY, "prefer": [NETWORK_ADVISER]}
        assert for_role(s, Role.NETWORK_ADVISER, "hjoerring", **ask) == "HJ-S21"
    change("HJ-S21", roles="supervisor")
    with reading() as s:
        assert for_role(s, Role.NETWORK_ADVISER, "hjoerring", **ask) == "HJ-S20"
    change("HJ-S20", left_on=LEFT)
    with reading() as s, pytest.raises(NobodyToAsk):
        for_role(s, Role.NETWORK_ADVISER, "hjoerring", **ask)


def test_duties_are_asked_of_nobody_who_left() -> None:
    people.move_in(staff("HJ-S21", "child_adviser"))
    placed = {"child": people.CHILD, "family": people.FAMILY, "municipality": "hjoerring", "kind": "network"}
    with writing() as s:
        s.add(Placement(ref="HJ-P9", recorded_at=people.NOW, start=date(2023, 1, 2), **placed))
    change(CHILD_ADVISER, left_on=LEFT)
    for days in range(200):
        day = people.WEDNESDAY + timedelta(days=days)
        ask_what_is_due("hjoerring", day, at(day))
    with reading() as s:
        advisers = {task.assignee for task in s.exec(select(GeneratedTask)) if task.role == "child_adviser"}
    assert advisers == {"HJ-S21"}


def test_who_has_left_acts_in_nothing() -> None:
    change(LEADER, left_on=LEFT)
    story = Story()
    email, os_account = people.email(LEADER), "tests"
    about = {"family": people.FAMILY, "municipality": None}
    wish = Wish(people.FAMILY, "pause", people.WEDNESDAY, "Ferie")
    with writing() as s:
        with pytest.raises(Refusal, match=f"{LEADER} left on 2023-02-28"):
            answer_task(s, story.tasks["first_visit"].ref, {}, email=email, os_account=os_account, now=LATER)
        with pytest.raises(Refusal, match=f"{LEADER} left on 2023-02-28"):
            opener(s, "incident", email, **about, os_account=os_account, now=LATER)
        with pytest.raises(Refusal, match=f"{LEADER} left on 2023-02-28"):
            log_call(s, people.FAMILY, {}, email=email, os_account=os_account, now=LATER)
        with pytest.raises(Refusal, match=f"{LEADER} left on 2023-02-28"):
            change_duty(s, wish, by=Actor(LEADER, os_account), now=LATER)


def test_who_left_has_no_mail_even_where_nobody_else_is_there() -> None:
    gone = {LEADER: staff(LEADER, "leader", left_on=LEFT)}
    assert reached(gone, {}, LEADER, family=False, on=LEFT).address == people.email(LEADER)
    assert reached(gone, {}, LEADER, family=False, on=people.WEDNESDAY).address is None


def test_an_address_that_a_colleague_has_now_is_the_colleagues() -> None:
    people.move_in(staff("HJ-S20", "network_adviser", email=people.email(NETWORK_ADVISER)))
    change(NETWORK_ADVISER, left_on=LEFT)
    with reading() as s:
        ours = opener(
            s, "incident", people.email(NETWORK_ADVISER), family=people.FAMILY, municipality=None, os_account="tests",
            now=LATER,
        )  # fmt: skip
    assert ours.ref == "HJ-S20"


def test_the_weeks_overview_reaches_each_leader_who_is_there_once_and_none_who_left() -> None:
    people.move_in(staff("HJ-S30", "leader"), staff("HJ-S31", "leader", **AWAY))
    change(LEADER, left_on=LEFT)
    monday = date(2023, 3, 13)
    send_digests("hjoerring", monday, at(monday))
    with reading() as s:
        mails = s.exec(select(OutboxMail.recipient).where(OutboxMail.template == "leader_overview")).all()
    assert mails == ["HJ-S30"]


def test_a_familys_task_on_paper_is_answered_by_who_stands_in_for_its_consultant() -> None:
    change(NETWORK_ADVISER, substitute=OUTSIDER, **AWAY)
    story = Story()
    story.answer("first_visit", by=OUTSIDER)
    consent = next(step for step in story.waiting if step.startswith("consent"))
    story.answer(consent, by=OUTSIDER)
    assert story.tasks[consent].answered_by == OUTSIDER
    with reading() as s:
        assert current(s, Family, people.FAMILY).ref == story.tasks[consent].assignee

"""J9: what comes after the 18th birthday is asked in time, and what is decided is recorded with the placement."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlmodel import select

from data.cases import open_tasks
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import CaseRow, Child, GeneratedTask, OutboxMail, Placement, Staff
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.cases.answers import answer_task
from tasks.placements.coming_of_age import ask_before_18
from tests import lillehammer, people
from tests.letters import in_words, opened
from tests.people import CHILD, CHILD_ADVISER, FAMILY, LEADER, at

EIGHTEEN = date(2023, 9, 1)
FIRST = date(2023, 3, 1)
PLACEMENT = "HJ-P001"


def ask(today: date = FIRST, municipality: str = "hjoerring") -> int:
    return ask_before_18(municipality, today, at(today))


def waiting() -> list[GeneratedTask]:
    with reading() as s:
        return [task for task in open_tasks(s) if task.form == "AfterEighteen"]


def answer(task: GeneratedTask, today: date = FIRST, reason: str = "As agreed in the plan.", **raw: object) -> None:
    said = {"reason": reason, **raw}
    with writing() as s:
        answer_task(s, task.ref, said, email=people.email(task.assignee), os_account="tests", now=at(today))


def change(table: Any, ref: str, **changes: object) -> None:
    with writing() as s:
        revise(s, current(s, table, ref), people.NOW, **changes)


def placement(ref: str = PLACEMENT) -> Placement:
    with reading() as s:
        return current(s, Placement, ref)


def placed(ref: str = PLACEMENT, kind: str = "network", **more: Any) -> Placement:
    given: dict[str, Any] = {"child": CHILD, "family": FAMILY, "kind": kind, "start": date(2020, 1, 1), **more}
    return Placement(ref=ref, recorded_at=people.NOW, **given)


def nearly_grown_up(**more: Any) -> None:
    people.move_in()
    people.move_in(placed(**more))
    change(Child, CHILD, birth_date=date(2005, 9, 1))


@pytest.fixture
def grown_up(sqlite_database: Settings) -> None:
    nearly_grown_up()


def test_six_months_before_the_18th_birthday_the_childs_adviser_is_asked_once(database: Settings) -> None:
    nearly_grown_up()
    assert ask(FIRST - timedelta(days=1)) == 0
    assert ask() == 1
    assert ask(FIRST + timedelta(days=1)) == 0
    [task] = waiting()
    assert (task.about, task.assignee, task.demands) == (CHILD, CHILD_ADVISER, {"placements": [PLACEMENT]})
    with reading() as s:
        mail = s.exec(select(OutboxMail).where(OutboxMail.about == task.ref)).one()
    assert "2005" not in in_words(opened(mail))
    assert "2023-09-01" not in task.step


@pytest.mark.usefixtures("grown_up")
def test_aftercare_is_recorded_with_the_placement_and_asked_about_again_before_it_is_over() -> None:
    ask()
    [task] = waiting()
    answer(task, placements={PLACEMENT: "goes_on"}, aftercare_until="2024-08-31")
    assert placement().aftercare_until == date(2024, 8, 31)
    assert ask(date(2024, 5, 31)) == 0
    assert ask(date(2024, 6, 1)) == 1
    [task] = waiting()
    answer(task, date(2024, 6, 1), placements={PLACEMENT: "goes_on"}, aftercare_until="2025-08-31")
    assert placement().aftercare_until == date(2025, 8, 31)


@pytest.mark.usefixtures("grown_up")
def test_what_ends_gets_its_closing_steps_and_one_that_is_open_already_is_taken_as_it_is() -> None:
    people.move_in(placed("HJ-P002", kind="full_time"))
    ask()
    [task] = waiting()
    answer(task, placements={PLACEMENT: "ends", "HJ-P002": "ends"})
    with reading() as s:
        [case] = s.exec(select(CaseRow)).all()
    assert (case.process, case.family, case.child, case.responsible) == (
        "end-of-placement",
        FAMILY,
        CHILD,
        CHILD_ADVISER,
    )
    assert ask(FIRST + timedelta(days=1)) == 0


@pytest.mark.usefixtures("grown_up")
@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"placements": {PLACEMENT: "goes_on"}}, "aftercare_until: give its last day"),
        ({"placements": {PLACEMENT: "ends"}, "aftercare_until": "2024-08-31"}, "and only there"),
        ({"placements": {}}, f"say whether {PLACEMENT} goes_on or ends"),
    ],
)
def test_an_answer_says_for_each_placement_what_comes_and_until_when(raw: dict[str, Any], says: str) -> None:
    ask()
    [task] = waiting()
    with pytest.raises(AnswerInvalid, match=says):
        answer(task, **raw)


@pytest.mark.usefixtures("grown_up")
@pytest.mark.parametrize(
    ("until", "says"), [("2023-08-31", "lies before the 18th birthday"), ("2028-09-01", "ends when they turn 23")]
)
def test_aftercare_lies_between_the_18th_birthday_and_the_age_at_which_it_ends(until: str, says: str) -> None:
    ask()
    [task] = waiting()
    with pytest.raises(Refusal, match=says):
        answer(task, placements={PLACEMENT: "goes_on"}, aftercare_until=until)
    assert placement().aftercare_until is None


@pytest.mark.usefixtures("grown_up")
@pytest.mark.parametrize(
    ("table", "ref", "changes"),
    [
        (Placement, PLACEMENT, {"end": EIGHTEEN}),
        (Placement, PLACEMENT, {"aftercare_until": date(2025, 8, 31)}),
        (Child, CHILD, {"birth_date": date(2008, 9, 1)}),
    ],
)
def test_what_nobody_needs_to_decide_any_more_is_taken_back(table: Any, ref: str, changes: dict[str, Any]) -> None:
    ask()
    change(table, ref, **changes)
    ask(FIRST + timedelta(days=1))
    assert waiting() == []


@pytest.mark.usefixtures("grown_up")
def test_another_placement_that_begins_later_is_asked_about_as_well() -> None:
    ask()
    [task] = waiting()
    answer(task, placements={PLACEMENT: "goes_on"}, aftercare_until="2024-08-31")
    people.move_in(placed("HJ-P002", kind="respite"))
    assert ask(FIRST + timedelta(days=1)) == 1
    [task] = waiting()
    assert task.demands == {"placements": ["HJ-P002"]}


def test_the_leader_is_asked_where_nobody_is_a_childs_adviser(sqlite_database: Settings) -> None:
    nearly_grown_up()
    change(Staff, CHILD_ADVISER, roles="supervisor")
    ask()
    assert [task.assignee for task in waiting()] == [LEADER]


def test_norwegian_advisers_are_asked_too_and_an_end_is_theirs_to_record(sqlite_database: Settings) -> None:
    lillehammer.move_in()
    change(Child, "LI-B003", birth_date=date(2007, 9, 3))
    assert ask(date(2025, 3, 3), "lillehammer") == 1
    [task] = waiting()
    assert (task.about, task.assignee) == ("LI-B003", lillehammer.ADVISER)
    answer(task, date(2025, 3, 3), placements={"LI-B003-P": "ends"})
    with reading() as s:
        assert s.exec(select(CaseRow)).all() == []


@pytest.mark.usefixtures("grown_up")
def test_what_was_decided_of_two_placements_is_asked_once_though_only_one_goes_on() -> None:
    people.move_in(placed("HJ-P002", kind="full_time"))
    ask()
    [task] = waiting()
    answer(task, placements={PLACEMENT: "goes_on", "HJ-P002": "ends"}, aftercare_until="2024-08-31")
    assert ask(FIRST + timedelta(days=1)) == 0

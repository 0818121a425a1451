from datetime import date
from typing import Any

import pytest
from sqlmodel import select

from data.breaches import breaches
from data.settings import Settings
from data.store.facts import current, find, revise
from data.store.session import reading, writing
from data.tables import Happening, OutboxMail, Placement
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tests import people
from tests.letters import in_words, opened, part
from tests.people import CHILD, FAMILY, LEADER, at
from tests.story import Story

PLACEMENT, CONSULTANT, SUPERVISOR = "HJ-P001", "HJ-S07", "HJ-S09"
PICK, LATE_BEGIN, LATE_FINISH = (
    f"{step}:{PLACEMENT}{part}"
    for step, part in (
        ("pick_modules", ""),
        ("intensive_start_late", ":begin"),
        ("intensive_start_late", ":finish"),
    )
)
FORMS = ("module_teaching", "module_elearning", "module_logbook", "module_supervision")


def parts_of(*modules: str) -> list[str]:
    return [f"{form}:{PLACEMENT}:{module}" for module in modules for form in FORMS]


TWO = parts_of("mentalizing_attitude", "secure_family")


def placed(**more: Any) -> None:
    people.move_in()
    given = {"child": CHILD, "family": FAMILY, "kind": "network", "start": people.WEDNESDAY, **more}
    people.move_in(
        people.staff(CONSULTANT, "family_care_consultant"), Placement(ref=PLACEMENT, recorded_at=people.NOW, **given)
    )


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    placed()
    return Story("intensive-start")


def warnings() -> list[OutboxMail]:
    with reading() as s:
        return list(s.exec(select(OutboxMail).where(OutboxMail.template == "deadline_near")))


def broken() -> list[tuple[str, str]]:
    with reading() as s:
        return [(breach.deadline, breach.by) for breach in breaches(s, "hjoerring")]


def finished_on() -> date | None:
    with reading() as s:
        found = find(s, Happening, f"{PLACEMENT}/intensive_start")
        return found.held_on if found else None


def test_every_part_of_every_picked_module_is_asked_at_once_and_all_together_finish_it(database: Settings) -> None:
    placed()
    story = Story("intensive-start")
    story.answer(PICK)
    assert sorted(story.waiting) == sorted(TWO)
    assert {story.tasks[f"{form}:{PLACEMENT}:secure_family"].assignee for form in FORMS} == {
        CONSULTANT,
        FAMILY,
        SUPERVISOR,
    }
    for step in TWO[:-1]:
        story.answer(step)
    assert finished_on() is None
    story.pass_days(5)
    story.answer(TWO[-1])
    assert story.case.outcome == "Completed"
    assert finished_on() == story.today


def test_three_modules_may_be_picked_and_neither_mails_nor_the_dashboard_tell_which(story: Story) -> None:
    story.answer(PICK, modules=["infant", "abuse", "trauma_and_neglect"])
    assert len(story.waiting) == 12
    assert "abuse" not in story.case.waits_for
    with reading() as s:
        for mail in s.exec(select(OutboxMail)):
            assert "Overgreb" not in in_words(opened(mail))
    assert story.finish() == "Completed"


@pytest.mark.parametrize(
    ("modules", "says"),
    [
        (["infant"], "pick 2 to 3 different ones, not 1"),
        (["infant", "abuse", "network_family", "secure_family"], "pick 2 to 3 different ones, not 4"),
        (["infant", "infant"], "infant is picked twice"),
        (["infant", "juggling"], "there is no juggling; there is mentalizing_attitude"),
        ([], "pick 2 to 3"),
    ],
)
def test_a_wrong_choice_of_modules_is_refused(story: Story, modules: list[str], says: str) -> None:
    with pytest.raises(AnswerInvalid, match=says):
        story.answer(PICK, modules=modules)
    assert story.waiting == [PICK]


def test_both_carers_are_invited(story: Story) -> None:
    with pytest.raises(AnswerInvalid, match="both carers are to take part"):
        story.answer(PICK, all_carers_invited=False)


@pytest.mark.parametrize(
    ("step", "wrong", "says"),
    [
        (TWO[0], {"minutes": 149}, "the module takes 150"),
        (TWO[2], {"before_on": None, "after_on": None}, "at least one exercise"),
        (TWO[3], {"minutes": 89}, "takes 90 to 120"),
        (TWO[3], {"minutes": 121}, "takes 90 to 120"),
        (TWO[1], {"access_given_on": "2023-03-02"}, "still to come"),
    ],
)
def test_a_part_that_is_not_whole_is_refused(story: Story, step: str, wrong: dict[str, Any], says: str) -> None:
    story.answer(PICK)
    with pytest.raises(AnswerInvalid, match=says):
        story.answer(step, **wrong)


def test_the_consultant_is_warned_once_before_it_is_too_late_to_begin(story: Story) -> None:
    story.come_to(date(2023, 8, 1))
    assert warnings() == []
    story.pass_days(1)
    [warned] = warnings()
    assert warned.recipient == CONSULTANT
    text = part(opened(warned), "plain")
    assert "fredag den 1. september 2023" in text
    assert story.tasks[PICK].ref in text
    story.come_to(date(2023, 9, 1))
    assert len(warnings()) == 1
    assert broken() == []
    assert LATE_BEGIN not in story.tasks


def test_a_start_that_was_not_begun_in_time_is_listed_and_given_to_the_leader_once(story: Story) -> None:
    story.come_to(date(2023, 9, 2))
    assert broken() == [("begin", "2023-09-01")]
    assert story.tasks[LATE_BEGIN].assignee == LEADER
    story.answer(LATE_BEGIN)
    story.pass_days(3)
    assert story.waiting == [PICK]
    assert broken() == [("begin", "2023-09-01")]


def test_what_was_held_in_time_and_only_recorded_late_is_taken_off_the_list(story: Story) -> None:
    story.answer(PICK)
    story.come_to(date(2023, 9, 2))
    assert broken() == [("begin", "2023-09-01")]
    story.answer(TWO[0], held_on="2023-09-01")
    assert broken() == []
    assert LATE_BEGIN not in story.waiting


def test_consideration_for_the_child_lets_it_begin_later_but_not_finish_later(story: Story) -> None:
    story.answer("postpone_intensive_start")
    story.come_to(date(2023, 9, 2))
    assert (broken(), warnings()) == ([], [])
    story.come_to(date(2024, 1, 4))
    assert warnings() == []
    story.pass_days(1)
    assert len(warnings()) == 1, "eight parts at seven days each"
    story.come_to(date(2024, 3, 2))
    assert broken() == [("finish", "2024-03-01")]
    assert story.tasks[LATE_FINISH].assignee == LEADER


def test_a_reason_is_needed_to_begin_later(story: Story) -> None:
    with pytest.raises(AnswerInvalid, match="reason"):
        story.answer("postpone_intensive_start", reason=" ")


def test_the_less_is_left_the_later_the_warning(story: Story) -> None:
    story.answer(PICK)
    for step in TWO[:-1]:
        story.answer(step)
    story.come_to(date(2024, 1, 30))
    assert warnings() == []
    story.pass_days(1)
    assert len(warnings()) == 1


def test_a_start_finished_after_its_year_is_listed_although_it_is_finished(story: Story) -> None:
    story.answer(PICK)
    for step in TWO[:-1]:
        story.answer(step)
    story.come_to(date(2024, 3, 5))
    story.answer(TWO[-1])
    assert story.case.outcome == "Completed"
    assert broken() == [("finish", "2024-03-01")]


def test_a_placement_that_ends_meanwhile_ends_it_and_nothing_can_be_answered_any_more(story: Story) -> None:
    story.answer(PICK)
    with writing() as s:
        revise(s, current(s, Placement, PLACEMENT), at(story.today), end=date(2023, 5, 1))
    story.answer(TWO[0])
    assert story.case.outcome is None
    story.come_to(date(2023, 5, 1))
    assert story.case.outcome == "Withdrawn"
    assert finished_on() is None
    with pytest.raises(Refusal, match=r"has ended \(Withdrawn\)"):
        story.answer(TWO[1])


def test_it_hears_of_the_end_of_the_placement_when_that_is_recorded(story: Story) -> None:
    story.answer(PICK)
    ending = Story("end-of-placement")
    assert story.case.woken == story.case.seen
    ending.answer("end_placement", departure="2023-03-01")
    assert story.case.woken > story.case.seen
    story.replay()
    assert story.case.outcome == "Withdrawn"


def test_an_end_to_come_wakes_it_on_its_day(story: Story) -> None:
    story.answer(PICK)
    Story("end-of-placement").answer("end_placement", departure="2023-05-01")
    story.replay()
    assert story.case.outcome is None
    story.come_to(date(2023, 5, 1))
    assert story.case.outcome == "Withdrawn"


def test_a_child_that_is_not_placed_there_holds_the_case_up_until_it_is(sqlite_database: Settings) -> None:
    people.move_in()
    people.move_in(people.staff(CONSULTANT, "family_care_consultant"))
    story = Story("intensive-start")
    assert "isn't placed with HJ-F001" in story.case.waits_for
    people.move_in(
        Placement(ref=PLACEMENT, recorded_at=people.NOW, child=CHILD, family=FAMILY, kind="network", start=story.today)
    )
    story.pass_days(1)
    assert story.waiting == [PICK]

from datetime import date

import pytest
from sqlmodel import select

from data.cases import find_case
from data.settings import Settings
from data.store.facts import current, revise
from data.store.session import reading, writing
from data.tables import Happening, Placement
from rules.forms.base import AnswerInvalid
from rules.refusal import Refusal
from tasks.families.development_plan import open_missing
from tests import people
from tests.homes import approve_instead
from tests.people import at
from tests.story import Story
from tests.vesthimmerland import CONSULTANT, FIRST, MUNICIPALITY, RESPITE, SECOND, settle

GOALS = f"development_goals:{FIRST}"
READ, SLEEP = ["Read a book together every day."], ["In bed by eight."]


def review(number: int) -> str:
    return f"development_review:{FIRST}:{number}"


def plan(family: str = FIRST) -> Story:
    settle()
    return Story("development-plan", family=family, child=None)


@pytest.fixture
def story(sqlite_database: Settings) -> Story:
    return plan()


def reviews() -> list[str]:
    with reading() as s:
        rows = s.exec(select(Happening).where(Happening.duty == "development_plan_review", Happening.subject == FIRST))
        return sorted(f"{row.held_on}" for row in rows)


def test_goals_are_reviewed_each_quarter_until_the_plan_is_closed(database: Settings) -> None:
    story = plan()
    assert story.tasks[GOALS].assignee == CONSULTANT
    story.answer(GOALS)
    assert story.waiting == []
    story.come_to(date(2023, 5, 15))
    assert story.waiting == []
    story.pass_days(1)
    assert story.tasks[review(1)].due_on == date(2023, 6, 1)
    story.come_to(date(2023, 6, 5))
    story.answer(review(1), goals=SLEEP, ended_because=None)
    assert story.waiting == []
    story.come_to(date(2023, 9, 5))
    assert story.tasks[review(2)].due_on == date(2023, 9, 5)
    story.answer(review(2))
    assert story.case.outcome == "Completed"
    assert reviews() == ["2023-06-05", "2023-09-05"]


def test_a_review_gives_new_goals_or_says_why_the_plan_ends(story: Story) -> None:
    story.answer(GOALS)
    story.come_to(date(2023, 6, 1))
    with pytest.raises(AnswerInvalid, match="give the next goals, or say"):
        story.answer(review(1), ended_because=None)
    with pytest.raises(AnswerInvalid, match="give the next goals, or say"):
        story.answer(review(1), goals=READ)


@pytest.mark.parametrize("goals", [[], [" "], ["One."] * 11])
def test_a_plan_has_concrete_goals(story: Story, goals: list[str]) -> None:
    with pytest.raises(AnswerInvalid, match="goals"):
        story.answer(GOALS, goals=goals)


def test_it_ends_once_the_family_has_neither_approval_nor_child(story: Story) -> None:
    story.answer(GOALS)
    with writing() as s:
        revise(s, current(s, Placement, f"{FIRST}-P"), at(story.today), end=date(2023, 4, 1))
    story.come_to(date(2023, 6, 1))
    assert story.case.outcome == "Withdrawn"


def test_it_goes_on_between_two_children_while_the_family_is_approved(story: Story) -> None:
    story.answer(GOALS)
    with writing() as s:
        revise(s, current(s, Placement, f"{FIRST}-P"), at(story.today), end=date(2023, 4, 1))
    approve_instead(FIRST, at(story.today), valid_from=date(2020, 1, 1))
    story.come_to(date(2023, 6, 1))
    assert story.waiting == [review(1)]


def test_a_kind_of_family_for_which_it_is_not_switched_on_says_so(sqlite_database: Settings) -> None:
    story = plan(RESPITE)
    assert "vesthimmerland has no development plans for respite families" in story.case.waits_for


def test_families_that_owe_a_plan_and_never_had_one_get_theirs_once(story: Story) -> None:
    june = date(2023, 6, 1)
    [opened] = open_missing(MUNICIPALITY, june, at(june))
    with reading() as s:
        assert find_case(s, opened).family == SECOND
    assert open_missing(MUNICIPALITY, june, at(june)) == []


def test_a_family_that_pauses_gets_its_plan_when_it_is_back(story: Story) -> None:
    people.move_in(people.pause(SECOND, date(2023, 5, 1), date(2023, 6, 1)))
    assert [len(open_missing(MUNICIPALITY, day, at(day))) for day in (date(2023, 6, 1), date(2023, 6, 2))] == [0, 1]


def test_after_it_is_closed_nothing_can_be_answered(story: Story) -> None:
    story.answer(GOALS)
    story.come_to(date(2023, 6, 1))
    story.answer(review(1))
    with pytest.raises(Refusal, match="was answered"):
        story.answer(review(1))


def test_other_municipalities_open_none(sqlite_database: Settings) -> None:
    people.move_in()
    assert open_missing("hjoerring", people.WEDNESDAY, people.NOW) == []
